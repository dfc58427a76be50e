/**
 * What protocol detection costs: CPU time of the mixed capture through the engine's pipeline with detection and without,
 * by turns in processes of their own, medians. Each process plays it three times: the first pass pays for compiling some
 * two hundred detectors, the last is how an engine runs that has been up for a minute. The limit is 2.0 times.
 *   node scripts/bench/detection.ts [FOLDER-OF-CAPTURES]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile } from '../../src/capture/open.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import { limitsFor } from '../../src/limits.ts';

const RUNS = 3;
const COPIES = 16;
const PASSES = 3;
const LIMIT = 2;

/** The passes of one process; prints the CPU seconds of each and its packets. Start-up is not counted, it is the same. */
async function run(file: string, on: boolean): Promise<void> {
  for (let pass = 0; pass < PASSES; pass++) await once(file, on);
}

async function once(file: string, on: boolean): Promise<void> {
  const pipeline = new Pipeline(limitsFor(8 * 2 ** 30), { detected() {}, periodic() {}, ended() {} });
  if (!on) {
    pipeline.inspector.payload = () => {};
    pipeline.inspector.settle = () => {};
    pipeline.inspector.conclude = () => {};
  }
  const source = openFile(file);
  const began = process.cpuUsage();
  await source.start(pipeline);
  await source.finished();
  pipeline.flows.endAll('shutdown');
  const { user, system } = process.cpuUsage(began);
  process.stdout.write(`${(user + system) / 1e6} ${pipeline.packets}\n`);
}

function compare(folder: string): void {
  const work = mkdtempSync(join(tmpdir(), 'span-bench-'));
  const file = join(work, 'mix.pcap');
  spawnSync(process.execPath, [join(import.meta.dirname, 'make-mix.ts'), folder, String(COPIES), file]);
  const cold: Record<string, number[]> = { on: [], off: [] };
  const warm: Record<string, number[]> = { on: [], off: [] };
  let packets = 0;
  for (let round = 0; round < RUNS; round++) {
    for (const mode of ['on', 'off']) {
      const child = spawnSync(process.execPath, [import.meta.filename, mode, file], { encoding: 'utf8' });
      const passes = child.stdout.trim().split('\n');
      cold[mode]!.push(Number(passes[0]!.split(' ')[0]));
      warm[mode]!.push(Number(passes.at(-1)!.split(' ')[0]));
      packets = Number(passes[0]!.split(' ')[1]);
    }
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  const each = (s: number) => `${s.toFixed(2)} s, ${((s * 1e6) / packets).toFixed(2)} us/packet`;
  process.stdout.write(`detection: ${packets} packets of the mix, CPU, median of ${RUNS}\n`);
  for (const [name, seconds] of [
    ['first pass', cold],
    ['warm', warm],
  ] as const) {
    const on = median(seconds['on']!);
    const off = median(seconds['off']!);
    process.stdout.write(
      `  ${name}: on ${each(on)}; off ${each(off)}; on/off ${(on / off).toFixed(2)}, limit ${LIMIT}\n`,
    );
  }
  rmSync(work, { recursive: true, force: true });
}

const [first, file] = process.argv.slice(2);
const folder = first ?? join(import.meta.dirname, '../../../shared/ndpi/pcaps');
if ((first === 'on' || first === 'off') && file) await run(file, first === 'on');
else if (existsSync(folder)) compare(folder);
else process.stdout.write(`detection bench: no captures in ${folder}; name a folder of captures\n`);
