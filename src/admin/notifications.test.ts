import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DESTINATION_TYPES } from '../notify/notify.ts';
import { openTestSite, tokenOf } from './testing.ts';

const site = await openTestSite();
after(() => site.close());
const owner = await site.owner();
const HREF = '/settings/notifications';

test('each way has a form; what is wrong is said at its field and what was typed stays', async () => {
  const list = await owner.get(HREF);
  for (const type of DESTINATION_TYPES) {
    assert.match(list.text, new RegExp(`href="${HREF}/new/${type}"`));
    const form = await owner.get(`${HREF}/new/${type}`);
    assert.equal(form.status, 200, type);
    assert.match(form.text, /Send test/);
  }
  assert.equal((await owner.get(`${HREF}/new/__proto__`)).status, 404);
  const wrong = await owner.post(
    `${HREF}/new/webhook`,
    { name: 'My <b>hook', 'params.url': 'ftp://x', minSeverity: '4', digestMinutes: '0', perHour: '20', do: 'save' },
    {},
    HREF,
  );
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Must begin with https:\/\/ or http:\/\//);
  assert.match(wrong.text, /value="My &lt;b&gt;hook"/);
});

test('saved, tested, changed without losing its secret, removed; secrets are never shown', async () => {
  const fields = {
    name: 'Hook',
    enabled: 'on',
    'params.url': 'https://example.org/h',
    'params.secret': 'pepper pot',
    minSeverity: '5',
    entities: ['host', 'flow'],
    digestMinutes: '15',
    perHour: '20',
  };
  const test = await owner.post(`${HREF}/new/webhook`, { ...fields, do: 'test' }, {}, HREF);
  assert.match(test.text, /The remote took it: HTTP 200: ok/);
  assert.equal(site.port.settings.get().destinations.length, 0, 'a test saves nothing');
  const failed = await owner.post(`${HREF}/new/webhook`, { ...fields, name: 'fail', do: 'test' }, {}, HREF);
  assert.match(failed.text, /It did not arrive: HTTP 404: fail/);
  assert.equal((await owner.post(`${HREF}/new/webhook`, { ...fields, do: 'save' }, {}, HREF)).status, 303);
  const [d] = site.port.settings.get().destinations;
  assert.deepEqual(
    [d?.params['secret'], d?.entities, d?.minSeverity, d?.digestMinutes],
    ['pepper pot', ['host', 'flow'], 5, 15],
  );
  const page = await owner.get(`${HREF}/${d!.id}`);
  assert.doesNotMatch(page.text, /pepper/);
  assert.match(page.text, /Is set\. Leave empty to keep it/);
  await owner.post(`${HREF}/${d!.id}`, { ...fields, 'params.secret': '', name: 'Renamed', do: 'save' }, {}, HREF);
  assert.equal(site.port.settings.get().destinations[0]?.params['secret'], 'pepper pot');
  for (const path of [HREF, '/settings', '/api/v1/notifications', '/api/v1/settings']) {
    const text = (await owner.get(path)).text;
    assert.doesNotMatch(text, /pepper/, path);
  }
  await owner.post(`${HREF}/${d!.id}`, { do: 'remove' }, {}, HREF);
  assert.equal(site.port.settings.get().destinations.length, 0);
});

test('the API does the same', async () => {
  const token = tokenOf((await owner.get('/settings')).text);
  const call = (method: string, path: string, body?: object) =>
    owner.send(
      method,
      `/api/v1${path}`,
      { 'X-CSRF-Token': token, 'Content-Type': 'application/json' },
      body && JSON.stringify(body),
    );
  const types = JSON.parse((await call('GET', '/notifications')).text) as {
    types: { type: string; params: object[] }[];
  };
  assert.deepEqual(
    types.types.map(({ type }) => type),
    [...DESTINATION_TYPES],
  );
  const good = {
    name: 'N',
    type: 'ntfy',
    enabled: true,
    minSeverity: 4,
    entities: [],
    tellOver: false,
    digestMinutes: 0,
    perHour: 20,
    params: { server: 'https://ntfy.sh', topic: 'x', token: 'tk_secret', least: 2 },
  };
  assert.equal((await call('PUT', '/notifications/abcd1234', { ...good, params: {} })).status, 422);
  assert.equal((await call('PUT', '/notifications/UPPER!', good)).status, 422);
  const saved = await call('PUT', '/notifications/abcd1234', good);
  assert.equal(saved.status, 200);
  assert.doesNotMatch(saved.text, /tk_secret/);
  assert.equal(
    (await call('PUT', '/notifications/abcd1234', { ...good, params: { ...good.params, token: '' } })).status,
    200,
  );
  assert.equal(site.port.settings.get().destinations[0]?.params['token'], 'tk_secret');
  assert.match((await call('POST', '/notifications/abcd1234/test')).text, /HTTP 200/);
  assert.equal((await call('DELETE', '/notifications/abcd1234')).status, 200);
  assert.equal((await call('DELETE', '/notifications/abcd1234')).status, 404);
});
