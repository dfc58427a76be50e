import assert from 'node:assert/strict';
import test from 'node:test';
import { cloneSet, createSet, emptySet, exportSets, importSets, updateScript } from './configsets.ts';
import { defaultPools, normalMember, POOL_LIMITS, PoolIndex, putPool, removePool, withoutSet } from './pools.ts';
import type { Pool } from './types.ts';

const host = (id: number, members: string[], configSet = 0): Pool => ({
  id,
  kind: 'host',
  name: `pool ${id}`,
  members: members.map((m) => normalMember('host', m)!),
  configSet,
});

test('members are kept in one form, and what is none is refused', () => {
  assert.equal(normalMember('host', ' 192.168.1.5 '), '192.168.1.5/32');
  assert.equal(normalMember('host', '192.168.1.0/24@012'), '192.168.1.0/24@12');
  assert.equal(normalMember('host', 'AA-BB-CC-DD-EE-FF'), 'aa:bb:cc:dd:ee:ff');
  assert.equal(normalMember('host', 'FE80::1/64'), 'fe80::1/64');
  for (const bad of ['', '1.2.3', '10.0.0.0/33', '10.0.0.0/8@4096', '10.0.0.0/8@1@2', 'aa:bb:cc:dd:ee', 'fe80::1%eth0'])
    assert.equal(normalMember('host', bad), undefined, bad);
  assert.equal(normalMember('network', '10.0.0.0/8'), '10.0.0.0/8');
  assert.equal(normalMember('network', '10.0.0.0/8@3'), undefined);
  assert.equal(normalMember('interface', '0'), '0');
  assert.equal(normalMember('interface', 'eth0'), undefined);
});

test('a host is in the pool of its MAC address, else of the longest prefix, of its VLAN where one is named', () => {
  const index = new PoolIndex([
    ...defaultPools(),
    host(1, ['192.168.0.0/16']),
    host(2, ['192.168.1.0/24@7'], 3),
    host(3, ['192.168.1.9', 'fd00::/8']),
    host(4, ['aa:bb:cc:00:00:01']),
  ]);
  assert.equal(index.ofHost('192.168.1.8', 0, ''), 1);
  assert.equal(index.ofHost('192.168.1.8', 7, ''), 2);
  assert.equal(index.ofHost('192.168.1.9', 7, ''), 3);
  assert.equal(index.ofHost('fd00::5', 0, ''), 3);
  assert.equal(index.ofHost('192.168.1.9', 0, 'AA:BB:CC:00:00:01'), 4);
  assert.equal(index.ofHost('8.8.8.8', 0, '00:00:00:00:00:09'), 0);
  assert.equal(index.ofHost('not an address', 0, ''), 0);
  assert.deepEqual(index.setsOf('host'), [0, 3]);
  assert.deepEqual(index.setsOf('network'), [0]);
});

test('pools: names and members are single, the default one holds nothing of its own, sets must exist', () => {
  const sets = [emptySet()];
  const put = (pools: Pool[], pool: Partial<Pool>) =>
    putPool(pools, sets, { kind: 'host', name: 'x', members: [], configSet: 0, ...pool });
  const first = put(defaultPools(), { name: 'servers', members: ['10.0.0.1', '10.0.0.1', ' '] });
  assert.ok(first.ok);
  assert.deepEqual(first.pools.at(-1), {
    id: 1,
    kind: 'host',
    name: 'servers',
    members: ['10.0.0.1/32'],
    configSet: 0,
  });
  const refused = (result: ReturnType<typeof put>) => (result.ok ? '' : result.field);
  assert.equal(refused(put(first.pools, { name: 'servers' })), 'name');
  assert.equal(refused(put(first.pools, { name: '' })), 'name');
  assert.equal(refused(put(first.pools, { name: 'b', members: ['10.0.0.1/32'] })), 'members');
  assert.equal(refused(put(first.pools, { name: 'b', members: ['nonsense'] })), 'members');
  assert.equal(refused(put(first.pools, { name: 'b', configSet: 9 })), 'configSet');
  assert.equal(refused(put(first.pools, { id: 0, name: 'Default', members: ['10.0.0.2'] })), 'members');
  const many = Array.from({ length: POOL_LIMITS.members + 1 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
  assert.equal(refused(put(first.pools, { name: 'b', members: many })), 'members');
  let full = defaultPools();
  for (let i = 0; i < POOL_LIMITS.pools; i++) {
    const next = put(full, { name: `p${i}` });
    assert.ok(next.ok);
    full = next.pools;
  }
  assert.equal(put(full, { name: 'one more' }).ok, false);
  assert.equal(removePool(first.pools, 'host', 0).ok, false);
  assert.equal(removePool(first.pools, 'host', 7).ok, false);
  assert.ok(removePool(first.pools, 'host', 1).ok);
  assert.equal(withoutSet([host(1, [], 5)], 5)[0]!.configSet, 0);
});

test('sets go out as JSON and come back: ours by name, those of 4.2 by id, anything else is refused in words', () => {
  const conf = { all: { enabled: true, script_conf: { items: ['1.1.1.1'] } } };
  const base = updateScript(emptySet(), 'flow', 'unexpected_dns', conf);
  const two = cloneSet([base], 0, 'Guests');
  assert.ok(two.ok);
  const back = importSets([emptySet()], exportSets(two.sets));
  assert.ok(back.ok);
  assert.deepEqual(back.sets, two.sets);
  const old = importSets(
    [base],
    JSON.stringify({
      0: { id: 0, name: 'Default', config: {} },
      4: { id: 4, name: 'Lab', config: { flow: { x: { all: { enabled: true, script_conf: [] } } } } },
    }),
  );
  assert.ok(old.ok);
  assert.deepEqual(old.sets, [
    emptySet(),
    { id: 1, name: 'Lab', config: { flow: { x: { all: { enabled: true, script_conf: {} } } } } },
  ]);
  const proto = '{"1":{"id":1,"name":"x","config":{"__proto__":{"a":{"all":{"enabled":true,"script_conf":{}}}}}}}';
  for (const bad of ['', '[]', '{}', '{"a":1}', '{"1":{"id":1,"name":"x","config":{"flow":3}}}', proto])
    assert.equal(importSets([base], bad).ok, false, bad);
  const made = createSet([base], 'New', []);
  assert.ok(made.ok && made.sets[1]!.id === 1);
});
