/**
 * `spanwatch --selftest`: whether this build does its work on this machine, without touching its state: the native module,
 * both script engines, the page's files, the store, and a capture through decoder, detection and a plugin's alert. The
 * appliance runs it before it calls an updated system good.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASSET_NAMES, asset } from '../admin/assets.ts';
import { createAlertStore } from '../alerts/store.ts';
import { addonProblem, loadAddon } from '../capture/native/addon.ts';
import { replay } from '../engine/replay.ts';
import { packed, unpackFolder } from '../packed.ts';
import { openVm } from '../sandbox/index.ts';
import { VERSION } from '../version.ts';

interface Check {
  name: string;
  /** Said, but does not fail the whole. */
  optional?: boolean;
  /** Resolves to what was seen; throws what is wrong. */
  run(dir: string): Promise<string> | string;
}

/** Emulated and loaded, a start took 60 s and was refused for that alone. */
const SELFTEST_MS = 240_000;

const CHECKS: Check[] = [
  {
    name: 'native module',
    run() {
      const addon = loadAddon();
      if (addon === undefined) throw new Error(addonProblem() ?? 'not loaded');
      const first = addon.monotonicUs();
      if (!(first > 0)) throw new Error(`its clock says ${first}`);
      return 'loaded';
    },
  },
  { name: 'lua sandbox', run: () => sandbox('wasm') },
  // Plugins run on the other engine: one that is slow to start is no reason to refuse a version.
  { name: 'fengari sandbox', optional: true, run: () => sandbox('fengari') },
  {
    name: 'page',
    run() {
      const bytes = ASSET_NAMES.map((name) => asset(name).length);
      if (bytes.some((length) => length === 0)) throw new Error('an asset is empty');
      return `${bytes.length} files`;
    },
  },
  {
    name: 'store',
    async run(dir) {
      const store = createAlertStore({ file: join(dir, 'alerts.db') });
      await store.start();
      const { documents } = store.health();
      await store.stop();
      return `${documents} alerts`;
    },
  },
  { name: 'capture to alert', run: captureToAlert },
];

/** Runs a script, then one that never ends: the deadline must end it. */
async function sandbox(engine: 'wasm' | 'fengari'): Promise<string> {
  // Under emulation the fengari engine takes seconds for what is done at once elsewhere.
  const vm = await openVm(engine, { name: 'selftest', limits: { callMs: 5000 } });
  try {
    const sum = vm.load('selftest', 'local n = 0 for i = 1, 10 do n = n + i end return n');
    if (!sum.ok) throw new Error(sum.message);
    if (sum.values[0] !== 55) throw new Error(`1 + … + 10 is ${String(sum.values[0])}`);
  } finally {
    vm.close();
  }
  const hanging = await openVm(engine, { name: 'selftest', limits: { callMs: 50 } });
  try {
    const end = hanging.load('selftest', 'while true do end');
    if (end.ok || end.fault !== 'time') throw new Error('an endless loop was not interrupted');
  } finally {
    hanging.close();
  }
  return 'ran a script, interrupted another';
}

async function captureToAlert(dir: string): Promise<string> {
  const capture = packed
    ? join(unpackFolder('demo/'), 'office.pcap')
    : join(import.meta.dirname, '../../dist/demo.pcap');
  const flowsFile = join(dir, 'flows.json');
  const alertsFile = join(dir, 'alerts.json');
  const args = ['--flows', flowsFile, '--alerts', alertsFile, '--enable', 'unexpected_dns={"items":["192.168.1.1"]}'];
  const code = await replay([capture, ...args]);
  if (code !== 0) throw new Error(`replay of the carried capture ended with ${code}`);
  const lines = async (file: string): Promise<number> => (await readFile(file, 'utf8')).split('\n').length - 1;
  const [flows, alerts] = [await lines(flowsFile), await lines(alertsFile)];
  if (flows === 0 || alerts === 0) throw new Error(`${flows} flows and ${alerts} alerts, expected some of both`);
  return `${flows} flows, ${alerts} alerts`;
}

/** Prints one line per check; resolves to 0, or 1 when one failed or the whole took too long. */
export async function selftest(): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'spanwatch-selftest-'));
  const timer = setTimeout(() => {
    process.stderr.write(`selftest: not done after ${SELFTEST_MS / 1000} s\n`);
    process.exit(1);
  }, SELFTEST_MS);
  let failed = 0;
  try {
    for (const { name, run, optional } of CHECKS) {
      const from = performance.now();
      try {
        const seen = await run(dir);
        process.stdout.write(`ok   ${name}: ${seen} (${Math.round(performance.now() - from)} ms)\n`);
      } catch (error) {
        if (!optional) failed += 1;
        process.stdout.write(`${optional ? 'warn' : 'FAIL'} ${name}: ${(error as Error).message}\n`);
      }
    }
  } finally {
    clearTimeout(timer);
    await rm(dir, { recursive: true, force: true });
  }
  process.stdout.write(`spanwatch ${VERSION}: ${failed === 0 ? 'selftest passed' : `${failed} checks failed`}\n`);
  return failed === 0 ? 0 : 1;
}
