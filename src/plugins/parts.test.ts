import assert from 'node:assert/strict';
import test from 'node:test';
import { GOVERNOR, Governor } from './governor.ts';
import { KV_LIMITS, Kv } from './kv.ts';
import { Bucket, Meter, WINDOW_S } from './meter.ts';
import { categoryId, flowProtocolName, protocolId, protocolName } from './ndpi.ts';
import { createRing, RingReader, RingWriter } from './ring.ts';
import { FlowView, KIND, writeFlow } from './snapshot.ts';
import { dnsFlow } from './testing/record.ts';

test('names and numbers of protocols and categories', () => {
  assert.deepEqual(
    [protocolName(5), protocolId('dns'), protocolId('nothing'), flowProtocolName(91, 126)],
    ['DNS', 5, -1, 'TLS.Google'],
  );
  assert.deepEqual([categoryId('Mining'), protocolName(431), protocolId('DingTalk')], [99, 'DingTalk', 431]);
});

test('ring: entries come out as they went in, over many turns, and a full ring refuses', () => {
  const memory = createRing(4096);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  let put = 0;
  let got = 0;
  let refused = 0;
  for (let step = 0; step < 5000; step++) {
    const bytes = 8 + ((step * 37) % 300);
    if (writer.reserve(bytes)) {
      writer.i32[writer.offset >> 2] = put++;
      writer.commit(1, bytes);
    } else refused++;
    if (step % 3 !== 0 || step > 4000) {
      while (reader.next() !== 0 && (step > 4000 || got < put - 5)) {
        assert.equal(reader.i32[reader.offset >> 2], got++);
        reader.finish();
      }
    }
    assert.equal(reader.pending(), put - got);
  }
  for (; reader.next() !== 0; reader.finish()) assert.equal(reader.i32[reader.offset >> 2], got++);
  assert.equal(got, put);
  assert.ok(put > 4000, `${put} entries, ${refused} refused`);
  while (writer.reserve(100)) writer.commit(1, 100);
  const heir = new RingReader(memory);
  assert.equal(heir.next(), 1, 'a reader that comes later finds what the first one left');
  assert.equal(writer.reserve(100), false);
});

test('ring: the same entry comes again until it is finished; a sleeper is woken once', () => {
  const memory = createRing(4096);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  assert.equal(reader.sleep(), true);
  writer.reserve(8);
  writer.commit(7, 8);
  assert.deepEqual([writer.takeSleeper(), writer.takeSleeper()], [true, false]);
  assert.deepEqual([reader.next(), reader.next(), new RingReader(memory).next()], [7, 7, 7]);
  assert.equal(reader.sleep(), false);
  reader.finish();
  assert.equal(reader.next(), 0);
});

test('snapshot: every field of a record survives, also when texts are not ASCII or too large', () => {
  const memory = createRing(1 << 18);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory);
  const view = new FlowView(reader);
  const trip = (record: ReturnType<typeof dnsFlow>): FlowView => {
    assert.ok(writeFlow(writer, KIND.flowEnd, 5, record));
    reader.next();
    view.bind(reader.offset);
    reader.finish();
    return view;
  };
  const tls = dnsFlow({
    id: 2 ** 52 + 1,
    vlan: 4095,
    proto: 6,
    handshake: true,
    master: 91,
    app: 126,
    icmpType: 3,
    icmpCode: 13,
    risks: [
      { id: 6, value: 'CN=x' },
      { id: 31, value: '' },
      { id: 55, value: 'ü' },
    ],
    info: {
      hostname: 'bücher.example',
      tls: { sni: 'bücher.example', version: 0x0303 },
      more: { 'country.client': 'IT' },
    },
    client: { ip: '2001:db8::1', port: 65535, mac: '', local: false, group: true },
  });
  let v = trip(tls);
  assert.deepEqual(
    [
      v.id,
      v.vlan,
      v.proto,
      v.handshake,
      v.master,
      v.app,
      v.icmpType,
      v.icmpCode,
      v.clientIp,
      v.serverIp,
      v.clientPort,
      v.clientGroup,
      v.serverGroup,
    ],
    [2 ** 52 + 1, 4095, 6, true, 91, 126, 3, 13, '2001:db8::1', '8.8.4.4', 65535, true, false],
  );
  assert.deepEqual(v.info, tls.info);
  assert.deepEqual(v.risks, tls.risks);
  assert.deepEqual(
    [v.hasRisk(6), v.hasRisk(31), v.hasRisk(55), v.hasRisk(7), v.hasRisk(64), v.infoText],
    [true, true, true, false, false, 'bücher.example'],
  );
  const dns = dnsFlow({
    info: { dns: { query: 'a.example', qtype: 28, rcode: 3, queries: 2, answers: 0, addresses: ['::1', '1.2.3.4'] } },
  });
  v = trip(dns);
  assert.deepEqual(v.info, dns.info);
  assert.deepEqual([v.infoText, v.hostname, v.risks, v.communityId], ['a.example', '', [], dns.communityId]);
  v = trip(dnsFlow({ info: {} }));
  assert.deepEqual([v.info, v.infoText], [{}, '']);
  v = trip(
    dnsFlow({ info: { hostname: '\ud800x', dns: { query: 'q'.repeat(40_000) } }, risks: [{ id: 1, value: 'v' }] }),
  );
  assert.deepEqual([v.hasRisk(1), v.info.dns, v.serverIp], [true, undefined, '8.8.4.4']);
});

test('cache: texts, expiry on the packet clock, hashes, sets, lists, and their kinds kept apart', () => {
  let now = 1000;
  const kv = new Kv(() => now);
  kv.set('p', 'k', 'v', 10);
  assert.deepEqual(
    [kv.get('k'), kv.get('none'), kv.setIfAbsent('p', 'k', 'w'), kv.increment('p', 'n', 5), kv.increment('p', 'n', 1)],
    ['v', '', false, 5, 6],
  );
  now += 10_000;
  assert.deepEqual([kv.get('k'), kv.setIfAbsent('p', 'k', 'w'), kv.get('k')], ['', true, 'w']);
  kv.hset('p', 'h', 'f', '1');
  kv.hset('p', 'h', 'f', '2');
  kv.sadd('p', 's', 'm');
  kv.sadd('p', 's', 'm');
  for (const item of ['a', 'b', 'c', 'a']) kv.push('p', 'l', item, false);
  assert.deepEqual(
    [
      kv.hget('h', 'f'),
      kv.hget('s', 'f'),
      kv.smembers('s'),
      kv.range('l', 0, -1),
      kv.range('l', -2, -1),
      kv.length('l'),
    ],
    ['2', '', ['m'], ['a', 'b', 'c', 'a'], ['c', 'a'], 4],
  );
  assert.deepEqual(
    [kv.pop('l', true), kv.remove('l', 'a'), kv.pop('l', false), kv.hset('p', 'l', 'x', 'y')],
    ['a', 1, 'c', false],
  );
  assert.deepEqual(kv.keys('*').sort(), ['h', 'k', 'l', 'n', 's']);
  assert.deepEqual(kv.keys('?'), kv.keys('*'));
  for (const key of kv.keys('*')) kv.delete(key);
  assert.deepEqual(kv.usage('p'), { bytes: 0, entries: 0 });
});

test('cache: a flood ends at the allowance of its owner and takes nothing from another', () => {
  const kv = new Kv(() => 0);
  for (let i = 0; i < 30_000; i++) kv.set('flood', `k${i}`, 'x'.repeat(i % 200));
  for (let i = 0; i < 30_000; i++) kv.sadd('flood', 'set', `m${i}`);
  for (let i = 0; i < 30_000; i++) kv.push('flood', 'list', 'y', true);
  const { bytes, entries } = kv.usage('flood');
  assert.ok(
    bytes <= KV_LIMITS.pluginBytes && entries <= KV_LIMITS.pluginEntries && entries > 1000,
    `${bytes} ${entries}`,
  );
  assert.ok(kv.refused > 0);
  assert.equal(kv.set('other', 'mine', 'v'), true);
  assert.equal(kv.set('other', 'giant', 'x'.repeat(KV_LIMITS.valueBytes + 1)), false);
});

test('cache: random operations leave the books right', () => {
  const kv = new Kv(() => 0);
  let seed = 7;
  const random = (n: number) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
  for (let i = 0; i < 20_000; i++) {
    const key = `k${random(6)}`;
    const item = `v${random(9)}`;
    [
      () => kv.set('p', key, item),
      () => kv.delete(key),
      () => kv.hset('p', key, item, item),
      () => kv.hdel(key, item),
      () => kv.sadd('p', key, item),
      () => kv.srem(key, item),
      () => kv.push('p', key, item, random(2) === 0),
      () => kv.pop(key, random(2) === 0),
      () => kv.trim(key, random(3), -1 - random(2)),
      () => kv.remove(key, item),
    ][random(10)]!();
  }
  for (const key of kv.keys('*')) kv.delete(key);
  assert.deepEqual(kv.usage('p'), { bytes: 0, entries: 0 });
});

test('meter: quantiles within their step, share of a core over the last minute only', () => {
  const meter = new Meter();
  for (let i = 0; i < 990; i++) meter.add(0.003, 1000);
  for (let i = 0; i < 10; i++) meter.add(5, 1000);
  const [p50, p99, p999] = [meter.quantileUs(0.5), meter.quantileUs(0.985), meter.quantileUs(0.999)];
  assert.ok(p50 >= 3 && p50 < 3.6 && p99 < 3.6 && p999 >= 5000 && p999 < 6000, `${p50} ${p99} ${p999}`);
  const busy = new Meter();
  for (let second = 0; second < 60; second++) busy.add(500, second * 1000);
  assert.ok(Math.abs(busy.corePercent(59_999) - 50) < 1);
  assert.ok(Math.abs(busy.corePercent(89_999) - 25) < 1);
  assert.equal(busy.corePercent(59_000 + WINDOW_S * 1000 + 1000), 0);
});

test('bucket: a burst, then so many a second; what is refused is told once', () => {
  const bucket = new Bucket(5, 2);
  let taken = 0;
  for (let ms = 0; ms < 10_000; ms += 100) if (bucket.take(ms)) taken++;
  assert.ok(taken >= 24 && taken <= 26, `${taken}`);
  assert.equal(bucket.takeRefused(), 100 - taken);
  assert.equal(bucket.takeRefused(), 0);
});

test('governor: sampled, paused, tried again, at last in quarantine; or back to normal when it behaves', () => {
  const governor = new Governor(25);
  const states: string[] = [];
  let forgiven = 0;
  let now = 0;
  for (let i = 0; i < 20 && governor.state !== 'quarantined'; i++) {
    now += GOVERNOR.pauseMs;
    if (governor.judge(now, 60, () => forgiven++)) states.push(governor.state);
  }
  assert.deepEqual(states, ['sampled', 'paused', 'sampled', 'paused', 'sampled', 'quarantined']);
  assert.match(governor.reason, /paused 3 times and still took 60 % of a core/);
  assert.ok(forgiven >= 5);
  governor.release();
  assert.equal(governor.allow(), true);
  governor.judge((now += GOVERNOR.judgeMs), 60, () => {});
  let allowed = 0;
  for (let i = 0; i < 80; i++) if (governor.allow()) allowed++;
  assert.equal(allowed, 80 / GOVERNOR.sample);
  governor.judge((now += GOVERNOR.judgeMs), 1, () => {});
  assert.equal(governor.state, 'running');
});

test('governor: three interrupted calls within ten minutes, not over a day', () => {
  const governor = new Governor();
  const hour = 3600_000;
  for (let i = 0; i < 10; i++) assert.equal(governor.strike(i * hour, 'time', 'x.lua:1'), false);
  assert.equal(governor.strike(9 * hour + 1, 'memory', 'x.lua:2'), false);
  assert.equal(governor.strike(9 * hour + 2, 'memory', 'x.lua:2'), true);
  assert.equal(governor.reason, 'used up its memory 3 times within ten minutes, last in x.lua:2');
});
