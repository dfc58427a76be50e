/**
 * Mutates conversations of captures and plays them through the inspector: nothing may throw, and what is kept of a flow
 * stays bounded. Repeatable by its seed. With --split it plays every conversation cut at every byte instead.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { protocolName } from '../src/protocols/catalogue.ts';
import { fixtures } from '../src/protocols/golden.ts';
import { protocols } from '../src/protocols/list.ts';
import type { Protocol } from '../src/protocols/protocol.ts';
import { Bench, demandBearsLoss, demandEqualWhenSplit, mutate, Random } from '../src/protocols/test-kit.ts';
import type { Conversation } from '../src/protocols/testing.ts';
import { conversationsOf } from './lib/conversations.ts';

const USAGE = `usage: scripts/fuzz-protocols [OPTIONS]
  --count N       mutated payloads to play (default 100000)
  --only TEXT     captures whose name contains TEXT
  --protocol ID   conversations of this protocol only
  --seed N        another series of mutations (default 1)
  --each          every protocol of the list by itself, --count payloads each, and --most for those used most; a line each
  --most N        with --each (default ten times --count)
  --after NAME    with --each: goes on behind this protocol of the list
  --names A,B,…   with --each: only these protocols
  --split [STEP]  instead: cut every conversation behind every STEP-th byte; equal results are demanded
  --folder DIR    captures (default ../shared/ndpi/pcaps)
`;

function options() {
  return parseArgs({
    options: {
      count: { type: 'string', default: '100000' },
      only: { type: 'string', default: '' },
      protocol: { type: 'string' },
      seed: { type: 'string', default: '1' },
      each: { type: 'boolean', default: false },
      most: { type: 'string' },
      after: { type: 'string' },
      names: { type: 'string' },
      split: { type: 'string' },
      folder: { type: 'string', default: join(import.meta.dirname, '../../shared/ndpi/pcaps') },
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
  if (!existsSync(values.folder)) {
    process.stderr.write(`fuzzing protocols: no ${values.folder}; give the captures with --folder\n`);
    return 3;
  }
  const bench = new Bench();
  const conversations: Conversation[] = [];
  const byProtocol = new Map<number, Conversation[]>();
  const keep = (conversation: Conversation) => {
    const { master, app } = bench.play(conversation);
    if (values.protocol !== undefined && master !== Number(values.protocol)) return;
    for (const id of new Set([master, app])) byProtocol.set(id, [...(byProtocol.get(id) ?? []), conversation]);
    conversations.push(conversation);
  };
  for (const { name, conversation } of fixtures(join(import.meta.dirname, '../src/protocols')))
    if (name.includes(values.only)) keep(conversation);
  for (const name of readdirSync(values.folder).filter((n) => /\.(p?cap|pcapng)$/.test(n) && n.includes(values.only))) {
    for (const conversation of await conversationsOf(join(values.folder, name), 24)) keep(conversation);
  }
  process.stdout.write(`${conversations.length} conversations of ${byProtocol.size} protocols\n`);
  if (conversations.length === 0) return 3;
  if (values.each) {
    const count = Number(values.count);
    const from = values.after === undefined ? 0 : protocols.findIndex((p) => p.name === values.after) + 1;
    const names = values.names?.split(',');
    const unknown = names?.filter((name) => !protocols.some((p) => p.name === name)) ?? [];
    if (unknown.length > 0) {
      process.stderr.write(`--names: there is no ${unknown.join(', ')} in src/protocols/list.ts\n`);
      return 2;
    }
    return each(
      bench,
      protocols.slice(from).filter((p) => names?.includes(p.name) ?? true),
      byProtocol,
      count,
      Number(values.most ?? count * 10),
      Number(values.seed),
    );
  }
  return values.split === undefined
    ? fuzz(bench, conversations, Number(values.count), Number(values.seed))
    : split(bench, conversations, Number(values.split));
}

/** DNS, HTTP, mDNS, NTP, NetBIOS with SMB, SSDP, DHCP, STUN, TLS, SSH, QUIC: what every network speaks. */
const MOST_USED = new Set([5, 7, 8, 9, 10, 12, 18, 78, 91, 92, 188]);

/** One protocol after the other; those that nobody has a conversation of are said in the end. */
function each(
  bench: Bench,
  list: readonly Protocol[],
  byProtocol: ReadonlyMap<number, readonly Conversation[]>,
  count: number,
  most: number,
  seed: number,
): number {
  const without: string[] = [];
  let worst = 0;
  process.stdout.write('id\tname\tconversations\tmutated payloads\n');
  for (const { id, name, tcp, udp } of list) {
    if (!tcp && !udp) continue;
    const mine = byProtocol.get(id);
    if (!mine) {
      without.push(name);
      continue;
    }
    process.stdout.write(`${id}\t${name}\t${mine.length}\t`);
    worst = Math.max(worst, fuzz(bench, mine, MOST_USED.has(id) ? most : count, seed + id));
  }
  process.stdout.write(`without a conversation: ${without.join(', ') || 'none'}\n`);
  return worst;
}

function fuzz(bench: Bench, conversations: readonly Conversation[], count: number, seed: number): number {
  const random = new Random(seed);
  let payloads = 0;
  let plays = 0;
  while (payloads < count) {
    const conversation = mutate(conversations[random.below(conversations.length)]!, random);
    payloads += conversation.packets.length;
    plays++;
    try {
      bench.play(conversation);
    } catch (error) {
      const hex = conversation.packets.map(
        (p) => `${p.fromClient ? '>' : '<'} ${Buffer.from(p.bytes).toString('hex')}`,
      );
      process.stderr.write(`play ${plays} of seed ${seed}: ${(error as Error).message}\n${hex.join('\n')}\n`);
      return 1;
    }
  }
  process.stdout.write(`${payloads} in ${plays} conversations: nothing threw, nothing grew\n`);
  return 0;
}

function split(bench: Bench, conversations: readonly Conversation[], step: number): number {
  let plays = 0;
  const unequal = new Map<number, number>();
  for (const conversation of conversations) {
    plays += demandBearsLoss(bench, conversation);
    try {
      plays += demandEqualWhenSplit(bench, conversation, step);
    } catch (error) {
      const { master } = bench.play(conversation);
      if (!unequal.has(master))
        process.stderr.write(`${protocolName(master)}: ${(error as Error).message.slice(0, 600)}\n`);
      unequal.set(master, (unequal.get(master) ?? 0) + 1);
    }
  }
  const worst = [...unequal].map(([id, n]) => `${protocolName(id)} ${n}`).join(', ');
  process.stdout.write(`${plays} plays, conversations with unequal results: ${worst || 'none'}\n`);
  return unequal.size ? 1 : 0;
}

process.exitCode = await main();
