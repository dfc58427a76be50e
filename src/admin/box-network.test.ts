/** The network page: a change on trial, confirmed by the session that made it or with its ticket, and by nobody else. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openTestSite } from './testing.ts';

const site = await openTestSite();
after(() => site.close());
const owner = await site.owner();
const HREF = '/settings/network';
const address = (): string | undefined => site.port.network.status()?.now.address;
const onTrial = (): boolean => site.port.network.status()?.trial !== undefined;

test('a wrong address is refused beside its field and keeps what was typed', async () => {
  const form = { address: '192.168.1.9', gateway: '', dns: '', hostname: '' };
  const { status, text } = await owner.post(HREF, form, {}, HREF);
  assert.equal(status, 422);
  assert.match(text, /id="address-error"/);
  assert.match(text, /value="192\.168\.1\.9"/);
  assert.equal(address(), '192.168.1.5/24');
});

test('a change is on trial; another session of an administrator cannot confirm it, its own can', async () => {
  const form = { address: '192.168.1.9/24', gateway: '192.168.1.1', dns: '', hostname: 'shop' };
  const changed = await owner.post(HREF, form, {}, HREF);
  assert.equal(changed.status, 303);
  const there = String(changed.headers.location);
  assert.match((await owner.get(there)).text, /192\.168\.1\.9(:\d+)?\/settings\/network\?ticket=/);
  const other = await site.owner();
  assert.doesNotMatch((await other.get(HREF)).text, /ticket=\w/);
  await other.post(`${HREF}/confirm`, { ticket: '' }, {}, HREF);
  assert.equal(onTrial(), true);
  await owner.post(`${HREF}/confirm`, { ticket: '' }, {}, HREF);
  assert.equal(onTrial(), false);
  assert.equal(address(), '192.168.1.9/24');
});

test('a session at the new address confirms with the ticket; undo takes it back', async () => {
  const form = { address: '192.168.1.10/24', gateway: '', dns: '', hostname: '' };
  const there = String((await owner.post(HREF, form, {}, HREF)).headers.location);
  const other = await site.owner();
  await other.post(`${HREF}/confirm`, { ticket: there.split('ticket=')[1]! }, {}, there);
  assert.equal(onTrial(), false);
  await owner.post(HREF, { ...form, address: '192.168.1.11/24' }, {}, HREF);
  await owner.post(`${HREF}/undo`, {}, {}, HREF);
  assert.equal(address(), '192.168.1.10/24');
});
