/**
 * Compares the flows' books with those of others, five-tuple by five-tuple: packets and bytes of each direction must be
 * equal. What differs is sorted by its known reason (docs/books.md); what has none is listed, and is an error.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Books, ourBooks, type Side, type Trait, truthBooks, tsharkBooks } from './lib/books-of.ts';
import { readTruth } from './lib/truth.ts';

const USAGE = `usage: scripts/books [OPTIONS]
  --only TEXT   captures whose name contains TEXT
  --with WHO    tshark, truth or both (default both)
  --list        every difference, the explained ones too
  --folder DIR  truth.tsv.gz and pcaps/ (default ../shared/ndpi)
`;

function options() {
  return parseArgs({
    options: {
      only: { type: 'string', default: '' },
      with: { type: 'string', default: 'both' },
      list: { type: 'boolean', default: false },
      folder: { type: 'string', default: join(import.meta.dirname, '../../shared/ndpi') },
    },
  }).values;
}

/** Whose books, what was compared, and the reasons of differences. */
class Comparison {
  readonly name: string;
  readonly #list: boolean;
  flows = 0;
  equal = 0;
  readonly reasons = new Map<string, number>();
  readonly #explain: (ours: Pair | undefined, theirs: Pair | undefined, traits: Set<Trait>, key: string) => string;

  constructor(name: string, list: boolean, explain: Comparison['explain']) {
    this.name = name;
    this.#list = list;
    this.#explain = explain;
  }

  get explain() {
    return this.#explain;
  }

  compare(capture: string, ours: Books, theirs: Books, traits: ReadonlyMap<string, Set<Trait>>, voter?: Books): void {
    for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
      const [a, b] = [ours.get(key), theirs.get(key)];
      // A pair of which only later fragments were booked, which were taken out.
      if (!b && a && a[0].packets === 0 && a[1].packets === 0) continue;
      if (b) this.flows++;
      if (a && b && same(a[0], b[0]) && same(a[1], b[1])) {
        this.equal++;
        continue;
      }
      const other = voter?.get(key);
      // tshark counts the bytes of the wire where we count here, as the truth does, those that were captured.
      const agree = traits.get(key)?.has('cut') ? samePackets : same;
      const voted = a && other && agree(a[0], other[0]) && agree(a[1], other[1]);
      const reason = voted
        ? 'tshark counts as we do'
        : this.#explain(a, b, traits.get(key) ?? new Set(), key) || 'UNEXPLAINED';
      this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
      if (this.#list || reason === 'UNEXPLAINED')
        process.stdout.write(`${this.name} ${capture} ${key}: ours ${text(a)}, theirs ${text(b)}: ${reason}\n`);
    }
  }

  /** False when something has no reason or too little is equal. */
  report(): boolean {
    const share = this.flows === 0 ? 0 : this.equal / this.flows;
    process.stdout.write(
      `${this.name}: ${this.equal} of their ${this.flows} flows equal, ${(100 * share).toFixed(2)} %\n`,
    );
    for (const [reason, n] of [...this.reasons].sort((a, b) => b[1] - a[1])) process.stdout.write(`  ${n} ${reason}\n`);
    return !this.reasons.has('UNEXPLAINED') && share >= LEAST;
  }
}

/** Share of flows whose books must be equal. */
const LEAST = 0.995;
type Pair = [Side, Side];
const same = (a: Side, b: Side): boolean => a.packets === b.packets && a.bytes === b.bytes;
const samePackets = (a: Side, b: Side): boolean => a.packets === b.packets;
const text = (pair: Pair | undefined): string =>
  pair === undefined ? 'none' : pair.map(({ packets, bytes }) => `${packets}/${bytes}`).join(' ');

function againstTshark(ours: Pair | undefined, theirs: Pair | undefined, traits: Set<Trait>, key: string): string {
  if (key.includes('|6343')) return 'sFlow: tshark reads the packet in the sample';
  if (traits.has('fragment')) return 'fragments too small for a header: read by us once whole';
  if (theirs?.some(({ bytes }) => bytes === 0x7fffffff)) return 'a spoiled length of 4 GB: tshark stops at 2 GB';
  if (ours && theirs && traits.has('arp inside')) return "ARP in a tunnel: for the devices, not the tunnel's flow";
  if (ours && !theirs && traits.has('cut')) return 'headers cut by the capture: tshark reads no ports';
  return '';
}

function againstTruth(ours: Pair | undefined, theirs: Pair | undefined, traits: Set<Trait>, key: string): string {
  if (theirs && /\|0( |$)/.test(key)) return 'no whole header: the truth has port 0, we the ports that are there';
  if (traits.has('fragment')) return 'fragments too small for a header: read by us once whole';
  if (traits.has('tunnel')) return 'tunnels';
  if (ours && !theirs && traits.has('cut')) return 'no whole header: the truth has port 0, we the ports that are there';
  return '';
}

async function main(): Promise<number> {
  let values: ReturnType<typeof options>;
  try {
    values = options();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const pcaps = join(values.folder, 'pcaps');
  if (!existsSync(pcaps)) {
    process.stderr.write(`comparing books: no ${pcaps}; give the folder with --folder\n`);
    return 3;
  }
  const truth = readTruth(join(values.folder, 'truth.tsv.gz'));
  const tshark = new Comparison('tshark', values.list, againstTshark);
  const ndpi = new Comparison('truth', values.list, againstTruth);
  for (const capture of readdirSync(pcaps).filter((name) => name.includes(values.only))) {
    const path = join(pcaps, capture);
    let voter: Books | undefined;
    if (values.with !== 'truth') {
      const { books, traits } = await ourBooks(path, false);
      voter = await tsharkBooks(path);
      tshark.compare(capture, books, voter, traits);
    }
    const rows = truth.get(capture);
    if (values.with !== 'tshark' && rows) {
      const { books, traits } = await ourBooks(path, true);
      ndpi.compare(capture, books, truthBooks(rows), traits, voter);
    }
  }
  const results = [];
  if (values.with !== 'truth') results.push(tshark.report());
  if (values.with !== 'tshark') results.push(ndpi.report());
  return results.every(Boolean) ? 0 : 1;
}

process.exitCode = await main();
