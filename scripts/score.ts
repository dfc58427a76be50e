/**
 * Scores protocol detection against nDPI's own verdicts on its own captures: all captures of a folder in one process.
 * A truth flow counts as right when a flow of the same capture with the same addresses, ports and IP protocol (either
 * direction) bears the same ids. macro is the mean over protocols of the share of their flows that are right.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FlowScore, GOALS, percent } from './lib/flow-score.ts';
import { flowsOf } from './lib/flows-of.ts';
import { readTruth } from './lib/truth.ts';

const USAGE = `usage: scripts/score [OPTIONS]
  --only TEXT     captures whose name contains TEXT
  --misses FILE   every flow, fact and risk that was missed, tab separated
  --json FILE     all figures
  --protocols     a table of all protocols that miss flows
  --risks         a table of all risks (otherwise those with five flows or more)
  --folder DIR    truth.tsv.gz and pcaps/ (default ../shared/ndpi)
`;

function options() {
  return parseArgs({
    options: {
      only: { type: 'string' },
      misses: { type: 'string' },
      json: { type: 'string' },
      protocols: { type: 'boolean', default: false },
      risks: { type: 'boolean', default: false },
      folder: { type: 'string', default: join(import.meta.dirname, '../../shared/ndpi') },
      truth: { type: 'string' },
      pcaps: { type: 'string' },
    },
  }).values;
}

async function main(): Promise<number> {
  let values: ReturnType<typeof options>;
  try {
    values = options();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const pcaps = values.pcaps ?? join(values.folder, 'pcaps');
  const truthPath = values.truth ?? join(values.folder, 'truth.tsv.gz');
  if (!existsSync(pcaps) || !existsSync(truthPath)) {
    process.stderr.write(
      `scoring detection: no ${existsSync(pcaps) ? truthPath : pcaps}; give the folder with --folder\n`,
    );
    return 3;
  }
  const score = new FlowScore();
  const began = process.cpuUsage();
  for (const [pcap, rows] of readTruth(truthPath)) {
    const path = join(pcaps, pcap);
    if ((values.only !== undefined && !pcap.includes(values.only)) || !existsSync(path)) continue;
    const { flows, failed } = await flowsOf(path);
    score.capture(pcap, rows, flows, failed);
  }
  const { user, system } = process.cpuUsage(began);
  const report = { ...score.report(), cpu_seconds: ((user + system) / 1e6).toFixed(1) };
  print(score, report, values.protocols, values.risks);
  if (values.misses !== undefined) writeFileSync(values.misses, missesTable(score));
  if (values.json !== undefined) {
    const all = { ...report, protocol: Object.fromEntries(score.protocols), risk: Object.fromEntries(score.risks) };
    writeFileSync(values.json, `${JSON.stringify(all, null, 1)}\n`);
  }
  return score.failed.length ? 1 : 0;
}

function print(score: FlowScore, report: Record<string, string | number>, protocols: boolean, risks: boolean): void {
  for (const failure of score.failed) process.stderr.write(`failed: ${failure}\n`);
  const worst = [...score.protocols]
    .map(([name, p]) => ({ name, ...p, missed: p.flows - p.right, wrongApp: p.right - p.exact }))
    .filter((p) => p.missed || (protocols && p.wrongApp))
    .sort((a, b) => b.missed - a.missed || b.wrongApp - a.wrongApp);
  if (protocols) {
    process.stdout.write(`${'protocol'.padEnd(28)}${'flows'.padStart(7)}${'missed'.padStart(8)}${'app'.padStart(6)}\n`);
    for (const p of worst)
      process.stdout.write(
        `${p.name.padEnd(28)}${String(p.flows).padStart(7)}${String(p.missed).padStart(8)}${String(p.wrongApp).padStart(6)}\n`,
      );
  } else if (worst.length) {
    const most = worst.slice(0, 25).map((p) => `${p.name} ${p.missed}/${p.flows}`);
    process.stdout.write(`most missed: ${most.join(', ')}\n`);
  }
  const shown = [...score.risks].filter(([, r]) => risks || r.truth >= 5).sort((a, b) => b[1].truth - a[1].truth);
  if (shown.length) process.stdout.write('risk  truth  found  precision  recall\n');
  for (const [id, r] of shown)
    process.stdout.write(
      `${String(id).padStart(4)}${String(r.truth).padStart(7)}${String(r.found).padStart(7)}` +
        `${percent(r.both, r.found).padStart(11)}${percent(r.both, r.truth).padStart(10)}\n`,
    );
  let line = 0;
  for (const [name, value] of Object.entries(report)) {
    if (line++ === 10 + GOALS) process.stdout.write('--\n');
    process.stdout.write(`${name.padEnd(16)} ${value}\n`);
  }
}

function missesTable(score: FlowScore): string {
  const clean = (text: string) => text.replaceAll(/[\t\n\r]/g, ' ');
  const head = 'pcap\twhy\ttruth_master\ttruth_app\tfound\tsrc_ip\tsrc_port\tdst_ip\tdst_port\tproto\tconfidence\n';
  const lines = score.misses.map(({ pcap, why, truthMaster, truthApp, found, row }) =>
    [pcap, why, truthMaster, clean(truthApp), clean(found)]
      .concat([
        row['src_ip']!,
        row['src_port']!,
        row['dst_ip']!,
        row['dst_port']!,
        row['l4_proto']!,
        row['confidence']!,
      ])
      .join('\t'),
  );
  return `${head}${lines.join('\n')}\n`;
}

process.exitCode = await main();
