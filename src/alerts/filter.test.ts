import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertFilter } from '../appliance/port.ts';
import type { AlertEvent, StoredAlert } from './alert.ts';
import { alertMatcher } from './filter.ts';
import { GROUPINGS, groupKey } from './group.ts';
import { shown } from './row.ts';
import { distinctAlert } from './sample.ts';
import { createAlertTable } from './table.ts';

/** The same numbers in every run (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const BEGIN = 1.7e12;

function anyEvent(roll: (below: number) => number, n: number): AlertEvent {
  const event = distinctAlert(n);
  const { flow, ...bare } = event;
  const plugin = ['flow_risk', 'web_mining', 'syn_scan'][roll(3)]!;
  const atMs = BEGIN + roll(2_000_000);
  const named = { plugin, script: plugin, typeName: `alert_${plugin}`, atMs, severity: 1 + roll(8), score: roll(200) };
  switch (roll(5)) {
    case 0:
      return {
        ...bare,
        ...named,
        kind: 'host',
        entity: 1,
        entityValue: `192.168.${roll(3)}.${roll(9)}@${roll(2) * 20}`,
      };
    case 1:
      return { ...bare, ...named, kind: 'network', entity: 2, entityValue: `192.168.${roll(3)}.0/24` };
    default:
      return {
        ...event,
        ...named,
        flow: {
          ...flow!,
          client: `192.168.${roll(3)}.${roll(9)}`,
          server: roll(4) === 0 ? `2001:db8::${roll(5)}` : `198.51.100.${roll(99)}`,
          serverPort: [53, 80, 443][roll(3)]!,
          l4: ['UDP', 'TCP'][roll(2)]!,
          l7: ['DNS', 'TLS', 'TLS.Google', 'HTTP'][roll(4)]!,
          hostname: ['', 'example.org', 'www.example.org'][roll(3)]!,
        },
      };
  }
}

function anyFilter(roll: (below: number) => number): AlertFilter {
  const filter: AlertFilter = { offset: 0, limit: 1e6 };
  const fields: (() => Partial<AlertFilter>)[] = [
    () => ({ kind: (['flow', 'host', 'network'] as const)[roll(3)]! }),
    () => ({ plugin: ['flow_risk', 'web_mining'][roll(2)]! }),
    () => ({ typeName: 'alert_syn_scan' }),
    () => ({ source: ['192.168.1.0/24', '192.168.2.3'][roll(2)]! }),
    () => ({ destination: ['198.51.100.0/27', '2001:db8::2'][roll(2)]! }),
    () => ({ network: ['192.168.0.0/23', '192.168.1.4', '2001:db8::/64'][roll(3)]! }),
    () => ({ protocol: ['dns', 'UDP', 'google'][roll(3)]! }),
    () => ({ port: 443 }),
    () => ({ domain: 'example.org' }),
    () => ({ acknowledged: roll(2) === 0 }),
    () => ({ state: (['engaged', 'past'] as const)[roll(2)]! }),
    () => ({ noted: roll(2) === 0 }),
    () => ({ severity: 1 + roll(8) }),
    () => ({ score: roll(200) }),
    () => ({ fromMs: BEGIN + roll(2_000_000) }),
    () => ({ toMs: BEGIN + roll(2_000_000) }),
    () => ({ search: ['number 1', 'EXAMPLE', '198.51'][roll(3)]! }),
  ];
  for (let i = roll(4); i >= 0; i--) Object.assign(filter, fields[roll(fields.length)]!());
  return filter;
}

test('after any changes, filters and groups of the table are those of its rows looked at one by one', () => {
  const roll = dice(7);
  const table = createAlertTable({ documents: 2200, bytes: 1e9 });
  const ids = new Set<string>();
  for (let round = 0; round < 40; round++) {
    for (let i = 0; i < 120; i++) {
      const row = table.apply(anyEvent(roll, round * 120 + i));
      if (row !== undefined) ids.add(row._id);
    }
    for (const id of [...ids].filter(() => roll(9) === 0)) {
      const row = table.get(id);
      if (row === undefined) continue;
      const change = roll(4);
      if (change === 0) {
        table.remove(id);
        ids.delete(id);
      } else if (change === 1)
        table.set({ ...row, acknowledged: !row.acknowledged, note: roll(2) === 0 ? '' : 'seen' });
      else if (change === 2) table.set({ ...row, state: row.state === 'past' ? 'engaged' : 'past' });
      else table.set({ ...row, lastMs: row.lastMs + roll(500_000), count: row.count + 1 });
    }
    for (const id of table.evict()) ids.delete(id);
    table.prepare(roll(300));
    assert.equal(table.size(), ids.size);
    const rows: StoredAlert[] = [];
    table.each((row) => rows.push(shown(row)));
    assert.equal(rows.length, ids.size);
    for (let i = 1; i < rows.length; i++)
      assert.ok(rows[i - 1]!.lastMs >= rows[i]!.lastMs, `row ${i} is newer than the one before`);
    for (let i = 0; i < 25; i++) {
      const filter = anyFilter(roll);
      const wanted = rows.filter(alertMatcher(filter));
      const found = table.query(filter);
      assert.deepEqual(
        found.items.map((row) => row._id),
        wanted.map((row) => row._id),
        JSON.stringify(filter),
      );
      const by = GROUPINGS[roll(GROUPINGS.length)]!;
      const groups = new Map<string, StoredAlert[]>();
      for (const row of wanted) {
        const key = groupKey(row, by);
        groups.set(key, [...(groups.get(key) ?? []), row]);
      }
      const [offset, limit] = [roll(5), 7];
      const folded = table.groups({ ...filter, offset, limit }, by);
      assert.equal(folded.total, groups.size);
      assert.equal(folded.alerts, wanted.length);
      const page = [...groups.values()].slice(offset, offset + limit).map((all) => ({
        latest: all[0]!._id,
        alerts: all.length,
        times: all.reduce((sum, row) => sum + row.count, 0),
        open: all.filter((row) => !row.acknowledged).length,
        engaged: all.filter((row) => row.state === 'engaged').length,
        severity: Math.max(...all.map((row) => row.severity)),
        score: Math.max(...all.map((row) => row.score)),
        firstMs: Math.min(...all.map((row) => row.firstMs)),
        lastMs: all[0]!.lastMs,
      }));
      assert.deepEqual(
        folded.items.map((group) => ({ ...group, latest: group.latest._id })),
        page,
        JSON.stringify(filter),
      );
    }
    const one = rows[roll(rows.length)]!;
    const alike = table.alike(one._id);
    for (const by of GROUPINGS)
      assert.equal(alike[by], rows.filter((row) => groupKey(row, by) === groupKey(one, by)).length, by);
  }
});

test('ten thousand rows that come newest first stand in order, and are changed in place cheaply', () => {
  const table = createAlertTable({ documents: 20_000, bytes: 1e9 });
  for (let n = 0; n < 10_000; n++) table.apply({ ...distinctAlert(n), atMs: BEGIN - n * 1000 });
  const first = table.query({ offset: 0, limit: 3 }).items.map((row) => row.lastMs);
  assert.deepEqual(first, [BEGIN, BEGIN - 1000, BEGIN - 2000]);
  for (const id of table.ids({ offset: 0, limit: 0 }, 1e6)) table.set({ ...table.get(id)!, acknowledged: true });
  assert.equal(table.query({ acknowledged: true, offset: 0, limit: 1 }).total, 10_000);
});
