/** Lua in WebAssembly and fengari in QuickJS must raise the same alerts. What differs by design is in docs/plugins.md. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { LONG, writeMix } from '../../scripts/plugin-captures.ts';
import { type CaptureRun, runOverCapture } from './capture-run.ts';
import { runCase, shownAlert, testCases } from './folder-tests.ts';

const PLUGINS = join(import.meta.dirname, '../../plugins');
const CAPTURES = join(import.meta.dirname, '../../../shared/ndpi/pcaps');
const scratch = mkdtempSync(join(tmpdir(), 'spanwatch-differential-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Configuration under which everything that ships has something to say. */
const CONF = {
  unexpected_dns: { items: ['192.168.1.1'] },
  unexpected_ntp: { items: ['192.168.1.1'] },
  unexpected_dhcp: { items: ['192.168.1.1'] },
  unexpected_smtp: { items: ['203.0.113.25'] },
  large_upload: { operator: 'gt', threshold: 1 },
};

const lines = (run: CaptureRun): string[] => run.alerts.map((alert) => JSON.stringify(shownAlert(alert))).sort();
const errors = (run: CaptureRun): string[] =>
  run.plugins.flatMap((p) => p.errors.map((e) => `${p.key} ${e.file}:${e.line} ${e.message}`));

async function same(capture: string, atLeast: number): Promise<void> {
  const options = { dirs: [PLUGINS], conf: CONF, onLog: () => {} };
  const wasm = await runOverCapture(capture, options);
  const fengari = await runOverCapture(capture, { ...options, lua: 'fengari' });
  assert.deepEqual([wasm.problem, fengari.problem, errors(wasm), errors(fengari)], ['', '', [], []]);
  assert.ok(fengari.plugins.every((plugin) => plugin.engine === 'fengari'));
  assert.deepEqual(lines(fengari), lines(wasm));
  assert.ok(wasm.alerts.length >= atLeast, `${wasm.alerts.length} alerts`);
}

test('all that ships over the traffic of all tests', async () => {
  const path = join(scratch, 'mix.pcap');
  writeMix(path);
  await same(path, 18);
});

for (const plugin of LONG) {
  for (const name of testCases(join(PLUGINS, plugin))) {
    test(`${plugin}: ${name}, on fengari`, async () => {
      assert.deepEqual((await runCase(join(PLUGINS, plugin), name, { lua: 'fengari' })).problems, []);
    });
  }
}

const WANTED = [
  'dns_doh.pcap',
  'ssh.pcap',
  'smbv1.pcap',
  'tor.pcap',
  'anydesk.pcap',
  'stratum.pcap',
  'mining.pcapng',
  'dhcp-fuzz.pcapng',
];
const sizeOf = (name: string): number => statSync(join(CAPTURES, name)).size;
/** The smallest of the wanted ones; SPANWATCH_LONG=1 takes all: loading what ships takes fengari a minute each time. */
const real = (existsSync(CAPTURES) ? readdirSync(CAPTURES) : [])
  .filter((name) => WANTED.some((w) => name.startsWith(w.split('.')[0]!)))
  .sort((a, b) => sizeOf(a) - sizeOf(b))
  .slice(0, process.env['SPANWATCH_LONG'] ? undefined : 1);
test('all that ships over real captures', { skip: real.length === 0 && 'the captures are not here' }, async () => {
  for (const name of real) await same(join(CAPTURES, name), 0);
});
