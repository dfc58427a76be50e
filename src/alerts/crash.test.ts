import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashRun } from './crash-run.ts';

test('thirty kills at 500 alerts/s: nothing that was called stored is lost or doubled', async () => {
  const figures = await crashRun(30, 500, 900);
  assert.deepEqual(figures.lost, []);
  assert.equal(figures.doubled, 0);
  assert.ok(figures.acknowledged > 1000, `only ${figures.acknowledged} alerts were stored: the test proves little`);
  assert.ok(figures.sent > 200, `only ${figures.sent} alerts were sent: the test proves little`);
  assert.ok(figures.folded.counted >= figures.folded.acknowledged);
});
