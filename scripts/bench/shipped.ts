/**
 * What all plugins that ship cost together per flow: their hooks over the flows of a made-up day of a home, or of captures,
 * as the engine hands them over (record, snapshot, queue, scripts, statuses), one core, CPU time.
 *   node scripts/bench/shipped.ts [capture…]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile } from '../../src/capture/open.ts';
import type { SourceState } from '../../src/capture/source.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import type { FlowRecord } from '../../src/flows/record.ts';
import { limitsFor } from '../../src/limits.ts';
import { addDefaults, emptySet, toggleScript, updateScript } from '../../src/plugins/configsets.ts';
import type { FlowHook } from '../../src/plugins/host-port.ts';
import { scanPlugins } from '../../src/plugins/scan.ts';
import { Kit } from '../../src/plugins/testing/kit.ts';
import { homeDay } from '../../test/kit/home-day.ts';

const LIMIT_US = 60;
const STRETCH_US = 25;
const ROUNDS = 5;
/** Rounds before those that count: an engine that has been up for some minutes runs compiled code. */
const WARM = 10;
/** Calls kept for the rounds, so that memory is bounded. */
const KEPT = 60_000;

const scratch = mkdtempSync(join(tmpdir(), 'spanwatch-bench-'));
const files = process.argv.slice(2);
if (files.length === 0) {
  const path = join(scratch, 'home.pcap');
  homeDay().write(path, 1_767_571_200);
  files.push(path);
}

const scan = scanPlugins([new URL('../../plugins', import.meta.url).pathname]);
const first = await new Kit().loadScan(scan);
const scripts = first.house.infos().flatMap((plugin) => plugin.scripts);
first.close();
// Everything on, also what waits for its owner's list.
let { set } = addDefaults(emptySet(), scripts);
const lists: { [script: string]: string[] } = { country_check: ['ZZ'] };
for (const script of scripts) {
  set = toggleScript(set, script, true);
  const items = lists[script.key] ?? (script.key.startsWith('unexpected_') ? ['192.168.1.1', '1.1.1.1'] : undefined);
  if (items && script.subdir === 'flow')
    set = updateScript(set, 'flow', script.key, { all: { enabled: true, script_conf: { items } } });
}
const kit = await new Kit().loadScan(scan, set);
const running = kit.house
  .infos()
  .filter((plugin) => plugin.scripts.some((s) => s.subdir === 'flow' && s.state === 'ok'));

const calls: { hook: FlowHook; record: FlowRecord }[] = [];
let flows = 0;
for (const file of files) {
  const source = openFile(file);
  const hook = (name: FlowHook) => (f: number) => {
    const record = pipeline.record(f);
    if (calls.length < KEPT && kit.wants.wants(name, record.proto, record.master, record.app))
      calls.push({ hook: name, record });
  };
  const pipeline: Pipeline = new Pipeline(limitsFor(1 << 30), {
    detected: hook('protocolDetected'),
    periodic: hook('periodicUpdate'),
    ended: hook('flowEnd'),
  });
  const ended = new Promise<SourceState>((resolve) => {
    source.onState = (state) => {
      if (state.status === 'ended' || state.status === 'failed') resolve(state);
    };
  });
  await source.start({ packet: (frame) => pipeline.packet(frame), endOfSlice: () => {} });
  await ended;
  pipeline.flows.endAll('shutdown');
  flows += pipeline.flows.table.created;
  if (calls.length >= KEPT) break;
}

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const rounds: number[] = [];
for (let round = -WARM; round < ROUNDS; round++) {
  const before = kit.house.calls;
  const start = cpuUs();
  for (const { hook, record } of calls) kit.flow(record, hook);
  const us = cpuUs() - start;
  if (round >= 0) rounds.push(us / flows);
  if (round === -WARM) {
    console.log(`first round, nothing compiled yet: ${(us / flows).toFixed(1)} µs a flow`);
    const made = kit.house.calls - before;
    console.log(
      `${running.length} plugins with flow scripts; ${flows} flows, ${(calls.length / flows).toFixed(2)} hook calls and ${(made / flows).toFixed(2)} scripts a flow`,
    );
  }
}
rounds.sort((a, b) => a - b);
const median = rounds[ROUNDS >> 1]!;
console.log(
  `${'all shipped flow plugins, CPU a flow (median of 5)'.padEnd(58)} ${median.toFixed(1).padStart(7)} µs  limit ${LIMIT_US} µs  ratio ${(median / LIMIT_US).toFixed(2)}; stretch ${STRETCH_US} µs ${(median / STRETCH_US).toFixed(2)}`,
);
const broken = kit.house
  .infos()
  .flatMap((plugin) => plugin.errors.map((e) => `${plugin.key} ${e.file}:${e.line}: ${e.message}`));
for (const text of broken.slice(0, 5)) console.log(text);
kit.close();
rmSync(scratch, { recursive: true, force: true });
process.exitCode = median <= LIMIT_US && broken.length === 0 ? 0 : 1;
