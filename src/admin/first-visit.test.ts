import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestSite, TEST_PASSWORD } from './testing.ts';

test('the first visit leads to the password page, and its password opens the page', async () => {
  const site = await openTestSite({ fresh: true });
  try {
    const visitor = site.visitor();
    for (const path of ['/', '/alerts', '/login', '/plugins']) {
      const answer = await visitor.get(path);
      assert.deepEqual([answer.status, answer.headers.location], [path === '/login' ? 302 : 303, '/setup'], path);
    }
    assert.equal((await visitor.get('/api/v1/alerts')).status, 401);
    const weak: [string, string, RegExp][] = [
      ['short', 'short', /Too short/],
      ['password1234', 'password1234', /tried first/],
      ['spanwatch 2026', 'spanwatch 2026', /name of this box/],
      ['aaaaaaaaaaaa', 'aaaaaaaaaaaa', /Too regular/],
      ['x'.repeat(257), 'x'.repeat(257), /Too long/],
      [TEST_PASSWORD, `${TEST_PASSWORD}!`, /do not match/],
    ];
    for (const [password, again, message] of weak) {
      const answer = await visitor.post('/setup', { password, again }, {}, '/setup');
      assert.equal(answer.status, 422, password);
      assert.match(answer.text, message);
      assert.doesNotMatch(answer.text, new RegExp(`value="${password}"`));
    }
    assert.equal(site.port.settings.get().passwordHash, '');
    const set = await visitor.post('/setup', { password: TEST_PASSWORD, again: TEST_PASSWORD }, {}, '/setup');
    assert.deepEqual([set.status, set.headers.location], [303, '/welcome/port']);
    assert.equal((await visitor.get('/')).status, 200);

    const second = site.visitor();
    assert.equal((await second.get('/setup')).headers.location, '/login');
    const taken = await second.post('/setup', { password: 'another fine password', again: 'another fine password' });
    assert.equal(taken.headers.location, '/login');
    assert.equal((await second.signIn()).status, 303);
  } finally {
    await site.close();
  }
});

test('of two first visits at once one sets the password', async () => {
  const site = await openTestSite({ fresh: true });
  try {
    const [a, b] = [site.visitor(), site.visitor()];
    const answers = await Promise.all([
      a.post('/setup', { password: 'seven brown otters', again: 'seven brown otters' }, {}, '/setup'),
      b.post('/setup', { password: TEST_PASSWORD, again: TEST_PASSWORD }, {}, '/setup'),
    ]);
    assert.deepEqual(answers.map((r) => r.headers.location).sort(), ['/login', '/welcome/port']);
  } finally {
    await site.close();
  }
});

test('until a password is set only local addresses are answered, and headers do not change that', async () => {
  for (const [address, status] of [
    ['203.0.113.7', 403],
    ['100.64.3.2', 403],
    ['2001:db8::1', 403],
    ['::ffff:203.0.113.7', 403],
    ['192.168.1.5', 200],
    ['::ffff:10.1.2.3', 200],
    ['fe80::1%eth0', 200],
    ['fd12::1', 200],
  ] as const) {
    const site = await openTestSite({ fresh: true, remoteAddress: address });
    const headers = { 'X-Forwarded-For': '192.168.1.5', 'X-Real-IP': '127.0.0.1', Forwarded: 'for=127.0.0.1' };
    const answer = await site.visitor().get('/setup', headers);
    assert.equal(answer.status, status, address);
    const post = await site.visitor().send('POST', '/setup', { Origin: 'http://127.0.0.1', ...headers }, '');
    assert.equal(post.status, 403, address);
    await site.close();
  }
});

test('once a password is set the address does not matter', async () => {
  const site = await openTestSite({ remoteAddress: '203.0.113.7' });
  assert.equal((await site.visitor().get('/login')).status, 200);
  await site.close();
});

test('a name that a stranger can point at this box is refused before a password is set', async () => {
  const site = await openTestSite({ fresh: true });
  try {
    const visitor = site.visitor();
    for (const host of ['rebind.evil.example', 'evil.example:8080']) {
      visitor.host = host;
      assert.equal((await visitor.get('/setup')).status, 403, host);
    }
    for (const host of ['127.0.0.1', '[::1]:8080', 'spanwatch.local', 'box', 'box.lan:8080', 'localhost:1', 'Office']) {
      visitor.host = host;
      assert.equal((await visitor.get('/setup')).status, 200, host);
    }
  } finally {
    await site.close();
  }
});

test('wrong passwords are limited by address, a right one still waits, and the wait is said', async () => {
  let now = 0;
  const site = await openTestSite({ now: () => now });
  try {
    const visitor = site.visitor();
    for (let i = 0; i < 5; i++) assert.equal((await visitor.signIn('wrong wrong wrong')).status, 401);
    const limited = await visitor.signIn();
    assert.equal(limited.status, 429);
    assert.ok(Number(limited.headers['retry-after']) > 0);
    assert.match(limited.text, /Wait \d+ seconds/);
    now += 61_000;
    assert.equal((await visitor.signIn()).status, 303);
  } finally {
    await site.close();
  }
});

test('the steps after the password: the port is found by listening, name and networks are set', async () => {
  const site = await openTestSite({ fresh: true });
  try {
    const visitor = site.visitor();
    await visitor.post('/setup', { password: TEST_PASSWORD, again: TEST_PASSWORD }, {}, '/setup');
    const first = await visitor.get('/welcome/port');
    assert.match(first.text, /data-auto/);
    assert.match(first.text, /value="eth1" checked/);
    const heard = await visitor.post('/welcome/port/listen', {}, {}, '/welcome/port');
    assert.match(heard.text, /eth1 looks like the mirror port/);
    assert.match(heard.text, /48,211 packets/);
    assert.match(heard.text, /Mirror both directions/);
    assert.match(heard.text, /permission denied/);
    const bad = await visitor.post('/welcome/port', { interface: '../x' }, {}, '/welcome/port');
    assert.equal(bad.headers.location, '/welcome/port');
    const chosen = await visitor.post('/welcome/port', { interface: 'eth0' }, {}, '/welcome/port');
    assert.equal(chosen.headers.location, '/welcome/box');
    assert.equal(site.port.settings.get().interface, 'eth0');
    const wrong = await visitor.post(
      '/welcome/box',
      { name: 'Shop', timeZone: 'Mars/Base', localNetworks: 'x' },
      {},
      '/welcome/box',
    );
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /Must be a time zone/);
    const done = await visitor.post(
      '/welcome/box',
      { name: 'Shop', timeZone: 'Europe/Berlin', localNetworks: '10.0.0.0/8' },
      {},
      '/welcome/box',
    );
    assert.equal(done.headers.location, '/');
    assert.deepEqual(
      [site.port.settings.get().name, site.port.settings.get().timeZone, site.port.settings.get().localNetworks],
      ['Shop', 'Europe/Berlin', ['10.0.0.0/8']],
    );
  } finally {
    await site.close();
  }
});
