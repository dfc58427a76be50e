/**
 * Mutates conversations of captures and plays them through the inspector: nothing may throw, and what is kept of a flow
 * stays bounded. Repeatable by its seed. With --split it plays every conversation cut at every byte instead.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { protocolName } from '../src/protocols/catalogue.ts';
import { Bench, demandBearsLoss, demandEqualWhenSplit, mutate, Random } from '../src/protocols/test-kit.ts';
import type { Conversation } from '../src/protocols/testing.ts';
import { conversationsOf } from './lib/conversations.ts';

const USAGE = `usage: scripts/fuzz-protocols [OPTIONS]
  --count N       mutated payloads to play (default 100000)
  --only TEXT     captures whose name contains TEXT
  --protocol ID   conversations of this protocol only
  --seed N        another series of mutations (default 1)
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
  const byProtocol = new Map<number, number>();
  for (const name of readdirSync(values.folder).filter((n) => /\.(p?cap|pcapng)$/.test(n) && n.includes(values.only))) {
    for (const conversation of await conversationsOf(join(values.folder, name), 24)) {
      const { master } = bench.play(conversation);
      if (values.protocol !== undefined && master !== Number(values.protocol)) continue;
      byProtocol.set(master, (byProtocol.get(master) ?? 0) + 1);
      conversations.push(conversation);
    }
  }
  process.stdout.write(`${conversations.length} conversations of ${byProtocol.size} protocols\n`);
  if (conversations.length === 0) return 3;
  return values.split === undefined
    ? fuzz(bench, conversations, Number(values.count), Number(values.seed))
    : split(bench, conversations, Number(values.split));
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
  process.stdout.write(`${payloads} mutated payloads in ${plays} conversations: nothing threw, nothing grew\n`);
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
