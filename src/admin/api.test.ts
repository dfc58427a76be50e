import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { API } from './api.ts';
import { asset } from './assets.ts';
import { openTestSite, type TestSite, type Visitor } from './testing.ts';

interface Operation {
  summary: string;
  parameters?: ({ name: string; in: string } | { $ref: string })[];
  responses: Record<string, unknown>;
}
const spec = JSON.parse(Buffer.from(asset('openapi.json')).toString()) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
};

let site: TestSite;
let owner: Visitor;
let token: string;
before(async () => {
  site = await openTestSite();
  owner = await site.owner();
  token = (JSON.parse((await owner.get('/api/v1/session')).text) as { token: string }).token;
});
after(() => site.close());

const call = async (
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, never> }> => {
  const headers = { 'X-CSRF-Token': token, 'Content-Type': 'application/json' };
  const answer = await owner.send(
    method,
    `/api/v1${path}`,
    headers,
    body === undefined ? undefined : JSON.stringify(body),
  );
  assert.match(String(answer.headers['content-type']), /^application\/json/);
  return { status: answer.status, body: JSON.parse(answer.text) as Record<string, never> };
};

test('the OpenAPI file and the list of routes say the same', () => {
  const described = Object.entries(spec.paths).flatMap(([path, ops]) => Object.keys(ops).map((m) => `${m} ${path}`));
  // The stream answers for itself (live.ts).
  const running = [...API.map((r) => `${r.method} ${r.path.replace(/:(\w+)/g, '{$1}')}`), 'get /events'];
  assert.deepEqual(described.sort(), running.sort());
});

test('the OpenAPI file is whole: references resolve, path parameters and tokens are declared', () => {
  const refs = JSON.stringify(spec).match(/"#\/[^"]+"/g) ?? [];
  for (const ref of refs) {
    let at: unknown = spec;
    for (const step of ref.slice(3, -1).split('/')) at = (at as Record<string, unknown>)[step];
    assert.notEqual(at, undefined, ref);
  }
  for (const [path, ops] of Object.entries(spec.paths)) {
    for (const [method, op] of Object.entries(ops)) {
      const text = JSON.stringify(op.parameters ?? []);
      for (const [, name] of path.matchAll(/\{(\w+)\}/g))
        assert.ok(text.includes(`"name":"${name}"`), `${method} ${path}`);
      assert.equal(text.includes('parameters/Token'), method !== 'get', `${method} ${path}`);
      assert.ok(op.summary !== '' && op.responses['200'] !== undefined && op.responses['401'] !== undefined);
    }
  }
});

test('every GET answers, and needs the session', async () => {
  const values: Record<string, string> = {
    ':id': 'a0000',
    ':key': 'unexpected_dns',
    ':subdir': 'flow',
    ':ip': '192.168.1.20',
  };
  site.port.alerts.get('a0000')!.evidence = { key: 'fake-1', packets: 12, bytes: 4096 };
  for (const route of API.filter((r) => r.method === 'get')) {
    const path = route.path
      .replace('/configurations/:id', '/configurations/0')
      .replace('/flows/:id', '/flows/1001')
      .replace('/exclusions/:id', '/exclusions/e1')
      .replace('/devices/:id', '/devices/0011320a0b0c')
      .replace(/:\w+/g, (p) => values[p]!);
    assert.equal((await call('GET', path)).status, 200, path);
    assert.equal((await site.visitor().get(`/api/v1${path}`)).status, 401, path);
  }
});

test('alerts: filter, acknowledge, note, delete', async () => {
  const flow = (await call('GET', '/alerts?kind=flow&limit=2&search=8.8.8.8')).body as unknown as {
    total: number;
    items: { _id: string; kind: string }[];
  };
  assert.equal(flow.items.length, 2);
  assert.ok(flow.total > 2 && flow.items.every((a) => a.kind === 'flow'));
  const id = flow.items[0]!._id;
  assert.deepEqual((await call('POST', '/alerts/actions', { action: 'ack', ids: [id, 'none'] })).body, { changed: 1 });
  assert.equal(site.port.alerts.get(id)?.acknowledged, true);
  assert.equal((await call('PUT', `/alerts/${id}/note`, { note: 'known' })).status, 200);
  assert.equal(site.port.alerts.get(id)?.note, 'known');
  assert.deepEqual((await call('POST', '/alerts/actions', { action: 'delete', ids: [id] })).body, { changed: 1 });
  assert.equal((await call('GET', `/alerts/${id}`)).status, 404);
  for (const bad of [
    {},
    { action: 'ack' },
    { action: 'burn', ids: [] },
    { action: 'ack', ids: [1] },
    { action: 'ack', ids: Array(501).fill('x') },
  ]) {
    assert.equal((await call('POST', '/alerts/actions', bad)).status, 400, JSON.stringify(bad).slice(0, 60));
  }
});

test('exclusions: preview, add, change, remove; what cannot be read is refused with its field', async () => {
  const match = { network: '192.168.1.77/24', protocol: 'DNS' };
  const seen = await call('POST', '/exclusions/preview', { match });
  assert.ok(Number(seen.body['hidden']) > 0);
  const made = await call('POST', '/exclusions', { match, reason: 'test', expiresMs: 2e12 });
  assert.deepEqual(made.body['match'], { network: '192.168.1.0/24', protocol: 'DNS' });
  const path = `/exclusions/${String(made.body['_id'])}`;
  assert.equal((await call('PUT', path, { match, active: false })).body['active'], false);
  assert.equal(site.port.exclusions.get(String(made.body['_id']))?.expiresMs, undefined);
  assert.equal((await call('DELETE', path)).status, 200);
  assert.equal((await call('DELETE', path)).status, 404);
  for (const [bad, field] of [
    [{ match: {} }, 'match'],
    [{}, 'match'],
    [{ match: { port: 70_000 } }, 'port'],
    [{ match, reason: 7 }, 'reason'],
    [{ match, active: 'no' }, 'active'],
    [{ match, expiresMs: 'soon' }, 'expiresMs'],
  ] as const) {
    const answer = await call('POST', '/exclusions', bad);
    assert.deepEqual([answer.status, answer.body['field']], [422, field]);
  }
});

test('groups, devices, hosts, history', async () => {
  assert.equal((await call('GET', '/alerts/groups?group=type&kind=flow')).body['total'], 1);
  assert.equal((await call('PATCH', '/devices/0011320a0b0c', { alias: 'store room' })).status, 200);
  assert.equal(
    ((await call('GET', '/devices/0011320a0b0c')).body as unknown as { device: { alias: string } }).device.alias,
    'store room',
  );
  assert.equal((await call('PATCH', '/devices/nobody', { alias: 'x' })).status, 404);
  assert.equal((await call('PATCH', '/devices/0011320a0b0c', { alias: 1 })).status, 422);
  assert.equal((await call('GET', '/hosts/10.9.9.9')).status, 404);
  const history = (await call('GET', '/history?what=protocols&step=day&steps=3')).body;
  assert.equal(history['stepMs'], 86_400_000);
});

test('scripts: a bad item is refused with its field, a good one is saved', async () => {
  const path = '/scripts/flow/unexpected_dns';
  const bad = await call('PUT', path, { all: { enabled: true, script_conf: { items: ['1.1.1.1', '1.2.3'] } } });
  assert.equal(bad.status, 422);
  assert.match(String(bad.body['error']), /1\.2\.3/);
  assert.equal(bad.body['field'], 'all.items');
  assert.equal((await call('PUT', path, {})).status, 422);
  assert.equal((await call('PUT', path, { all: { enabled: true, script_conf: { items: ['1.1.1.1'] } } })).status, 200);
  assert.deepEqual(site.port.config.script('flow', 'unexpected_dns'), {
    all: { enabled: true, script_conf: { items: ['1.1.1.1'] } },
  });
  assert.equal((await call('PUT', '/scripts/none/x', {})).status, 404);
});

test('settings: checked, saved, without the hash', async () => {
  assert.equal((await call('PATCH', '/settings', { localNetworks: ['10.0.0.0/33'] })).status, 422);
  assert.equal((await call('PATCH', '/settings', { name: '<b>' })).status, 422);
  assert.equal((await call('PATCH', '/settings', { localNetworks: 'x' })).status, 422);
  assert.equal((await call('PATCH', '/settings', { passwordHash: 'x' })).status, 422);
  assert.equal((await call('PATCH', '/settings', JSON.parse('{"constructor": 1}'))).status, 422);
  const saved = await call('PATCH', '/settings', {
    name: 'Shop',
    localNetworks: ['10.0.0.0/8', 'fd00::/8'],
  });
  assert.equal(saved.status, 200);
  assert.equal(saved.body['name'], 'Shop');
  const table = (await call('GET', '/settings/schema')).body['settings'] as unknown as { key: string }[];
  assert.deepEqual(Object.keys(saved.body).sort(), [...table.map(({ key }) => key), 'passwordSet'].sort());
  assert.ok(!('passwordHash' in saved.body));
  assert.match(site.port.settings.get().passwordHash, /^scrypt/);
});

test('when the engine is down flows answer 503 with a sentence', async () => {
  site.port.data.engine = 'down';
  const answer = await call('GET', '/flows');
  site.port.data.engine = 'running';
  assert.equal(answer.status, 503);
  assert.match(String(answer.body['error']), /engine/);
});
