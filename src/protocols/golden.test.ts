/** Every protocol's fixtures against their goldens: `node src/protocols/golden.test.ts --update` writes them anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixtures, readGolden, writeGolden } from './golden.ts';
import { Bench, demandBearsLoss, demandEqualWhenSplit, mutate, Random } from './test-kit.ts';

const update = process.argv.includes('--update');
const bench = new Bench();

for (const { name, conversation, golden } of fixtures(import.meta.dirname)) {
  test(name, () => {
    const outcome = bench.play(conversation);
    if (update) writeGolden(golden, outcome);
    assert.deepEqual(outcome, readGolden(golden), `${name} differs from its golden; --update if that is meant`);
    demandEqualWhenSplit(bench, conversation);
    demandBearsLoss(bench, conversation);
    const random = new Random(7);
    for (let n = 0; n < 300; n++) bench.play(mutate(conversation, random));
  });
}
