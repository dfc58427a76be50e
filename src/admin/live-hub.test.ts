import assert from 'node:assert/strict';
import { get } from 'node:http';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIVE_LIMITS, LiveHub } from './live-hub.ts';
import { openTestSite } from './testing.ts';

/** A stream whose text can be read. */
function listener(): { out: PassThrough; text(): string } {
  const out = new PassThrough();
  let text = '';
  out.on('data', (chunk) => (text += String(chunk)));
  return { out, text: () => text };
}

const until = async (what: () => boolean): Promise<void> => {
  for (let i = 0; i < 300 && !what(); i++) await sleep(10);
  assert.ok(what(), String(what));
};

test('a part is made once for all who watch it, sent when it changed, and not at all when nobody looks', async () => {
  const hub = new LiveHub();
  let made = 0;
  let value = 'a\nb';
  hub.register({
    name: '/live/x',
    everyMs: 10,
    render: (params) => {
      made += 1;
      return `${params.get('q')} ${value}`;
    },
  });
  const all = Array.from({ length: 20 }, listener);
  for (const l of all) assert.ok(hub.open(['/live/x?q=1'], l.out, () => true));
  await until(() => all.every((l) => l.text().includes('event: part')));
  const rendered = made;
  assert.ok(rendered < 10, `${rendered} renders for 20 watchers`);
  assert.equal(all[0]!.text().match(/event: part/g)?.length, 1, 'unchanged: not sent again');
  assert.match(all[0]!.text(), /data: \{"part":"\/live\/x\?q=1","data":"1 a\\nb"/);
  value = 'c';
  await until(() => all.every((l) => l.text().includes('1 c')));
  for (const l of all) l.out.destroy();
  await until(() => hub.size === 0);
  const stopped = made;
  await sleep(50);
  assert.ok(made <= stopped + 1);
  assert.equal(hub.parts, 0);
});

test('bounds: streams, parts, parts of a stream, names; a slow browser misses messages and holds nobody up', async () => {
  const hub = new LiveHub();
  let n = 0;
  hub.register({ name: 'big', everyMs: 1, render: () => `${n++}${'x'.repeat(100_000)}` });
  hub.register({ name: 'p', everyMs: 1000, render: () => 'x' });
  assert.ok(!hub.open([], new PassThrough(), () => true));
  assert.ok(!hub.open(['none'], new PassThrough(), () => true));
  assert.ok(!hub.open([`p?${'x'.repeat(LIVE_LIMITS.name)}`], new PassThrough(), () => true));
  assert.ok(
    !hub.open(
      Array.from({ length: 9 }, (_, i) => `p?${i}`),
      new PassThrough(),
      () => true,
    ),
  );
  for (let i = 0; i < LIVE_LIMITS.parts / 8; i++) {
    assert.ok(
      hub.open(
        Array.from({ length: 8 }, (_, k) => `p?${i}-${k}`),
        listener().out,
        () => true,
      ),
    );
  }
  assert.ok(!hub.open(['p?more'], new PassThrough(), () => true));
  hub.stop();
  assert.equal(hub.size, 0);
  const slow = new PassThrough();
  assert.ok(hub.open(['big'], slow, () => true));
  const quick = listener();
  assert.ok(hub.open(['big'], quick.out, () => true));
  await until(() => hub.skipped > 3);
  assert.ok(slow.writableLength < LIVE_LIMITS.backlog + 200_000, String(slow.writableLength));
  const had = quick.text().length;
  await until(() => quick.text().length > had + 300_000);
  for (let i = hub.size; i < LIVE_LIMITS.streams; i++) assert.ok(hub.open(['big'], listener().out, () => true));
  assert.ok(!hub.open(['big'], new PassThrough(), () => true));
  hub.stop();
});

test('a part that fails is tried again and takes no other with it', async () => {
  const hub = new LiveHub();
  let n = 0;
  hub.register({
    name: 'bad',
    everyMs: 5,
    render: () => {
      if (n++ < 3) throw new Error('not now');
      return 'well';
    },
  });
  hub.register({ name: 'good', everyMs: 5, render: () => 'fine' });
  const l = listener();
  assert.ok(hub.open(['bad', 'good'], l.out, () => true));
  await until(() => l.text().includes('fine') && l.text().includes('well'));
  hub.stop();
});

test('the stream over HTTP: signed-in pages only; hostile names stay inside the JSON', async () => {
  const site = await openTestSite({ hostile: true });
  try {
    const owner = await site.owner();
    assert.equal((await site.visitor().get('/api/v1/events?part=stats')).status, 401);
    assert.equal((await owner.get('/api/v1/events')).status, 503);
    assert.equal((await owner.get('/api/v1/events?part=/settings')).status, 503);
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { Cookie: [...owner.cookies].map(([k, v]) => `${k}=${v}`).join('; ') };
      const url = `http://${owner.host}/api/v1/events?part=stats&part=/live/top&part=${encodeURIComponent('/live/flows?search=')}`;
      const req = get(url, { headers }, (res) => {
        assert.equal(res.headers['content-type'], 'text/event-stream');
        assert.equal(res.headers['content-encoding'], undefined);
        let got = '';
        res.on('data', (chunk) => {
          got += String(chunk);
          if ((got.match(/\n\n/g)?.length ?? 0) < 4) return;
          resolve(got);
          req.destroy();
        });
      });
      req.on('error', reject);
    });
    for (const block of text.split('\n\n').filter((b) => b.startsWith('event: part'))) {
      const lines = block.split('\n');
      assert.equal(lines.length, 2, 'one line of data');
      const { part, data } = JSON.parse(lines[1]!.slice(6)) as { part: string; data: string };
      if (part.startsWith('/live/')) assert.doesNotMatch(data, /<script|<img|onerror=[^&]*>|javascript:[^<]*"/i);
    }
  } finally {
    await site.close();
  }
});
