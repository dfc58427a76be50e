import assert from 'node:assert/strict';
import test from 'node:test';
import { dnsFlow } from '../plugins/testing/record.ts';
import { RecentFlows } from './recent-flows.ts';

const ids = (recent: RecentFlows): number[] => {
  const { count, at } = recent.records();
  return Array.from({ length: count }, (_, i) => at(i).id);
};

test('what was put in comes out, oldest first', () => {
  const recent = new RecentFlows();
  const flows = [1, 2, 3].map((id) => dnsFlow({ id, info: { hostname: 'bücher.example' } }));
  for (const flow of flows) recent.add(flow);
  const { count, at } = recent.records();
  assert.equal(count, 3);
  assert.deepEqual([at(0), at(1), at(2)], flows);
});

test('at the bound the newest push the oldest out, whatever their sizes', () => {
  for (const size of [20_000, 33_333, 64_000]) {
    const recent = new RecentFlows(size);
    for (let id = 0; id < 2000; id++) {
      recent.add(dnsFlow({ id, info: { hostname: 'x'.repeat((id * 37) % 900) } }));
      const kept = ids(recent);
      assert.equal(kept.at(-1), id);
      for (let i = 1; i < kept.length; i++) assert.equal(kept[i]!, kept[i - 1]! + 1);
      assert.equal(recent.dropped, id + 1 - kept.length);
    }
    assert.ok(recent.count >= 3);
  }
});

test('the number of records is bounded too, and what is too large is left out', () => {
  const recent = new RecentFlows(1 << 20, 16);
  for (let id = 0; id < 100; id++) recent.add(dnsFlow({ id }));
  assert.deepEqual(
    ids(recent),
    Array.from({ length: 16 }, (_, i) => 84 + i),
  );
  recent.add(dnsFlow({ id: 500, info: { hostname: 'x'.repeat(100_000) } }));
  assert.equal(ids(recent).at(-1), 99);
});
