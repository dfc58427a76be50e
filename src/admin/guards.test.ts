import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { addressKey, isLocalAddress, isLocalName } from './address.ts';
import { Buckets, LoginLimiter } from './limits.ts';
import { BusyError, hashPassword, passwordFault, passwordStrength, verifyPassword } from './password.ts';
import { Sessions } from './sessions.ts';

test('local addresses', () => {
  for (const a of [
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.1.1',
    '::1',
    'fe80::1%eth0',
    'fd00::1',
    '::ffff:192.168.1.1',
  ]) {
    assert.equal(isLocalAddress(a), true, a);
  }
  for (const a of [
    '8.8.8.8',
    '172.32.0.1',
    '192.169.0.1',
    '100.64.0.1',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    '',
    undefined,
    'x',
    '::',
  ]) {
    assert.equal(isLocalAddress(a), false, String(a));
  }
  assert.equal(isLocalName('a.b.evil.example', 'box'), false);
  assert.equal(isLocalName(undefined, 'box'), false);
});

test('an IPv6 subscriber is one address to the limits', () => {
  assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(addressKey('2001:db8:1:2::9'), '2001:db8:1:2::/64');
  assert.equal(addressKey('2001:db8::1'), '2001:db8:0:0::/64');
  assert.equal(addressKey('::1'), '0:0:0:0::/64');
  assert.equal(addressKey('::ffff:192.168.1.7'), '192.168.1.7');
});

test('buckets: burst, refill, bound', () => {
  const b = new Buckets({ burst: 2, refillMs: 1000 }, 3);
  b.take('a', 0);
  b.take('a', 0);
  assert.equal(b.waitMs('a', 0), 1000);
  assert.equal(b.waitMs('a', 600), 400);
  assert.equal(b.waitMs('a', 1000), 0);
  for (const key of ['b', 'c', 'd', 'e']) b.take(key, 1000);
  assert.equal(b.size, 3);
  assert.equal(b.evicted, 2);
});

test('a crowd of addresses cannot guess faster than the user allows, nor lock a known address out', () => {
  let now = 0;
  const limiter = new LoginLimiter(() => now);
  let tried = 0;
  for (let i = 0; i < 5000; i++) if (limiter.begin(`10.0.${i >> 8}.${i & 255}`, 'admin', false) === 0) tried++;
  assert.equal(tried, 30);
  assert.ok(limiter.sizes.addresses <= 1024);
  assert.equal(limiter.begin('192.168.1.5', 'admin', true), 0);
  now += 20_000;
  assert.equal(limiter.begin('10.9.9.9', 'admin', false), 0);
});

test('passwords: accepted, refused, and how strong', () => {
  const refused: [string, string][] = [
    ['password12', 'common'],
    ['P@ssw0rd1234', 'common'],
    ['adminadmin1', 'common'],
    ['Letmein-2026!', 'common'],
    ['qwertyuiop', 'common'],
    ['1q2w3e4r5t6y', 'common'],
    ['abcdefghij', 'simple'],
    ['9876543210', 'simple'],
    ['abababababab', 'simple'],
    ['my box 2026', 'name'],
    ['ninechars', 'short'],
  ];
  for (const [password, fault] of refused) assert.equal(passwordFault(password, ['My Box']), fault, password);
  for (const password of [
    'four quiet herons',
    'kJ8#mQ2$xw',
    'zoutkamp fietst',
    'пароль не для всех',
    '🦊🐢🦉🐙🦋🌵🍄🌊🔭🪵',
  ]) {
    assert.equal(passwordFault(password, ['My Box']), undefined, password);
  }
  assert.equal(passwordStrength('short', []), 0);
  assert.equal(passwordStrength('kJmQxwzopt', []), 1);
  assert.equal(passwordStrength('four quiet herons sing', []), 4);
});

test('hashes: salted, slow settings written into them, forged ones refused', async () => {
  const [a, b] = [await hashPassword('four quiet herons'), await hashPassword('four quiet herons')];
  assert.notEqual(a, b);
  assert.match(a, /^scrypt\$15\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  assert.equal(await verifyPassword('four quiet herons', a), true);
  assert.equal(await verifyPassword('four quiet heron', a), false);
  for (const forged of ['', 'plain', 'scrypt$30$8$1$AAAA$AAAA', 'scrypt$1$8$1$$', a.replace('$15$', '$99$')]) {
    assert.equal(await verifyPassword('', forged), false, forged);
  }
});

test('sign-ins queue one by one and the queue is bounded', async () => {
  const results = await Promise.allSettled(Array.from({ length: 12 }, () => verifyPassword('x', '')));
  const busy = results.filter((r) => r.status === 'rejected' && r.reason instanceof BusyError);
  assert.equal(busy.length, 4);
});

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'spanwatch-sessions-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('sessions survive a restart; the file holds no id and is for us alone', () =>
  inFolder(async (folder) => {
    const one = new Sessions(folder);
    await one.start();
    const id = await one.create('admin', '192.168.1.5', 'Firefox');
    const token = one.token('session:x');
    await one.stop();
    const text = await readFile(join(folder, 'sessions.json'), 'utf8');
    assert.ok(!text.includes(id));
    assert.equal((await stat(join(folder, 'sessions.json'))).mode & 0o777, 0o600);
    const two = new Sessions(folder);
    await two.start();
    assert.equal(two.find(id, true)?.address, '192.168.1.5');
    assert.equal(two.tokenFits('session:x', token), true);
    assert.equal(two.tokenFits('session:y', token), false);
    await two.stop();
  }));

test('sessions expire by silence and by age, and what a page asks by itself does not keep them', () =>
  inFolder(async (folder) => {
    let now = 1_000_000;
    const sessions = new Sessions(folder, () => now, { bound: 3, idleMs: 1000, absoluteMs: 2500 });
    const id = await sessions.create('admin', 'a', '');
    now += 900;
    assert.ok(sessions.find(id, false));
    now += 200;
    assert.equal(sessions.find(id, true), undefined);
    const busy = await sessions.create('admin', 'a', '');
    for (let i = 0; i < 3; i++) {
      now += 800;
      assert.ok(sessions.find(busy, true), String(i));
    }
    now += 800;
    assert.equal(sessions.find(busy, true), undefined);
    const ids = [];
    for (let i = 0; i < 5; i++) ids.push(await sessions.create('admin', `a${i}`, ''));
    assert.equal(sessions.list().length, 3);
    assert.ok(sessions.find(ids[4], false));
    await sessions.stop();
  }));

test('a torn or foreign session file is no session and no failure', () =>
  inFolder(async (folder) => {
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '{"sessions":[{"hash":"x"},7,null]}',
      '{"sessions":{"a":1},"secret":5}',
    ]) {
      await writeFile(join(folder, 'sessions.json'), text);
      const sessions = new Sessions(folder);
      await sessions.start();
      assert.deepEqual(sessions.list(), [], text);
      assert.equal(sessions.find('A'.repeat(43), true), undefined);
    }
  }));
