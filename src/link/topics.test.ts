import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTraffic } from '../admin/fake-traffic.ts';
import { hasShape } from './shape.ts';
import { ANSWERS } from './topics.ts';

test('answers of the traffic topics have the shapes the appliance demands', () => {
  const say = (text: string) => text;
  for (const empty of [false, true]) {
    const fake = makeTraffic(say, 1.79e12, empty);
    const list = { search: '', offset: 0, limit: 10, sort: 'last' } as const;
    assert.ok(hasShape(fake.devices(list), ANSWERS.devices));
    assert.ok(hasShape(fake.device({ id: '3c:2a:f4:11:22:33' }), ANSWERS.device));
    assert.ok(hasShape(fake.hosts(list), ANSWERS.hosts));
    assert.ok(hasShape(fake.host({ ip: '192.168.1.5', vlan: 0 }), ANSWERS.host));
    assert.ok(hasShape(fake.networks({}), ANSWERS.networks));
    for (const what of ['traffic', 'protocols', 'hosts'] as const)
      assert.ok(hasShape(fake.history({ what, step: 'hour', steps: 24, top: 3 }), ANSWERS.history));
    assert.ok(hasShape(fake.stateFiles({}), ANSWERS.stateFiles));
  }
  assert.equal(hasShape({ total: 1, items: [{ id: 'x' }] }, ANSWERS.devices), false);
});
