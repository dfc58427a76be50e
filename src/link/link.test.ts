import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleAlert } from '../alerts/sample.ts';
import type { ToAppliance, ToEngine } from '../messages.ts';
import { connectEngine, type EngineConnection, VersionMismatch } from './client.ts';
import { createEngineServer, type EngineServer, type EngineServerOptions } from './server.ts';

async function socketPath(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'spanwatch-link-'));
  t.after(() => rm(dir, { recursive: true }));
  return join(dir, 'run', 'engine.sock');
}

async function engine(
  t: TestContext,
  path: string,
  more: Partial<EngineServerOptions> = {},
): Promise<{ server: EngineServer; got: ToEngine[]; abandoned: string[] }> {
  const got: ToEngine[] = [];
  const abandoned: string[] = [];
  const server = createEngineServer({
    socketPath: path,
    version: '0.1.0',
    bootId: 'boot1',
    onMessage: (message) => got.push(message),
    onAbandoned: (reason) => abandoned.push(reason),
    ...more,
  });
  await server.start();
  t.after(() => server.close());
  return { server, got, abandoned };
}

async function appliance(
  t: TestContext,
  path: string,
  refused: string[] = [],
): Promise<{ link: EngineConnection; got: ToAppliance[]; closed: string[] }> {
  const got: ToAppliance[] = [];
  const closed: string[] = [];
  const link = await connectEngine(
    {
      socketPath: path,
      version: '0.1.0',
      onMessage: (message) => got.push(message),
      onClose: (reason) => closed.push(reason),
      onRefused: (what) => refused.push(what),
    },
    2000,
  );
  t.after(() => link.close());
  return { link, got, closed };
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !what(); i++) await sleep(5);
  assert.ok(what(), `never happened: ${what}`);
}

const keys = (got: ToAppliance[]): string[] =>
  got.flatMap((message) => (message.kind === 'alerts' ? message.items.map((item) => item.key) : []));

test('hello both ways, messages both ways, replies find their request', async (t) => {
  const path = await socketPath(t);
  const { server, got } = await engine(t, path, {
    onMessage(message) {
      if (message.kind === 'flow')
        server.send({ kind: 'flows', request: message.request, total: message.id, items: [] });
      if (message.kind === 'reload')
        server.send({ kind: 'reloaded', request: message.request, ok: true, text: 'done' });
      got.push(message);
    },
  });
  const { link, got: atAppliance } = await appliance(t, path);
  assert.equal(link.hello.bootId, 'boot1');
  assert.equal(link.hello.pid, process.pid);
  const [a, b] = await Promise.all([
    link.request({ kind: 'flow', id: 7 }, 1000),
    link.request({ kind: 'reload' }, 1000),
  ]);
  assert.equal(a.kind === 'flows' && a.total, 7);
  assert.equal(b.kind === 'reloaded' && b.text, 'done');
  assert.equal(server.send({ kind: 'log', level: 'info', source: 'x', text: 'hi' }), true);
  await until(() => atAppliance.length === 1);
  await assert.rejects(
    link.request({ kind: 'flows', query: { search: '', limit: 1, sort: 'last' } }, 50),
    /did not answer flows within 50 ms/,
  );
});

test('the socket and its folder are private', async (t) => {
  const path = await socketPath(t);
  await engine(t, path);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(path, '..'))).mode & 0o777, 0o700);
});

test('alerts are sent again after a reconnect until they are acknowledged', async (t) => {
  const path = await socketPath(t);
  const { server } = await engine(t, path);
  server.alerts([sampleAlert(1), sampleAlert(2)]);
  assert.equal(server.connected, false);
  const first = await appliance(t, path);
  await until(() => keys(first.got).length === 2);
  server.alerts([sampleAlert(3)]);
  await until(() => keys(first.got).length === 3);
  first.link.send({ kind: 'ack', keys: ['boot1:1'] });
  await until(() => server.health().waitingAlerts === 2);
  first.link.close();
  await until(() => first.closed.length === 1);
  const second = await appliance(t, path);
  await until(() => keys(second.got).length === 2);
  assert.deepEqual(keys(second.got), ['boot1:2', 'boot1:3']);
});

test('a reader that stops reading bounds what is queued; all alerts arrive when it reads again', async (t) => {
  const path = await socketPath(t);
  const { server } = await engine(t, path);
  const slow = createConnection(path);
  t.after(() => slow.destroy());
  slow.pause();
  slow.write(`${JSON.stringify({ kind: 'hello', protocol: 1, version: 'x' } satisfies ToEngine)}\n`);
  await until(() => server.connected);
  const items = Array.from({ length: 12_000 }, (_, n) => sampleAlert(n));
  server.alerts(items);
  let refusals = 0;
  for (let i = 0; i < 100; i++) {
    if (!server.send({ kind: 'log', level: 'info', source: 'x', text: 'y'.repeat(50_000) })) refusals += 1;
  }
  assert.ok(refusals > 0);
  assert.equal(server.health().counters['link.message_lost'], refusals);
  let text = '';
  slow.on('data', (chunk) => {
    text = text.slice(-2000) + chunk;
  });
  slow.resume();
  await until(() => text.includes(`"boot1:${items.length - 1}"`));
});

test('garbage, unknown kinds and over-long lines are counted and do not end the connection', async (t) => {
  const path = await socketPath(t);
  const { server, got } = await engine(t, path);
  const raw = createConnection(path);
  t.after(() => raw.destroy());
  raw.write('{"kind":"hello","protocol":1,"version":"x"}\n');
  await until(() => server.connected);
  raw.write('not json\n{"kind":"fly"}\n[]\nnull\n{"kind":5}\n');
  const long = Buffer.alloc(1024 * 1024, 'x');
  for (let i = 0; i < 9; i++) raw.write(long);
  raw.write('\n{"kind":"reload","request":1}\n');
  await until(() => got.length === 1);
  assert.equal(server.health().counters['link.parse_error'], 5);
  assert.equal(server.health().counters['link.line_too_long'], 1);
  assert.equal(server.connected, true);
});

test('peers of different protocol versions part with a word', async (t) => {
  const path = await socketPath(t);
  const { server, abandoned } = await engine(t, path);
  const old = createConnection(path);
  t.after(() => old.destroy());
  old.resume();
  old.write('{"kind":"hello","protocol":99,"version":"9"}\n');
  await until(() => abandoned.length === 1);
  assert.match(abandoned[0]!, /protocol 99/);
  assert.equal(server.connected, false);

  const other = `${path}2`;
  const sockets = new Set<Socket>();
  const foreign = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write('{"kind":"hello","protocol":99,"version":"9","pid":1,"bootId":"b"}\n');
  });
  await new Promise<void>((resolve) => foreign.listen(other, resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    foreign.close();
  });
  await assert.rejects(appliance(t, other), VersionMismatch);
});

test('an engine without appliance is told to end, and not while one is connected', async (t) => {
  const path = await socketPath(t);
  const { abandoned } = await engine(t, path, { orphanMs: 120 });
  const { link } = await appliance(t, path);
  await sleep(250);
  assert.equal(abandoned.length, 0);
  link.close();
  await until(() => abandoned.length === 1);
});

test('two engines on one socket: the second says so; a left-over socket file is replaced', async (t) => {
  const path = await socketPath(t);
  const { server } = await engine(t, path);
  await assert.rejects(engine(t, path), /another engine answers/);
  await server.close();
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(path, resolve));
  holder.close();
  await engine(t, path);
});

test('a new appliance takes over from one that hangs', async (t) => {
  const path = await socketPath(t);
  const { server } = await engine(t, path);
  const first = await appliance(t, path);
  const second = await appliance(t, path);
  await until(() => first.closed.length === 1);
  server.alerts([sampleAlert(1)]);
  await until(() => keys(second.got).length === 1);
});

test('an end that never says hello is given up', async (t) => {
  const path = `${await socketPath(t)}3`;
  const mute = createServer((socket) => socket.resume());
  await mkdir(join(path, '..'), { recursive: true });
  await new Promise<void>((resolve) => mute.listen(path, resolve));
  t.after(() => mute.close());
  await assert.rejects(
    connectEngine({ socketPath: path, version: 'x', onMessage() {}, onClose() {} }, 60),
    /no hello from the engine/,
  );
});
