/** The API does everything that the pages do: updates, sets, pools, recipients, one-time codes, sessions, factory reset. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accounts } from '../appliance/accounts.ts';
import { API } from './api.ts';
import { buildRouter } from './server.ts';
import { openTestSite, TEST_PASSWORD, type TestSite, type Visitor } from './testing.ts';
import { codeAt } from './totp.ts';

let site: TestSite;
let owner: Visitor;
let token: string;
before(async () => {
  site = await openTestSite();
  owner = await site.owner();
  token = (JSON.parse((await owner.get('/api/v1/session')).text) as { token: string }).token;
});
after(() => site.close());

type Body = Record<string, unknown> & { items: Record<string, unknown>[] };

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const length = String(Buffer.byteLength(text ?? ''));
  const headers = { 'X-CSRF-Token': token, 'Content-Type': 'application/json', 'Content-Length': length };
  const answer = await owner.send(method, `/api/v1${path}`, headers, text);
  return { status: answer.status, body: JSON.parse(answer.text) as Body };
}

/** Forms of the pages and the routes that do the same. Signing in and out is the browser's alone. */
const SAME: { readonly [form: string]: string } = {
  '/setup': '',
  '/login': '',
  '/logout': 'delete /sessions/:id',
  '/welcome/port/listen': 'post /ports/listen',
  '/welcome/port': 'patch /settings',
  '/welcome/box': 'patch /settings',
  '/alerts/actions': 'post /alerts/actions',
  '/alerts/:id/note': 'put /alerts/:id/note',
  '/alerts/:id/:action': 'post /alerts/actions',
  '/exclusions': 'post /exclusions',
  '/exclusions/:id': 'put /exclusions/:id',
  '/exclusions/:id/:action': 'delete /exclusions/:id',
  '/devices/:id/name': 'patch /devices/:id',
  '/devices/:id/forget': 'delete /devices/:id',
  '/recipients/:id': 'put /recipients/:id',
  '/recipients/:id/remove': 'delete /recipients/:id',
  '/plugins/reload': 'post /plugins/reload',
  '/plugins/:key/release': 'post /plugins/:key/release',
  '/plugins/:key/permissions': 'put /plugins/:key/permissions/:permission',
  '/workshop/upload': 'post /workshop',
  '/workshop/new': 'post /workshop',
  '/workshop/try': 'post /workshop/:key/would-fire',
  '/workshop/:key/:action': 'put /workshop/:key/file',
  '/configurations': 'post /configurations',
  '/configurations/import': 'post /configurations/import',
  '/configurations/reset': 'post /configurations/reset',
  '/configurations/:id/clone': 'post /configurations',
  '/configurations/:id/rename': 'patch /configurations/:id',
  '/configurations/:id/remove': 'delete /configurations/:id',
  '/configurations/pools/:kind/:id': 'put /pools/:kind/:id',
  '/configurations/pools/:kind/:id/remove': 'delete /pools/:kind/:id',
  '/scripts/:subdir/:key/switch': 'put /scripts/:subdir/:key',
  '/scripts/:subdir/:key': 'put /scripts/:subdir/:key',
  '/settings/section/:section': 'patch /settings',
  '/settings/password': 'put /password',
  '/settings/totp/on': 'put /totp',
  '/settings/totp/off': 'delete /totp',
  '/settings/sessions/end': 'delete /sessions/:id',
  '/settings/sessions/end-others': 'delete /sessions',
  '/settings/users/add': 'post /users',
  '/settings/users/remove': 'delete /users/:name',
  '/settings/users/tokens/add': 'post /tokens',
  '/settings/users/tokens/remove': 'delete /tokens/:id',
  '/settings/backup/make': 'post /backup',
  '/settings/backup/restore': 'post /restore',
  '/settings/backup/restart': 'post /restart',
  '/settings/backup/reset': 'post /factory-reset',
  '/settings/https/make': 'post /certificate',
  '/settings/https/install': 'put /certificate',
  '/settings/https/remove': 'delete /certificate',
  '/settings/network': 'put /network',
  '/settings/network/confirm': 'post /network/confirm',
  '/settings/network/undo': 'post /network/undo',
  '/settings/updates/fetch': 'post /update/fetch',
  '/settings/updates/file': 'put /update/file',
  '/settings/updates/other': 'post /update/other',
  '/settings/updates/reboot': 'post /update/reboot',
  '/settings/notifications/new/:type': 'put /notifications/:id',
  '/settings/notifications/:id': 'put /notifications/:id',
};

test('every form of the pages has its route in the API', () => {
  const forms = buildRouter(site.room)
    .stack.filter((layer) => layer.methods.includes('POST'))
    .map((layer) => String(layer.path))
    .filter((path) => !path.startsWith('/api/'));
  assert.deepEqual([...new Set(forms)].sort(), Object.keys(SAME).sort());
  const routes = new Set(API.map(({ method, path }) => `${method} ${path}`));
  for (const [form, route] of Object.entries(SAME)) if (route !== '') assert.ok(routes.has(route), `${form}: ${route}`);
});

test('updates: both slots, a file, an address with its checksum, the other version next', async () => {
  const seen = (await call('GET', '/update')).body as unknown as {
    status: { booted: string; otherVersion: string };
    history: unknown[];
  };
  assert.equal(seen.status.booted, 'A');
  assert.equal(seen.status.otherVersion, '1.1.0');
  assert.equal(seen.history.length, 2);
  const send = (type: string, body: string) =>
    owner.send('PUT', '/api/v1/update/file', { 'X-CSRF-Token': token, 'Content-Type': type }, body);
  assert.equal((await send('text/plain', 'bundle')).status, 415);
  assert.equal((await send('application/octet-stream', 'bundle')).status, 200);
  assert.equal(site.port.calls.at(-1), 'update 6');
  const empty = await send('application/octet-stream', 'x');
  assert.equal(empty.status, 422);
  assert.match(empty.text, /the file is empty/);
  const url = 'https://example.net/u.raucb';
  assert.equal((await call('POST', '/update/fetch', { url, sha256: 'zz' })).status, 422);
  assert.notEqual(site.port.calls.at(-1), `fetch ${url}`);
  assert.equal((await call('POST', '/update/fetch', { url })).status, 200);
  assert.equal(site.port.calls.at(-1), `fetch ${url}`);
  assert.equal((await call('POST', '/update/other')).status, 200);
  assert.equal(site.port.calls.at(-1), 'ask other');
  assert.equal((await call('POST', '/update/reboot')).status, 200);
  assert.equal(site.port.calls.at(-1), 'ask reboot');
});

test('configuration sets and pools: make, copy, rename, bind, export, import, remove', async () => {
  const made = Number((await call('POST', '/configurations', { name: 'Night' })).body['id']);
  const copy = Number((await call('POST', '/configurations', { name: 'Night 2', from: made })).body['id']);
  assert.ok(made > 0 && copy > made);
  assert.equal((await call('POST', '/configurations', { name: 'Night' })).status, 422);
  assert.equal((await call('PATCH', `/configurations/${copy}`, { name: 'Weekend' })).status, 200);
  assert.deepEqual((await call('GET', '/configurations')).body.items.map(({ name }) => name).slice(-2), [
    'Night',
    'Weekend',
  ]);
  const pool = { name: 'Cameras', members: ['192.168.1.0/28'], configSet: made };
  const id = Number((await call('POST', '/pools/host', pool)).body['id']);
  assert.equal((await call('PUT', `/pools/host/${id}`, { ...pool, members: ['not an address'] })).status, 422);
  assert.equal((await call('PUT', `/pools/host/${id}`, { ...pool, members: [7] })).status, 400);
  assert.equal((await call('PUT', `/pools/host/${id}`, { ...pool, name: 'Doors' })).status, 200);
  assert.equal((await call('GET', '/pools')).body.items.find((one) => one['id'] === id)?.['name'], 'Doors');
  assert.equal((await call('DELETE', `/pools/host/${id}`)).status, 200);
  assert.equal((await call('DELETE', `/pools/host/${id}`)).status, 404);
  assert.equal((await call('POST', '/pools/car', pool)).status, 404);
  const exported = (await call('GET', `/configurations/${made}/export`)).body;
  assert.equal((await call('DELETE', `/configurations/${made}`)).status, 200);
  assert.equal((await call('GET', `/configurations/${made}/export`)).status, 404);
  assert.equal((await call('POST', '/configurations/import', exported)).status, 200);
  assert.ok((await call('GET', '/configurations')).body.items.some(({ name }) => name === 'Night'));
  assert.equal((await call('POST', '/configurations/import', { no: 'export' })).status, 422);
  assert.equal((await call('DELETE', '/configurations/0')).status, 422);
  assert.equal((await call('POST', '/configurations/reset')).status, 200);
  assert.equal((await call('GET', '/configurations')).body.items.length, 1);
});

test('one-time codes: a secret, its first code, off with the password', async () => {
  const { secret } = (await call('POST', '/totp')).body as unknown as { secret: string };
  assert.equal((await call('PUT', '/totp', { code: '000000' })).status, 422);
  const step = Math.floor(Date.now() / 30_000);
  assert.equal((await call('PUT', '/totp', { code: codeAt(secret, step) })).status, 200);
  assert.equal((await call('GET', '/totp')).body['on'], true);
  assert.equal((await call('DELETE', '/totp', { current: 'wrong' })).status, 422);
  assert.equal((await call('DELETE', '/totp', { current: TEST_PASSWORD })).status, 200);
  assert.equal(accounts(site.port.settings.get())[0]?.totp, '');
});

test('other sessions end at once, this one stays', async () => {
  const other = await site.owner();
  assert.ok(Number((await call('DELETE', '/sessions')).body['ended']) >= 1);
  assert.equal((await other.get('/api/v1/session')).status, 401);
  assert.equal((await call('GET', '/session')).status, 200);
});

test('ports: which there are, and what each hears', async () => {
  assert.deepEqual(
    (await call('GET', '/ports')).body.items.map(({ name }) => name),
    ['eth1', 'eth0'],
  );
  assert.equal((await call('POST', '/ports/listen')).body.items.length, 2);
});

test('factory reset wants the password', async () => {
  assert.equal((await call('POST', '/factory-reset', { current: 'wrong' })).status, 422);
  assert.equal((await call('POST', '/factory-reset', {})).status, 422);
  const before = site.port.calls.length;
  assert.equal((await call('POST', '/factory-reset', { current: TEST_PASSWORD })).status, 200);
  assert.deepEqual(site.port.calls.slice(before), ['factoryReset']);
});
