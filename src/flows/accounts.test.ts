import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversation, type Host, tcp, udp } from '../../test/kit/frames.ts';
import { newFrame } from '../capture/source.ts';
import { Pipeline } from '../engine/pipeline.ts';
import { limitsFor } from '../limits.ts';
import { parseIp } from './address.ts';
import { HOST, HOST_STRIDE, RATE } from './hosts.ts';

const at = (ip: string): Host => ({ ip, mac: '02:00:00:00:00:01' });
const client = at('192.168.1.2');
const server = at('203.0.113.1');

class Lab {
  readonly pipeline = new Pipeline(
    { ...limitsFor(1 << 27), hosts: 64 },
    { detected: () => {}, periodic: () => {}, ended: () => {} },
  );
  nowUs = 1e15;

  feed(frames: Buffer[], gapUs = 1000): void {
    const frame = newFrame();
    for (const data of frames) {
      frame.buf = data;
      frame.capLen = frame.wireLen = data.length;
      frame.timeUs = this.nowUs += gapUs;
      this.pipeline.packet(frame);
    }
  }

  row(ip: string): number {
    const words = Int32Array.from(parseIp(ip)!.words);
    return this.pipeline.accounts.hosts.row(4, 0, words, 0, this.nowUs);
  }

  num(ip: string, word: number): number {
    return this.pipeline.accounts.hosts.nums[this.row(ip) * HOST_STRIDE + word]!;
  }
}

test('what flows moved stands with their hosts, once, however often it is settled', () => {
  const lab = new Lab();
  const frames = conversation(client, server, 40000, 80, [
    ['>', Buffer.alloc(100, 1)],
    ['<', Buffer.alloc(300, 2)],
  ]);
  const sizes = frames.reduce((sum, f) => sum + f.length, 0);
  lab.feed(frames.slice(0, 5));
  lab.pipeline.accounts.settleAll(lab.pipeline.networks);
  lab.pipeline.accounts.settleAll(lab.pipeline.networks);
  lab.feed(frames.slice(5));
  assert.equal(lab.num(client.ip, HOST.ACTIVE_CLIENT), 1);
  lab.pipeline.flows.endAll('shutdown');
  const sent = lab.num(client.ip, HOST.BYTES_SENT);
  const rcvd = lab.num(client.ip, HOST.BYTES_RCVD);
  assert.equal(sent + rcvd, sizes);
  assert.deepEqual([lab.num(server.ip, HOST.BYTES_SENT), lab.num(server.ip, HOST.BYTES_RCVD)], [rcvd, sent]);
  assert.deepEqual([lab.num(client.ip, HOST.FLOWS_CLIENT), lab.num(server.ip, HOST.FLOWS_SERVER)], [1, 1]);
  assert.equal(lab.num(client.ip, HOST.ACTIVE_CLIENT), 0);
  assert.equal(
    [...lab.pipeline.accounts.applications.values()].reduce((a, b) => a + b, 0),
    sizes,
  );
});

test('networks know what left, entered and stayed', () => {
  const lab = new Lab();
  const inner = udp(client, at('192.168.1.3'), 5000, 5001, Buffer.alloc(100));
  const out = udp(client, server, 5000, 5002, Buffer.alloc(200));
  const back = udp(server, client, 5002, 5000, Buffer.alloc(300));
  lab.feed([inner, out, back]);
  lab.pipeline.accounts.settleAll(lab.pipeline.networks);
  const index = lab.pipeline.networks.list().indexOf('192.168.0.0/16');
  assert.deepEqual(lab.pipeline.accounts.networks[index], {
    egress: out.length,
    ingress: back.length,
    inner: inner.length,
    packets: 3,
  });
});

test('a scan shows as syn without answers; the peak needs three seconds in a row', () => {
  const lab = new Lab();
  for (let i = 0; i < 400; i++)
    lab.feed([tcp(client, server, { sport: 1000 + i, dport: i, seq: 1, ack: 0, flags: 2 })], 10_000);
  lab.nowUs += 2e6;
  assert.equal(lab.num(client.ip, HOST.SYN_SENT), 400);
  assert.equal(lab.num(client.ip, HOST.SYNACK_RCVD), 0);
  const { hosts } = lab.pipeline.accounts;
  const peak = hosts.peak(lab.row(client.ip), RATE.SYN_SENT, lab.nowUs);
  assert.ok(peak >= 95 && peak <= 101, `${peak} syn/s`);
  hosts.resetMinute(lab.row(client.ip));
  assert.equal(hosts.peak(lab.row(client.ip), RATE.SYN_SENT, lab.nowUs), 0);
  assert.equal(lab.num(client.ip, HOST.SYN_SENT), 0);
  const short = new Lab();
  for (let i = 0; i < 100; i++)
    short.feed([tcp(client, server, { sport: 1000 + i, dport: i, seq: 1, ack: 0, flags: 2 })], 1000);
  short.nowUs += 3e6;
  assert.equal(short.pipeline.accounts.hosts.peak(short.row(client.ip), RATE.SYN_SENT, short.nowUs), 0);
});

test('the host table is full: silent hosts go, hosts with live flows stay, nothing grows', () => {
  const lab = new Lab();
  for (let i = 0; i < 500; i++) {
    lab.feed([udp(at(`10.0.${i >> 8}.${i & 255}`), at('10.1.0.1'), 1, 2, Buffer.alloc(4))], 1e6);
  }
  const { hosts } = lab.pipeline.accounts;
  assert.equal(hosts.size, 64);
  assert.ok(hosts.high <= 64);
  lab.pipeline.flows.endAll('shutdown');
  for (let h = 0; h < hosts.high; h++) {
    const n = h * HOST_STRIDE;
    assert.ok(hosts.nums[n + HOST.ACTIVE_CLIENT]! >= 0 && hosts.nums[n + HOST.ACTIVE_SERVER]! >= 0);
  }
});

test('a full host table gives the row of the host that has been idle longest, never one with a live flow', () => {
  const lab = new Lab();
  const { hosts } = lab.pipeline.accounts;
  const open = (n: number): Buffer => udp(at(`10.0.${n >> 8}.${n & 255}`), server, 40000, 4000 + n, Buffer.from('x'));
  for (let n = 0; n < 62; n++) lab.feed([open(n)]);
  lab.pipeline.flows.tick(lab.nowUs + 200e6);
  lab.nowUs += 200e6;
  assert.equal(hosts.size, 63);
  // The server and 40 clients are in use again; 10.0.0.40 is the longest idle of the rest.
  for (let n = 0; n < 40; n++) lab.feed([open(n)]);
  for (let n = 100; n < 123; n++) lab.feed([open(n)]);
  assert.equal(hosts.size, 64);
  const words = (ip: string) => Int32Array.from(parseIp(ip)!.words);
  const known = (ip: string): boolean =>
    hosts.find(4, 0, ...(words(ip) as unknown as [number, number, number, number])) >= 0;
  for (let n = 0; n < 40; n++) assert.ok(known(`10.0.0.${n}`), `10.0.0.${n} has a live flow`);
  for (let n = 40; n < 62; n++) assert.equal(known(`10.0.0.${n}`), false, `10.0.0.${n} was idle longest`);
  for (let n = 100; n < 123; n++) assert.ok(known(`10.0.0.${n}`));
  // All in use: a further host gets no row and takes nobody's.
  lab.feed([open(200)]);
  assert.equal(known('10.0.0.200'), false);
  assert.ok(known(server.ip));
});

test('a host keeps the bytes of more applications than lie in its row', () => {
  const lab = new Lab();
  lab.feed([udp(client, server, 40000, 4000, Buffer.from('x'))]);
  const { hosts } = lab.pipeline.accounts;
  const h = lab.row(client.ip);
  for (let app = 1; app <= 100; app++) hosts.addApplication(h, app, app);
  for (let app = 1; app <= 100; app++) hosts.addApplication(h, app, 1);
  const kept = hosts.applications(h);
  assert.equal(kept.length, 64);
  assert.deepEqual(
    kept.slice(0, 6),
    [1, 2, 3, 4, 5, 6].map((app) => [app, app + 1]),
  );
});
