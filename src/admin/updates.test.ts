/** The updates page: what it shows, a file sent as the body, a fetch, the other version; nothing without the token. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openTestSite, tokenOf } from './testing.ts';

const site = await openTestSite();
after(() => site.close());
const owner = await site.owner();
const HREF = '/settings/updates';

test('shows both slots and what happened', async () => {
  const { status, text } = await owner.get(HREF);
  assert.equal(status, 200);
  assert.match(text, /1\.2\.0/);
  assert.match(text, /1\.1\.0/);
  assert.match(text, /slot A passed its self-test/);
});

test('a file comes as the body of a request that has the token', async () => {
  const token = tokenOf((await owner.get(HREF)).text);
  const send = (headers: Record<string, string>, body: string) =>
    owner.send('POST', `${HREF}/file`, { Origin: `http://${owner.host}`, ...headers }, body);
  const type = { 'Content-Type': 'application/octet-stream' };
  assert.equal((await send(type, 'bundle')).status, 403);
  assert.equal((await send({ 'Content-Type': 'text/plain', 'X-CSRF-Token': token }, 'bundle')).status, 415);
  assert.equal((await send({ ...type, 'X-CSRF-Token': token }, 'bundle')).status, 200);
  assert.equal(site.port.calls.at(-1), 'update 6');
  const empty = await send({ ...type, 'X-CSRF-Token': token }, 'x');
  assert.equal(empty.status, 422);
  assert.match(empty.text, /the file is empty/);
});

test('fetching, switching and restarting are asked for', async () => {
  const wrong = await owner.post(`${HREF}/fetch`, { url: 'https://example.net/u.raucb', sha256: 'zz' }, {}, HREF);
  assert.equal(wrong.status, 303);
  assert.notEqual(site.port.calls.at(-1), 'fetch https://example.net/u.raucb');
  await owner.post(`${HREF}/fetch`, { url: 'https://example.net/u.raucb', sha256: '' }, {}, HREF);
  assert.equal(site.port.calls.at(-1), 'fetch https://example.net/u.raucb');
  await owner.post(`${HREF}/other`, {}, {}, HREF);
  assert.equal(site.port.calls.at(-1), 'ask other');
  await owner.post(`${HREF}/reboot`, {}, {}, HREF);
  assert.equal(site.port.calls.at(-1), 'ask reboot');
});
