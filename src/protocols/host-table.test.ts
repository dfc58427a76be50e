import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applicationOfHost, knownHosts, setOwnHosts } from './applications.ts';
import { hosts } from './data/hosts.ts';
import { HostTable } from './host-table.ts';

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

test('the table is bounded', () => {
  const { t, bad } = table(Array.from({ length: 50 }, (_, i) => `h${i}.example 5`).join('\n'), 10);
  assert.equal(t.size, 10);
  assert.equal(bad.length, 40);
});

test('our own facts are all taken, and the owner comes before them', () => {
  const complaints = new HostTable({ lines: 20_000, lineLength: 200, id: 431 }).add(hosts);
  assert.deepEqual(complaints, []);
  assert.ok(knownHosts() > 2000);
  const before = applicationOfHost('www.google.com');
  assert.notEqual(before, 0);
  assert.deepEqual(setOwnHosts('www.google.com 5'), []);
  assert.equal(applicationOfHost('www.google.com'), 5);
  setOwnHosts('');
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
