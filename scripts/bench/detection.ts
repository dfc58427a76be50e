/**
 * What protocol detection costs: CPU time of the mixed capture through the engine's pipeline with detection and without,
 * by turns in processes of their own, medians. The limit is 2.0 times.
 *   node scripts/bench/detection.ts [FOLDER-OF-CAPTURES]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile } from '../../src/capture/open.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import { limitsFor } from '../../src/limits.ts';

const RUNS = 5;
const COPIES = 14;
const LIMIT = 2;

/** One run in this process; prints its CPU seconds and packets. Start-up is not counted, it is the same for both. */
async function run(file: string, on: boolean): Promise<void> {
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
  const seconds: Record<string, number[]> = { on: [], off: [] };
  let packets = 0;
  for (let round = 0; round < RUNS; round++) {
    for (const mode of ['on', 'off']) {
      const child = spawnSync(process.execPath, [import.meta.filename, mode, file], { encoding: 'utf8' });
      const [cpu, count] = child.stdout.trim().split(' ').map(Number);
      seconds[mode]!.push(cpu!);
      packets = count!;
    }
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  const on = median(seconds['on']!);
  const off = median(seconds['off']!);
  const each = (s: number) => `${s.toFixed(2)} s, ${((s * 1e6) / packets).toFixed(2)} us/packet`;
  process.stdout.write(`detection: ${packets} packets of the mix, CPU, median of ${RUNS}\n`);
  process.stdout.write(`  on   ${each(on)}\n  off  ${each(off)}\n  on/off ${(on / off).toFixed(2)}, limit ${LIMIT}\n`);
  rmSync(work, { recursive: true, force: true });
}

const [first, file] = process.argv.slice(2);
const folder = first ?? join(import.meta.dirname, '../../../shared/ndpi/pcaps');
if ((first === 'on' || first === 'off') && file) await run(file, first === 'on');
else if (existsSync(folder)) compare(folder);
else process.stdout.write(`detection bench: no captures in ${folder}; name a folder of captures\n`);
