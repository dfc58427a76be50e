import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applicationOfHost, knownHosts, setOwnHosts } from './applications.ts';
import { hosts } from './data/hosts/index.ts';
import { HostTable } from './host-table.ts';
import { ownHostFault } from './own-hosts.ts';

const table = (text: string, lines = 100) => {
  const t = new HostTable({ lines, lineLength: 80, id: 431 });
  return { t, bad: t.add(text) };
};

test('whole labels, the longest wins', () => {
  const { t, bad } = table(
    'example.com 1\nmail.example.com 2\n=only.example.net 3\nmaps.example.* 4\n*-cdn.example.org 5\nvideo*.example.edu 6',
  );
  assert.deepEqual(bad, []);
  assert.deepEqual(
    ['example.com', 'www.example.com', 'a.mail.example.com', 'badexample.com', 'example.com.evil.test'].map((h) =>
      t.find(h),
    ),
    [1, 1, 2, 0, 0],
  );
  assert.deepEqual([t.find('only.example.net'), t.find('x.only.example.net')], [3, 0]);
  assert.deepEqual([t.find('maps.example.de'), t.find('a.maps.example.de')], [4, 0]);
  assert.deepEqual([t.find('a7-cdn.example.org'), t.find('cdn.example.org')], [5, 0]);
  assert.deepEqual([t.find('video12.example.edu'), t.find('audio.example.edu')], [6, 0]);
});

test('what is no line is named with its number and reason, the rest is taken', () => {
  const { t, bad } = table(
    `# comment\n\nexample.com\nexample.com 9999\n<script> 5\n${'a'.repeat(200)}.com 5\ngood.example 7`,
  );
  assert.deepEqual(
    bad.map((b) => b.line),
    [3, 4, 5, 6],
  );
  assert.equal(t.find('good.example'), 7);
});

test('the exact name, then most labels, then the longer text', () => {
  const { t } = table(
    ['example.com 1', 'www.example.* 2', '*-buy.shop.example.com 3', 'shop.example.com 4', 'img*.example.com 5'].join(
      '\n',
    ),
  );
  assert.equal(t.find('www.example.com'), 2);
  assert.equal(t.find('www.example.com.evil.test'), 2);
  assert.equal(t.find('p5-buy.shop.example.com'), 3);
  assert.equal(t.find('x.shop.example.com'), 4);
  assert.equal(t.find('img1.cdn.example.com'), 5);
  assert.equal(t.find('imgexample.com'), 0);
  t.add('=www.example.com 6');
  assert.equal(t.find('www.example.com'), 6);
});

test('the later of equal lines wins', () => {
  const { t } = table('a.example 1\na.example 2\nb*.c.example 3\nb*.c.example 4\n*.d.example 5\n.e.example 6');
  assert.deepEqual([t.find('a.example'), t.find('b1.c.example')], [2, 4]);
  assert.deepEqual([t.find('x.d.example'), t.find('x.e.example')], [5, 6]);
});

test('a star elsewhere, no host name and no application are refused', () => {
  for (const line of [
    '* 5',
    'a* 5',
    'a*b.example 5',
    '*a.example 5',
    'a*.b*.example 5',
    '-.* 0',
    'a..b 5',
    '=* 5',
    '= 5',
    'a.example -1',
    'a.example 0',
    'a.example 432',
    'a.example 1e2',
    'a.example 5 6',
    `${'b'.repeat(70)}.* 5`,
    'ä.example 5',
  ]) {
    const { t, bad } = table(line);
    assert.equal(bad.length, 1, line);
    assert.equal(t.size, 0, line);
    assert.ok(bad[0]!.reason.length > 5);
  }
  assert.deepEqual(table('A.Example 5 # why\r\n\tb.example\t6\r').bad, []);
});

test('the table is bounded in lines, in their length and in what it complains of', () => {
  const { t, bad } = table(Array.from({ length: 50 }, (_, i) => `h${i}.example 5`).join('\n'), 10);
  assert.equal(t.size, 10);
  assert.deepEqual(
    bad.map((b) => b.line),
    [11],
  );
  assert.equal(t.add('one.more.example 5').length, 1);
  t.clear();
  assert.equal(t.size, 0);
  assert.deepEqual(t.add('one.more.example 5'), []);
  const long = `${'a'.repeat(60)}.${'b'.repeat(14)}.de 5`;
  assert.equal(long.length, 80);
  assert.deepEqual(table(long).bad, []);
  assert.equal(table(`x${long}`).bad.length, 1);
  assert.equal(table('nonsense\n'.repeat(5000)).bad.length, 100);
});

test('every fact stands once', () => {
  const seen = new Map<string, string>();
  for (const line of hosts.split('\n')) {
    if (!line || line.startsWith('#')) continue;
    const [pattern = '', id = ''] = line.split('\t');
    assert.equal(seen.get(pattern), undefined, line);
    seen.set(pattern, id);
  }
});

test('our own facts are all taken, and the owner comes before them', () => {
  const complaints = new HostTable({ lines: 20_000, lineLength: 200, id: 431 }).add(hosts);
  assert.deepEqual(complaints, []);
  assert.ok(knownHosts() > 5000);
  const before = applicationOfHost('www.google.com');
  assert.notEqual(before, 0);
  assert.deepEqual(setOwnHosts(['www.google.com 5']), []);
  assert.equal(applicationOfHost('www.google.com'), 5);
  setOwnHosts([]);
  assert.equal(applicationOfHost('www.google.com'), before);
});

test('hostile names are looked up like any other', () => {
  const { t } = table('example.com 1');
  for (const name of [
    '',
    '.',
    '...',
    'a'.repeat(5000),
    '-'.repeat(5000),
    `${'a.'.repeat(3000)}example.com`,
    '__proto__',
    'constructor',
  ])
    t.find(name);
  assert.equal(t.find(`${'a.'.repeat(3000)}example.com`), 1);
});

test("the owner's lines name applications, and what is wrong with one is said", () => {
  assert.deepEqual(
    setOwnHosts(['files.example.com  googledocs', '=www.example.com DNS', 'x y z']).map((l) => l.line),
    [3],
  );
  assert.equal(applicationOfHost('a.files.example.com'), 241);
  assert.deepEqual([applicationOfHost('www.example.com'), applicationOfHost('a.www.example.com')], [5, 0]);
  setOwnHosts([]);
  assert.equal(ownHostFault('files.example.com GoogleDocs'), undefined);
  for (const line of ['files.example.com', 'files.example.com Nobody', '*a* DNS', `${'a'.repeat(300)} DNS`]) {
    assert.match(ownHostFault(line) ?? '', /write it as/, line);
  }
});
