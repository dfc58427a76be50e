import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BOUNDS, middlewareList } from './middleware.ts';
import { safeNext } from './pages/door.ts';
import { openTestSite, TEST_PASSWORD, type TestSite, tokenOf } from './testing.ts';

let site: TestSite;
before(async () => {
  site = await openTestSite();
});
after(() => site.close());

const PAGES = [
  '/',
  '/alerts',
  '/alerts/a0000',
  '/flows',
  '/flows/1001',
  '/plugins',
  '/plugins/long_lived',
  '/scripts/flow',
  '/scripts/flow/unexpected_dns',
  '/health',
  '/settings',
];

test('the middleware list runs in the order of the security story', () => {
  assert.deepEqual(
    middlewareList(site.room).map((m) => m.name),
    [
      'securityHeaders',
      'compress',
      'answerErrors',
      'boundRequest',
      'healthz',
      'serveAssets',
      'localUntilPassword',
      'checkOrigin',
      'loadSession',
      'requireSession',
      'checkRole',
      'parseBody',
      'checkToken',
    ],
  );
});

test('strangers get sign-in, an empty refusal or one word, and nothing else', async () => {
  const stranger = site.visitor();
  for (const path of [...PAGES, '/nothing', '/scripts/none']) {
    const answer = await stranger.get(path);
    assert.equal(answer.status, 303, path);
    assert.match(answer.headers.location ?? '', /^\/login/, path);
    assert.doesNotMatch(answer.text, /192\.168|Office/);
  }
  for (const path of ['/api/v1/alerts', '/api/v1/settings', '/api/v1/none', '/live/top', '/live/flows']) {
    const answer = await stranger.get(path);
    assert.equal(answer.status, 401, path);
    assert.doesNotMatch(answer.text, /192\.168|Office/);
  }
  const health = await stranger.get('/healthz');
  assert.deepEqual([health.status, health.text], [200, 'ok\n']);
  site.port.data.parts[0]!.ok = false;
  const ill = await stranger.get('/healthz');
  site.port.data.parts[0]!.ok = true;
  assert.deepEqual([ill.status, ill.text], [503, 'not ok\n']);
  assert.equal((await stranger.get('/assets/style.css')).status, 200);
});

test('every answer carries the headers, errors and assets too', async () => {
  const owner = await site.owner();
  for (const path of ['/', '/nothing', '/healthz', '/assets/style.css', '/api/v1/none', '/login']) {
    const { headers } = await owner.get(path);
    const csp = String(headers['content-security-policy']);
    for (const part of [
      "default-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "object-src 'none'",
    ]) {
      assert.ok(csp.includes(part), `${path}: ${part}`);
    }
    assert.doesNotMatch(csp, /unsafe|data:|\*|http/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['referrer-policy'], 'same-origin');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['x-powered-by'], undefined);
    if (!path.startsWith('/assets')) assert.equal(headers['cache-control'], 'no-store', path);
  }
});

test('pages hold no inline script, style or handler', async () => {
  const owner = await site.owner();
  for (const path of [...PAGES, '/nothing']) {
    const { text } = await owner.get(path);
    assert.doesNotMatch(text, /<script(?! type="module" src="\/assets\/)/, path);
    assert.doesNotMatch(text, /<style|\sstyle=|\son[a-z]+=|javascript:/i, path);
  }
});

test('the session cookie is HttpOnly, SameSite=Strict and unguessable; a second sign-in gets another', async () => {
  const visitor = site.visitor();
  const answer = await visitor.signIn();
  const line = answer.headers['set-cookie']?.find((c) => c.startsWith('spanwatch=')) ?? '';
  assert.match(line, /^spanwatch=[\w-]{43}; path=\/; expires=[^;]+; samesite=strict; httponly$/);
  const first = visitor.cookies.get('spanwatch');
  const again = site.visitor();
  await again.signIn();
  assert.notEqual(again.cookies.get('spanwatch'), first);
});

test('a session id that a stranger brings is never taken over', async () => {
  const visitor = site.visitor();
  visitor.cookies.set('spanwatch', 'A'.repeat(43));
  assert.equal((await visitor.get('/')).status, 303);
  visitor.cookies.delete('spanwatch');
  await visitor.signIn();
  assert.notEqual(visitor.cookies.get('spanwatch'), 'A'.repeat(43));
});

test('changes need the token of this very session', async () => {
  const owner = await site.owner();
  const other = await site.owner();
  const foreign = tokenOf((await other.get('/settings')).text);
  for (const token of ['x', '', foreign, tokenOf((await site.visitor().get('/login')).text)]) {
    const answer = await owner.post('/plugins/reload', { _token: token });
    assert.equal(answer.status, 403, token);
  }
  assert.ok(!site.port.calls.includes('reload'));
  const api = await owner.send('POST', '/api/v1/plugins/reload', { 'Content-Type': 'application/json' }, '{}');
  assert.equal(api.status, 403);
  assert.equal((await owner.post('/plugins/reload', {})).status, 303);
  assert.ok(site.port.calls.includes('reload'));
});

test('changes from another site are refused, whatever token they carry', async () => {
  const owner = await site.owner();
  const token = tokenOf((await owner.get('/settings')).text);
  const bad: Record<string, string>[] = [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'not an address' },
    { Origin: `http://${owner.host}.evil.example` },
    { Origin: 'http://127.0.0.1:1' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'none' },
  ];
  for (const headers of bad) {
    assert.equal(
      (await owner.post('/plugins/reload', { _token: token }, headers)).status,
      403,
      JSON.stringify(headers),
    );
  }
  assert.equal(
    (await owner.post('/plugins/reload', { _token: token }, { 'Sec-Fetch-Site': 'same-origin' })).status,
    303,
  );
});

test('GET changes nothing', async () => {
  const owner = await site.owner();
  const before = site.port.calls.length;
  for (const path of [
    '/plugins/reload',
    '/alerts/a0000/delete',
    '/alerts/actions',
    '/scripts/flow/unexpected_dns/switch',
    '/logout',
    '/settings/sessions/end-others',
  ]) {
    const { status } = await owner.get(path);
    assert.ok(status === 404 || status === 405, `${path} ${status}`);
  }
  assert.equal(site.port.calls.length, before);
  assert.equal((await owner.get('/')).status, 200);
});

test('bodies are bounded, little before sign-in and more after', async () => {
  const stranger = site.visitor();
  const big = await stranger.post('/login', { password: 'x'.repeat(BOUNDS.strangerBody) });
  assert.equal(big.status, 413);
  const owner = await site.owner();
  const huge = await owner.post('/settings', { name: 'x', interface: '', networks: '1'.repeat(BOUNDS.body) });
  assert.equal(huge.status, 413);
  assert.equal((await owner.get(`/alerts?search=${'x'.repeat(BOUNDS.url)}`)).status, 414);
  const types = await owner.send(
    'POST',
    '/plugins/reload',
    { 'Content-Type': 'multipart/form-data; boundary=x', Origin: `http://${owner.host}` },
    '--x--',
  );
  assert.equal(types.status, 415);
});

test('what fails inside shows an id and no word of the error', async () => {
  const owner = await site.owner();
  const { counts } = site.port.alerts;
  site.port.alerts.counts = () => {
    throw new Error('secret detail at /etc/shadow');
  };
  try {
    for (const path of ['/', '/api/v1/alerts/counts', '/live/top']) {
      const answer = await owner.get(path);
      assert.equal(answer.status, 500, path);
      assert.match(answer.text, /id [0-9a-f]{8}/);
      assert.doesNotMatch(answer.text, /secret|shadow|\.ts\b|\bat \w+/);
    }
  } finally {
    site.port.alerts.counts = counts;
  }
  const malformed = await owner.send(
    'POST',
    '/api/v1/alerts/actions',
    { 'Content-Type': 'application/json', Origin: `http://${owner.host}` },
    '{"a":',
  );
  assert.equal(malformed.status, 400);
  assert.doesNotMatch(malformed.text, /JSON|Unexpected|position/);
  assert.equal((await owner.get('/%E0%A4%A')).status, 404);
  assert.equal((await owner.send('TRACE', '/')).status, 405);
});

test('after sign-in one lands on this site only', () => {
  for (const bad of [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '\\\\evil',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/login?next=/x',
    '/logout',
    '',
  ]) {
    assert.equal(safeNext(bad), '/', bad);
  }
  assert.equal(safeNext('/alerts?kind=flow&search=%2F%2Fx'), '/alerts?kind=flow&search=%2F%2Fx');
});

test('sessions can be listed and ended; a changed password ends all others', async () => {
  const own = await site.owner();
  const other = await site.owner();
  const token = JSON.parse((await own.get('/api/v1/session')).text) as { token: string };
  const list = JSON.parse((await own.get('/api/v1/sessions')).text) as { items: { id: string; current: boolean }[] };
  assert.equal(list.items.filter((s) => s.current).length, 1);
  const ended = await own.send('DELETE', `/api/v1/sessions/${list.items.find((s) => !s.current)!.id}`, {
    'X-CSRF-Token': token.token,
  });
  assert.equal(ended.status, 200);
  await own.post('/settings/sessions/end-others', {});
  assert.equal((await other.get('/')).status, 303);
  assert.equal((await own.get('/')).status, 200);

  const third = await site.owner();
  const wrong = await own.post('/settings/password', {
    current: 'no no no no',
    password: 'seven brown otters',
    again: 'seven brown otters',
  });
  assert.equal(wrong.status, 422);
  const done = await own.post('/settings/password', {
    current: TEST_PASSWORD,
    password: 'seven brown otters',
    again: 'seven brown otters',
  });
  assert.equal(done.status, 303);
  assert.equal((await third.get('/')).status, 303);
  assert.equal((await own.get('/')).status, 200);
  assert.match(site.port.settings.get().passwordHash, /^scrypt\$15\$8\$1\$/);
  await own.post('/settings/password', {
    current: 'seven brown otters',
    password: TEST_PASSWORD,
    again: TEST_PASSWORD,
  });
});

test('signing out ends the session on the server', async () => {
  const owner = await site.owner();
  const id = owner.cookies.get('spanwatch')!;
  assert.equal((await owner.post('/logout', {})).status, 303);
  owner.cookies.set('spanwatch', id);
  assert.equal((await owner.get('/')).status, 303);
});

test('nothing shows the password hash', async () => {
  const owner = await site.owner();
  for (const path of [...PAGES, '/api/v1/settings', '/api/v1/health', '/api/v1/sessions']) {
    assert.doesNotMatch((await owner.get(path)).text, /scrypt|passwordHash/, path);
  }
});

test('assets are compressed, addressed by content and kept for good', async () => {
  const visitor = site.visitor();
  const url = site.room.assets.url('style.css');
  const answer = await visitor.get(url, { 'Accept-Encoding': 'br, gzip' });
  assert.equal(answer.headers['content-encoding'], 'br');
  assert.match(String(answer.headers['cache-control']), /immutable/);
  const same = await visitor.get('/assets/style.css', { 'If-None-Match': String(answer.headers.etag) });
  assert.equal(same.status, 304);
  assert.equal((await visitor.get('/assets/../server.ts')).status, 303);
  assert.equal((await visitor.get('/assets/%2e%2e/server.ts')).status, 303);
});
