/**
 * Packets a second over capture files, beside tcpdump (reading only) and Debian's ndpiReader (package libndpi-bin) in
 * the same run. Each program runs the whole file three times from the page cache, by turns; medians, and ratios to ours.
 *   node scripts/bench/replay.ts [FOLDER-OF-CAPTURES]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const folder = process.argv[2] ?? join(root, '../shared/ndpi/pcaps');
if (!existsSync(folder)) {
  process.stdout.write(`replay bench: no captures in ${folder}; name a folder of captures\n`);
  process.exit(0);
}
const bundle = join(root, 'dist/spanwatch.cjs');
const work = mkdtempSync(join(tmpdir(), 'span-bench-'));
const RUNS = 3;

interface Figure {
  wall: number;
  cpu: number;
}

/** Wall and CPU seconds of one run; undefined when there is no such program or it failed. */
function timed(command: string[]): Figure | undefined {
  const script = 'command -v "$1" >/dev/null || exit 127; TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1';
  const child = spawnSync('bash', ['-c', script, 'x', ...command], { encoding: 'utf8' });
  const times = /([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(child.stderr);
  if (child.status !== 0 || !times) return undefined;
  return { wall: Number(times[1]), cpu: Number(times[2]) + Number(times[3]) };
}

/** The median of wall and of CPU time, each by itself. */
function median(figures: readonly Figure[]): Figure | undefined {
  if (figures.length === 0) return undefined;
  const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  return { wall: middle(figures.map((f) => f.wall)), cpu: middle(figures.map((f) => f.cpu)) };
}

const SETS = [
  { name: 'mix (short flows)', copies: 16, only: '' },
  { name: 'four times the mix (what compiling costs is spread)', copies: 64, only: '' },
  { name: 'long flows (mean frame of 650 bytes and more)', copies: 250, only: 'long' },
];
for (const set of SETS) {
  const file = join(work, 'mix.pcap');
  const made = spawnSync(
    process.execPath,
    [join(root, 'scripts/bench/make-mix.ts'), folder, String(set.copies), file, ...(set.only ? [set.only] : [])],
    { encoding: 'utf8' },
  );
  const packets = Number(/: (\d+) packets/.exec(made.stdout)?.[1] ?? 0);
  process.stdout.write(`\n${set.name}: ${packets} packets\n`);
  // By turns, so that what else the machine does falls on all alike.
  const names = ['spanwatch replay', 'ndpiReader -q', 'tcpdump -r'] as const;
  const commands = [
    [process.execPath, bundle, 'replay', file],
    ['ndpiReader', '-q', '-i', file],
    ['tcpdump', '-r', file, '-w', '/dev/null'],
  ];
  const figures: Figure[][] = [[], [], []];
  for (let round = 0; round <= RUNS; round++) {
    for (const [i, command] of commands.entries()) {
      const figure = timed(command);
      if (figure && round > 0) figures[i]!.push(figure);
    }
  }
  const rows = names.map((name, i) => [name, median(figures[i]!)] as const);
  const ours = rows[0]![1]!;
  for (const [name, figure] of rows) {
    if (!figure) {
      process.stdout.write(`  ${name.padEnd(18)} not here\n`);
      continue;
    }
    const rate = packets / figure.wall;
    process.stdout.write(
      `  ${name.padEnd(18)} ${(rate / 1000).toFixed(0).padStart(6)} kpackets/s  ${figure.wall.toFixed(2)} s wall  ${figure.cpu.toFixed(2)} s cpu  ${((figure.cpu * 1e6) / packets).toFixed(2)} us/packet  ours/this ${(figure.wall / ours.wall).toFixed(2)} by wall, ${(figure.cpu / ours.cpu).toFixed(2)} by cpu\n`,
    );
  }
}
rmSync(work, { recursive: true, force: true });
