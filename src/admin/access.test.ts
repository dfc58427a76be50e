import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { accounts } from '../appliance/accounts.ts';
import { roleMay, tokenMay } from './access.ts';
import { API } from './api.ts';
import { openTestSite, TEST_PASSWORD, tokenOf, type Visitor } from './testing.ts';
import { codeAt, newTotpSecret, TotpCheck } from './totp.ts';

const site = await openTestSite();
after(() => site.close());
const owner = await site.owner();

const signIn = async (name: string, password: string, code = ''): Promise<Visitor> => {
  const visitor = site.visitor();
  await visitor.post('/login', { username: name, password, code, next: '/' }, {}, '/login');
  return visitor;
};

test('a viewer sees, changes nothing, and never reads settings', async () => {
  const added = await owner.post(
    '/settings/users/add',
    { name: 'vera', role: 'viewer', password: 'seven loud magpies' },
    {},
    '/settings/users',
  );
  assert.equal(added.status, 303);
  const vera = await signIn('vera', 'seven loud magpies');
  for (const path of ['/', '/alerts', '/flows', '/plugins', '/health', '/settings/account', '/api/v1/alerts']) {
    assert.equal((await vera.get(path)).status, 200, path);
  }
  for (const path of [
    '/settings',
    '/settings/users',
    '/settings/notifications',
    '/api/v1/settings',
    '/api/v1/users',
    '/api/v1/tokens',
  ]) {
    assert.equal((await vera.get(path)).status, 403, path);
  }
  const page = await vera.get('/settings/account');
  const token = tokenOf(page.text);
  for (const [path, fields] of [
    ['/alerts/actions', { action: 'delete', ids: 'a0001' }],
    ['/plugins/reload', {}],
    ['/settings/section/general', { name: 'Mine' }],
    ['/settings/users/add', { name: 'x', role: 'admin', password: 'seven loud magpies' }],
  ] as const) {
    const answer = await vera.post(path, { ...fields, _token: token });
    assert.equal(answer.status, 403, path);
  }
  const changed = await vera.post('/settings/password', {
    current: 'seven loud magpies',
    password: 'eight sleepy crows',
    again: 'eight sleepy crows',
    _token: token,
  });
  assert.equal(changed.status, 303);
  assert.equal((await (await signIn('vera', 'eight sleepy crows')).get('/alerts')).status, 200);
  assert.equal((await owner.get('/alerts')).status, 200, "another account's password ends nobody else's session");
});

test('every API route that changes something is closed to viewers and to reading tokens', () => {
  for (const { method, path } of API) {
    const at = `/api/v1${path.replaceAll(/:\w+/g, 'x')}`;
    if (method === 'get') continue;
    const own = path === '/password' || path.startsWith('/sessions') || path === '/totp';
    assert.equal(roleMay('viewer', method.toUpperCase(), at), own, `${method} ${path}`);
    assert.equal(tokenMay('read', method.toUpperCase(), at), false, `${method} ${path}`);
    assert.equal(tokenMay('metrics', method.toUpperCase(), at), false, `${method} ${path}`);
  }
});

test('tokens: their scope and nothing else, no cookie, no form token; revoked at once', async () => {
  const made = async (scope: string): Promise<string> => {
    const page = await owner.post('/settings/users/tokens/add', { name: `for ${scope}`, scope }, {}, '/settings/users');
    return /id="new-token">(spw_[\w-]{43})</.exec(page.text)![1]!;
  };
  const program = site.visitor();
  const call = async (token: string, method: string, path: string, body?: object): Promise<number> => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    return (await program.send(method, path, headers, body === undefined ? undefined : JSON.stringify(body))).status;
  };
  const [read, act, admin, metrics] = [
    await made('read'),
    await made('act'),
    await made('admin'),
    await made('metrics'),
  ];
  assert.equal(await call(read, 'GET', '/api/v1/alerts'), 200);
  assert.equal(await call(read, 'POST', '/api/v1/alerts/actions', { ids: [], action: 'ack' }), 403);
  assert.equal(await call(read, 'GET', '/api/v1/settings'), 403);
  assert.equal(await call(act, 'POST', '/api/v1/alerts/actions', { ids: [], action: 'ack' }), 200);
  assert.equal(await call(act, 'PATCH', '/api/v1/settings', { name: 'X' }), 403);
  assert.equal(await call(admin, 'PATCH', '/api/v1/settings', { name: 'Shop' }), 200);
  assert.equal(await call(admin, 'GET', '/api/v1/users'), 403, 'accounts are for people');
  assert.equal(await call(admin, 'PUT', '/api/v1/password', { current: TEST_PASSWORD, password: 'x' }), 403);
  assert.equal(await call(metrics, 'GET', '/api/v1/alerts'), 403);
  assert.equal(await call(admin, 'GET', '/settings'), 403, 'pages are not for programs');
  assert.equal(await call(`spw_${'A'.repeat(43)}`, 'GET', '/api/v1/alerts'), 401);
  assert.equal(await call('nonsense', 'GET', '/api/v1/alerts'), 401);
  const stored = JSON.stringify(site.port.settings.get().tokens);
  for (const text of [read, act, admin]) assert.ok(!stored.includes(text.slice(4)), 'only hashes are kept');
  const [first] = site.port.settings.get().tokens;
  await owner.post('/settings/users/tokens/remove', { id: first!.id }, {}, '/settings/users');
  assert.equal(await call(read, 'GET', '/api/v1/alerts'), 401);
});

test('one-time codes: RFC 6238 vectors, drift of a step, each code once', () => {
  // RFC 6238 appendix B, SHA-1, "12345678901234567890", cut to six digits.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  for (const [seconds, code] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1234567890, '005924'],
    [20000000000, '353130'],
  ] as const) {
    assert.equal(codeAt(secret, Math.floor(seconds / 30)), code);
  }
  const check = new TotpCheck();
  const now = 1_700_000_000_000;
  const step = Math.floor(now / 30_000);
  assert.ok(!check.fits('a', secret, codeAt(secret, step - 2), now));
  assert.ok(check.fits('a', secret, codeAt(secret, step - 1), now));
  assert.ok(!check.fits('a', secret, codeAt(secret, step - 1), now), 'used');
  assert.ok(check.fits('a', secret, ` ${codeAt(secret, step + 1).replace(/(...)/, '$1 ')}`, now));
  for (const bad of ['', '12345', '1234567', 'abcdef', '000000\n1']) assert.ok(!check.fits('b', secret, bad, now));
  assert.match(newTotpSecret(), /^[A-Z2-7]{32}$/);
});

test('one-time codes: turned on with a code, asked for at sign-in, turned off with the password', async () => {
  await owner.post(
    '/settings/users/add',
    { name: 'otto', role: 'admin', password: 'nine brown wrens' },
    {},
    '/settings/users',
  );
  const otto = await signIn('otto', 'nine brown wrens');
  const page = await otto.get('/settings/account');
  const secret = /id="totp-secret">([A-Z2-7 ]+)</.exec(page.text)![1]!.replaceAll(' ', '');
  const token = tokenOf(page.text);
  assert.equal((await otto.post('/settings/totp/on', { code: '000000', _token: token })).status, 422);
  const step = Math.floor(Date.now() / 30_000);
  assert.equal((await otto.post('/settings/totp/on', { code: codeAt(secret, step), _token: token })).status, 303);
  assert.equal((await (await signIn('otto', 'nine brown wrens')).get('/alerts')).status, 303, 'no code, no entry');
  const again = await signIn('otto', 'nine brown wrens', codeAt(secret, step + 1));
  assert.equal((await again.get('/alerts')).status, 200);
  assert.match((await site.visitor().get('/login')).text, /name="code"/);
  const form = tokenOf((await again.get('/settings/account')).text);
  assert.equal((await again.post('/settings/totp/off', { current: 'wrong', _token: form })).status, 422);
  assert.equal((await again.post('/settings/totp/off', { current: 'nine brown wrens', _token: form })).status, 303);
  assert.equal(accounts(site.port.settings.get()).find((u) => u.name === 'otto')?.totp, '');
});

test('a removed account is out at once; names are checked; a user cannot be removed by itself', async () => {
  const vera = await signIn('vera', 'eight sleepy crows');
  assert.equal((await owner.post('/settings/users/remove', { name: 'vera' }, {}, '/settings/users')).status, 303);
  assert.equal((await vera.get('/alerts')).status, 303);
  assert.equal((await vera.get('/api/v1/alerts')).status, 401);
  for (const name of ['admin', 'Otto', 'otto', '__proto__', '<b>', 'x'.repeat(40), '']) {
    const answer = await owner.post(
      '/settings/users/add',
      { name, role: 'admin', password: 'seven loud magpies' },
      {},
      '/settings/users',
    );
    assert.equal(answer.status, 422, name);
  }
  assert.equal((await owner.post('/settings/users/remove', { name: 'admin' }, {}, '/settings/users')).status, 404);
});

test('guessing at unknown names is limited and looks like guessing at known ones', async () => {
  const site2 = await openTestSite();
  const visitor = site2.visitor();
  const answers = [];
  for (let i = 0; i < 7; i++) {
    const page = await visitor.post(
      '/login',
      { username: `user${i}`, password: 'wrong password', next: '/' },
      {},
      '/login',
    );
    answers.push(page.status);
  }
  assert.deepEqual(answers, [401, 401, 401, 401, 401, 429, 429]);
  await site2.close();
});
