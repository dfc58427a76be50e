/**
 * Packets a second over capture files, beside tcpdump (reading only) and Debian's ndpiReader (package libndpi-bin) in
 * the same run. Each program runs the whole file three times from the page cache; medians, and ratios to ours.
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

function timed(command: string[]): Figure | undefined {
  if (spawnSync('sh', ['-c', `command -v ${command[0]}`]).status !== 0) return undefined;
  const figures: Figure[] = [];
  for (let i = 0; i <= RUNS; i++) {
    const begun = performance.now();
    const child = spawnSync('/usr/bin/env', ['bash', '-c', `exec "$@" >/dev/null 2>&1`, 'x', ...command]);
    const wall = (performance.now() - begun) / 1000;
    if (child.status !== 0) return undefined;
    if (i > 0) figures.push({ wall, cpu: cpuOf(command) });
  }
  figures.sort((a, b) => a.wall - b.wall);
  return figures[RUNS >> 1];
}

/** User and system seconds of one more run, by bash's own times. */
function cpuOf(command: string[]): number {
  const script = `"$@" >/dev/null 2>&1; times`;
  const out =
    spawnSync('bash', ['-c', script, 'x', ...command], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n')
      .at(-1) ?? '';
  return [...out.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, m) => sum + Number(m[1]) * 60 + Number(m[2]), 0);
}

const SETS = [
  { name: 'mix (short flows)', copies: 14, only: '' },
  {
    name: 'bulk (long flows)',
    copies: 60,
    only: 'quickplay,youtubeupload,zattoo,rtp.,mpegts,bittorrent_utp,webdav,smb_frags,tls_verylong,wa_video,zoom2,whatsappfiles,gaijin,raknet,1kxun,teams,skype-conf',
  },
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
  const ours = timed([process.execPath, bundle, 'replay', file])!;
  const rows: [string, Figure | undefined][] = [
    ['spanwatch replay', ours],
    ['ndpiReader -q', timed(['ndpiReader', '-q', '-i', file])],
    ['tcpdump -r', timed(['tcpdump', '-r', file, '-w', '/dev/null'])],
  ];
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
