/** Updates: root's words as they are read, files that come whole, damaged, too large, twice; nothing is asked without a check. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checksumOf, createUpdates, parseHistory, parseStatus } from './update.ts';

const STATUS = `state=idle\npercent=0\ntext=\nbooted=A\nversion=0.1.0\nnext=A\nother=B\nother_version=\nother_bootable=no\nconfirmed=yes\n`;
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

function desk(t: TestContext, status = STATUS) {
  const dir = mkdtempSync(join(tmpdir(), 'spanwatch-update-'));
  t.after(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, 'status'), status);
  const updates = createUpdates({ stateDir: dir, statusFile: join(dir, 'status'), historyFile: join(dir, 'history') });
  return { dir, updates, request: join(dir, 'update/request'), bundle: join(dir, 'update/bundle.raucb') };
}

// biome-ignore lint/suspicious/useAwait: an async iterable is what is wanted
async function* body(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

test("root's words are read; what is not whole is no status", () => {
  const status = parseStatus(STATUS);
  assert.equal(status?.booted, 'A');
  assert.equal(status.confirmed, true);
  for (const text of ['', 'state=idle', STATUS.replace('booted=A', 'booted=C'), STATUS.replace('idle', 'odd')]) {
    assert.equal(parseStatus(text), undefined);
  }
  const events = parseHistory(
    '2026-11-24T03:00:00Z\tinstalled\t0.1.1\tslot B\nrubbish\n2026-11-24T04:00:00Z\tconfirmed\t0.1.1\t\n',
  );
  assert.deepEqual(
    events.map((e) => e.what),
    ['confirmed', 'installed'],
  );
  assert.equal(checksumOf(`${sha('x').toUpperCase()}  file.raucb\n`), sha('x'));
  assert.equal(checksumOf('not found'), undefined);
});

test('a file that came is asked for by its checksum', async (t) => {
  const { updates, request, bundle } = desk(t);
  assert.deepEqual(await updates.receive(body('up', 'date'), sha('update')), { ok: true });
  assert.equal(readFileSync(bundle, 'utf8'), 'update');
  assert.equal(readFileSync(request, 'utf8'), `install ${sha('update')}\n`);
});

test('a damaged, an empty and an interrupted file are refused and leave nothing', async (t) => {
  const { updates, request, bundle } = desk(t);
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield* body('half');
    throw new Error('connection lost');
  }
  for (const [parts, why] of [
    [body('updbte'), /damaged/],
    [body(), /empty/],
    [cut(), /connection lost/],
  ] as const) {
    const done = await updates.receive(parts, sha('update'));
    assert.ok(!done.ok);
    assert.match(done.text, why);
    assert.ok(!existsSync(bundle) && !existsSync(`${bundle}.part`) && !existsSync(request));
  }
});

test('one at a time, and none where there are no slots', async (t) => {
  const installing = desk(t, STATUS.replace('state=idle', 'state=installing')).updates;
  assert.match(JSON.stringify(await installing.receive(body('x'))), /on its way/);
  const none = desk(t, '').updates;
  assert.equal(none.status(), undefined);
  assert.match(JSON.stringify(await none.ask('reboot')), /no second slot/);
});

test('fetching needs a checksum, beside the file or given', async (t) => {
  const files: Record<string, string> = {
    '/a.raucb': 'update',
    '/a.raucb.sha256': `${sha('update')}  a.raucb\n`,
    '/b.raucb': 'update',
  };
  const server = createServer((req, res) => {
    const text = files[req.url ?? ''];
    res.statusCode = text === undefined ? 404 : 200;
    res.end(text ?? 'no');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { updates, request } = desk(t);
  assert.match(JSON.stringify(await updates.fetch(`${base}/b.raucb`)), /no checksum/);
  assert.match(JSON.stringify(await updates.fetch(`${base}/b.raucb`, sha('other'))), /damaged/);
  assert.match(JSON.stringify(await updates.fetch('file:///etc/passwd')), /https/);
  assert.ok(!existsSync(request));
  assert.deepEqual(await updates.fetch(`${base}/a.raucb`), { ok: true });
  assert.equal(readFileSync(request, 'utf8'), `install ${sha('update')}\n`);
});
