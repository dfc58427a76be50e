/** Every protocol's fixtures against their goldens: `node src/protocols/golden.test.ts --update` writes them anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixtures, readGolden, writeGolden } from './golden.ts';
import { Bench, demandBearsLoss, demandEqualWhenSplit, mutate, Random } from './test-kit.ts';
import { cut } from './testing.ts';

const update = process.argv.includes('--update');
const bench = new Bench();
/** A conversation in many small segments; no more of them than packets of a flow are looked at. */
const PIECES = [1, 3, 7, 16, 61];
const MOST_PIECES = 24;

for (const { name, conversation, golden } of fixtures(import.meta.dirname)) {
  test(name, () => {
    const outcome = bench.play(conversation);
    if (update) writeGolden(golden, outcome);
    assert.deepEqual(outcome, readGolden(golden), `${name} differs from its golden; --update if that is meant`);
    demandEqualWhenSplit(bench, conversation);
    for (const n of PIECES) {
      const pieces = cut(conversation, n);
      if (!conversation.tcp || pieces.packets.length > MOST_PIECES) continue;
      // What a parser still gets to see is bounded by packets; who it is must not depend on them.
      const { master, app } = bench.play(pieces);
      assert.deepEqual([master, app], [outcome.master, outcome.app], `${name} in pieces of ${n}`);
    }
    demandBearsLoss(bench, conversation);
    const random = new Random(7);
    for (let n = 0; n < 300; n++) bench.play(mutate(conversation, random));
  });
}
