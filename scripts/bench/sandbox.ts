/** See the script `sandbox` beside this file. CPU time, not wall time, so that neighbours on the machine disturb less. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Vm, Writer } from '../../src/sandbox/index.ts';
import { type Engine, openVm } from '../../src/sandbox/index.ts';

const FIELDS = [
  'cli.ip',
  'srv.ip',
  'cli.port',
  'srv.port',
  'proto.l4',
  'proto.ndpi',
  'bytes',
  'vlan',
  'seen.first',
  'seen.last',
];
const HOOK_LIMIT_US = 6;
const START_LIMIT_MS = 5;
const BYTES_LIMIT = 400e3;
const RSS_LIMIT = 60e6;
const CALLS: Record<Engine, number> = { wasm: 400_000, fengari: 3000, quickjs: 0 };

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const hookSource = readFileSync(here('sandbox-hook.lua'), 'utf8');
const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const print = (name: string, figure: string, beside: string): void => {
  process.stdout.write(`${name.padEnd(46)} ${figure.padStart(12)}   ${beside}\n`);
};

/** Median of the µs per call of several rounds. */
function hookCost(vm: Vm, calls: number): number {
  let n = 0;
  let statuses = 0;
  const addresses = Array.from({ length: 250 }, (_, i) => `192.168.1.${i}`);
  vm.bindRecord('flow.getInfo', FIELDS, (f) => {
    f.string('10.0.0.17');
    f.string(addresses[n % 250]!);
    f.number(40000 + (n % 1000));
    f.number(53);
    f.string('UDP');
    f.string('DNS');
    f.number(n * 100);
    f.number(0);
    f.number(1700000000);
    f.number(1700000001.5);
    return undefined;
  });
  vm.bindFast('flow.triggerStatus', (f) => {
    if (f.stringAt(0) !== undefined && f.numberAt(1) === 100) statuses++;
    return undefined;
  });
  const script = vm.load('sandbox-hook.lua', hookSource);
  if (!script.ok || script.ref === undefined) throw new Error('cannot load the hook');
  const hook = vm.field(script.ref, 'hooks.protocolDetected')!;
  const conf = vm.keep({ items: ['8.8.8.8', '1.1.1.1'] });
  const args = (w: Writer): void => {
    w.number(1700000000 + n);
    w.ref(conf);
  };
  const costs: number[] = [];
  for (let round = 0; round < 9; round++) {
    const before = cpuUs();
    for (let i = 0; i < calls / 8; i++) {
      n++;
      const failed = vm.run(hook, args);
      if (failed) throw new Error(failed.message);
    }
    costs.push((cpuUs() - before) / (calls / 8));
  }
  if (statuses !== n) throw new Error(`the hook raised ${statuses} of ${n} statuses`);
  return costs.slice(1).sort((a, b) => a - b)[4]!;
}

async function memory(engine: Engine, count: number): Promise<void> {
  const library = Array.from(
    { length: 60 },
    (_, i) =>
      `local function helper${i}(a, b)\n  local t = { name = "helper ${i}", a = a, b = b }\n  if t.a == b then return t.name .. ${i} end\n  return t\nend\nM.helper${i} = helper${i}`,
  );
  const plugin = `M = {}\n${library.map((text) => `do ${text} end`).join('\n')}\nreturn M`;
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const vms: Vm[] = [];
  const starts: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    const vm = await openVm(engine, { name: `vm ${i}` });
    vm.load('plugin.lua', plugin);
    vm.load('sandbox-hook.lua', hookSource);
    starts.push(performance.now() - began);
    vms.push(vm);
  }
  globalThis.gc?.();
  const added = process.memoryUsage().rss - before;
  const start = starts.sort((a, b) => a - b)[Math.floor(count / 2)]!;
  const bytes = vms[0]!.memoryUsed();
  print(
    `${engine}: start with a typical plugin (median)`,
    `${start.toFixed(2)} ms`,
    `limit ${START_LIMIT_MS} ms, ratio ${(start / START_LIMIT_MS).toFixed(2)}`,
  );
  print(
    `${engine}: memory of its allowance`,
    `${(bytes / 1e3).toFixed(0)} kB`,
    `limit ${BYTES_LIMIT / 1e3} kB, ratio ${(bytes / BYTES_LIMIT).toFixed(2)}`,
  );
  const scaled = (added / count) * 50;
  print(
    `${engine}: resident memory added by ${count}`,
    `${(added / 1e6).toFixed(1)} MB`,
    `${(added / count / 1e3).toFixed(0)} kB each; 50 would be ${(scaled / 1e6).toFixed(0)} MB, limit ${RSS_LIMIT / 1e6} MB, ratio ${(scaled / RSS_LIMIT).toFixed(2)}`,
  );
  for (const vm of vms) vm.close();
}

const engines = (process.argv.length > 2 ? process.argv.slice(2) : ['wasm', 'fengari']) as Engine[];
let native = Number.NaN;
try {
  native = Number(
    execFileSync('lua5.3', [here('sandbox-native.lua'), here('sandbox-hook.lua'), '1000000'], { encoding: 'utf8' }),
  );
  print('lua5.3 (native), tutorial hook', `${native.toFixed(2)} µs`, 'the floor');
} catch {
  process.stdout.write('lua5.3 is not installed: no native figure (apt install lua5.3)\n');
}
for (const engine of engines) {
  const first = performance.now();
  const vm = await openVm(engine, { name: 'first' });
  print(`${engine}: first start, engine compiled`, `${(performance.now() - first).toFixed(1)} ms`, 'once per process');
  const us = hookCost(vm, CALLS[engine]);
  print(
    `${engine}: tutorial hook, 10 fields, deadline armed`,
    `${us.toFixed(2)} µs`,
    `${(1e6 / us / 1e3).toFixed(0)} k/s; limit ${HOOK_LIMIT_US} µs, ratio ${(us / HOOK_LIMIT_US).toFixed(2)}; native × ${(us / native).toFixed(1)}`,
  );
  // Still open: what it holds must not be given back while the others are counted.
  await memory(engine, engine === 'wasm' ? 50 : 5);
  vm.close();
}
