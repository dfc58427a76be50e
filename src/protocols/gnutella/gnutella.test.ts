import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Expectations } from '../expectations.ts';
import { View } from '../view.ts';
import { gnutella } from './index.ts';

test('a servent that was recognised is expected at its port for an hour, others are not', () => {
  const expectations = new Expectations();
  const view = new View(expectations);
  const servent = [0, 0, 0, 0x0a000007];
  view.load(undefined, undefined, undefined);
  view.server.set(servent);
  view.serverPort = 26253;
  view.timeMs = 1000;
  gnutella.parse!(view);
  assert.equal(expectations.find(servent, 26253, 17, 3_500_000)?.master, 35);
  assert.equal(expectations.find(servent, 26253, 17, 3_700_000), undefined);
  assert.equal(expectations.find(servent, 26254, 17, 2000), undefined);
  assert.equal(expectations.find(servent, 26253, 6, 2000), undefined);
});
