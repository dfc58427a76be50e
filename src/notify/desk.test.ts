import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createNotifyDesk, type NotifyDesk, takes } from './desk.ts';
import type { Destination, Notice, Reply } from './notify.ts';
import { QUEUE_LIMITS } from './queue.ts';
import type { Message, Sender } from './sender.ts';
import { destinationFaults, destinationsFault, newDestination, SENDERS } from './senders.ts';
import { sampleDestination, sampleNotice } from './testing.ts';

const dir = await mkdtemp(join(tmpdir(), 'spanwatch-notify-'));
after(() => rm(dir, { recursive: true, force: true }));
let serial = 0;

interface Bench {
  desk: NotifyDesk;
  sent: Message[];
  list: Destination[];
  file: string;
  reply: { now: Reply };
  clock: { ms: number };
}

async function bench(
  t: TestContext,
  list: Destination[],
  options: { file?: string; stillTrue?(n: Notice): boolean; reply?: Reply } = {},
): Promise<Bench> {
  const sent: Message[] = [];
  const reply = { now: options.reply ?? ({ ok: true, text: 'fine' } as Reply) };
  const clock = { ms: Date.now() };
  const sender: Sender = {
    ...SENDERS.webhook,
    send: (_params, message) => {
      if (reply.now.ok) sent.push(message);
      return Promise.resolve(reply.now);
    },
  };
  const file = options.file ?? join(dir, `queue-${serial++}`);
  const desk = createNotifyDesk({
    file,
    destinations: () => list,
    box: () => ({ name: 'Office', url: '', id: 'x', version: '0' }),
    senders: { webhook: sender },
    now: () => clock.ms,
    ...(options.stillTrue ? { stillTrue: options.stillTrue } : {}),
  });
  await desk.start();
  t.after(() => desk.stop());
  return { desk, sent, list, file, reply, clock };
}

const hook = (more: Partial<Destination> = {}): Destination =>
  sampleDestination('webhook', { url: 'http://127.0.0.1/' }, more);
const turn = (): Promise<void> => sleep(15);

test('filters: severity, kind of alert, ends of alerts, switch', () => {
  const d = hook({ minSeverity: 5, entities: ['host'] });
  assert.ok(takes(d, sampleNotice('a', { severity: 5, entity: 'host' })));
  assert.ok(!takes(d, sampleNotice('a', { severity: 4, entity: 'host' })));
  assert.ok(!takes(d, sampleNotice('a', { severity: 8, entity: 'flow' })));
  assert.ok(!takes(d, sampleNotice('a', { severity: 8, entity: 'host', kind: 'over' })));
  assert.ok(takes({ ...d, tellOver: true }, sampleNotice('a', { severity: 8, entity: 'host', kind: 'over' })));
  assert.ok(!takes({ ...d, enabled: false }, sampleNotice('a', { severity: 8, entity: 'host' })));
});

test('each notice once; above the rate they are gathered, none is lost', async (t) => {
  const { desk, sent, clock } = await bench(t, [hook({ perHour: 5 })]);
  for (let i = 0; i < 40; i++) desk.tell(sampleNotice(`k${i}`));
  desk.tell(sampleNotice('k3'));
  await turn();
  const told = (): string[] => sent.flatMap((m) => m.notices.map((n) => n.key));
  assert.ok(sent.length <= 5, `${sent.length} messages`);
  assert.deepEqual(told().sort(), Array.from({ length: 40 }, (_, i) => `k${i}`).sort());
  const before = sent.length;
  for (let i = 40; i < 60; i++) desk.tell(sampleNotice(`k${i}`));
  await turn();
  clock.ms += 3_600_000;
  desk.changed();
  await turn();
  assert.equal(new Set(told()).size, 60);
  assert.ok(sent.length - before <= 6);
});

test('a digest waits for its window and is one message', async (t) => {
  const { desk, sent, clock } = await bench(t, [hook({ digestMinutes: 10 })]);
  for (let i = 0; i < 7; i++) desk.tell(sampleNotice(`k${i}`));
  await turn();
  assert.equal(sent.length, 0);
  clock.ms += 601_000;
  desk.changed();
  await turn();
  assert.equal(sent.length, 1);
  assert.match(sent[0]!.title, /^\[Office\] 7 notices, the worst: warning$/);
});

test('failures are retried with growing pauses; what waits is bounded, and too old is no news', async (t) => {
  const { desk, sent, clock, reply, list } = await bench(t, [hook()], { reply: { ok: false, text: 'HTTP 503' } });
  const id = list[0]!.id;
  desk.tell(sampleNotice('first', { atMs: clock.ms }));
  const pauses: number[] = [];
  for (let i = 0; i < 12; i++) {
    await turn();
    const { nextTryMs } = desk.state(id)!;
    pauses.push(nextTryMs - clock.ms);
    clock.ms = nextTryMs + 1;
    desk.tell(sampleNotice(`again${i}`, { atMs: clock.ms }));
  }
  assert.ok(pauses[0]! >= 4000 && pauses[0]! <= 6000, String(pauses[0]));
  assert.ok(pauses[5]! > 100_000 && Math.max(...pauses) <= 1_080_000, String(pauses));
  for (let i = 0; i < QUEUE_LIMITS.waiting + 50; i++) desk.tell(sampleNotice(`flood${i}`, { atMs: clock.ms }));
  assert.equal(desk.state(id)!.waiting, QUEUE_LIMITS.waiting);
  assert.ok(desk.state(id)!.dropped >= 50);
  assert.match(desk.health().text, /HTTP 503/);
  clock.ms += QUEUE_LIMITS.ageMs + 1;
  reply.now = { ok: true, text: 'fine' };
  desk.changed();
  await turn();
  assert.equal(sent.length, 0, 'a day old');
  assert.equal(desk.state(id)!.waiting, 0);
});

test('what waits survives a restart, a torn line and a full stop; what was sent is not sent again', async (t) => {
  const d = hook();
  const first = await bench(t, [d], { reply: { ok: false, text: 'down' } });
  for (let i = 0; i < 5; i++) first.desk.tell(sampleNotice(`k${i}`));
  await first.desk.settled();
  // Killed here: nothing is closed.
  const text = await readFile(first.file, 'utf8');
  await appendFile(first.file, text.slice(0, 50));
  const second = await bench(t, [d], { file: first.file, stillTrue: (n) => n.key !== 'k2' });
  await sleep(60);
  assert.deepEqual(second.sent.flatMap((m) => m.notices.map((n) => n.key)).sort(), ['k0', 'k1', 'k3', 'k4']);
  await second.desk.stop();
  const third = await bench(t, [d], { file: first.file });
  await turn();
  assert.equal(third.sent.length, 0);
  await first.desk.stop();
});

test('nothing is sent before its alert is stored', async (t) => {
  const { desk, sent } = await bench(t, [hook()]);
  const stored = Promise.withResolvers<void>();
  desk.tellWhen(stored.promise, [sampleNotice('a'), sampleNotice('b')]);
  desk.tell(sampleNotice('other'));
  await turn();
  assert.deepEqual(
    sent.flatMap((m) => m.notices.map((n) => n.key)),
    ['other'],
  );
  stored.resolve();
  await turn();
  assert.equal(new Set(sent.flatMap((m) => m.notices.map((n) => n.key))).size, 3);
});

test("plugins' endpoints: told by name, past the filter; a removed destination forgets its queue", async (t) => {
  const list = [hook({ minSeverity: 8 }), hook()];
  const { desk, sent, reply } = await bench(t, list);
  desk.tellTo([list[0]!.id, 'nonesuch'], sampleNotice('a', { severity: 1 }));
  await turn();
  assert.equal(sent.length, 1);
  reply.now = { ok: false, text: 'down' };
  desk.tellTo([list[0]!.id], sampleNotice('b'));
  const id = list[0]!.id;
  list.shift();
  desk.changed();
  assert.equal(desk.state(id), undefined);
});

test('send test: the answer is the remote one, the destination need not be saved', async (t) => {
  const { desk, reply } = await bench(t, []);
  reply.now = { ok: false, text: 'HTTP 404: no such hook' };
  assert.deepEqual(await desk.test(hook()), { ok: false, text: 'HTTP 404: no such hook' });
});

test('destinations are checked field by field', () => {
  for (const type of Object.keys(SENDERS) as (keyof typeof SENDERS)[]) {
    const faults = destinationFaults(newDestination(type, 'abcd1234'));
    const required = SENDERS[type].params.filter((p) => p.required && p.fallback === '').map((p) => `params.${p.name}`);
    assert.deepEqual(Object.keys(faults), required, type);
  }
  const good = hook();
  assert.equal(destinationsFault([good]), undefined);
  assert.match(destinationsFault([good, good])!, /two destinations of one id/);
  assert.match(destinationsFault(Array.from({ length: 21 }, () => good))!, /more than 20/);
  for (const bad of [
    null,
    {},
    [],
    { ...good, type: '__proto__' },
    { ...good, params: { url: 'ftp://x' } },
    { ...good, params: { ...good.params, extra: 1 } },
    { ...good, name: 'a\nb' },
  ]) {
    assert.ok(Object.keys(destinationFaults(bad)).length > 0, JSON.stringify(bad));
  }
});
