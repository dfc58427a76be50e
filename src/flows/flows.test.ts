import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversation, type Host, tcp, udp } from '../../test/kit/frames.ts';
import { newFrame } from '../capture/source.ts';
import { decodeFrame } from '../decode/link.ts';
import { Packet } from '../decode/packet.ts';
import { DEFAULT_LOCAL_NETWORKS, Networks } from './address.ts';
import { type FlowEvents, Flows } from './flows.ts';
import { BIT, KEY, KEY_STRIDE } from './layout.ts';
import type { FlowEnd, FlowRecord } from './record.ts';
import { recordOf } from './record-of.ts';

const client: Host = { ip: '192.168.1.2', mac: '02:00:00:00:00:0a' };
const server: Host = { ip: '203.0.113.1', mac: '02:00:00:00:00:0b' };
const networks = Networks.parse(DEFAULT_LOCAL_NETWORKS).networks;

class Lab {
  readonly ended: FlowRecord[] = [];
  readonly calls: string[] = [];
  readonly flows: Flows;
  nowUs = 1e15;
  readonly #packet = new Packet();

  constructor(limit = 64) {
    const events: FlowEvents = {
      created: () => {},
      syn: () => {},
      payload: () => this.calls.push('payload'),
      settle: (f) => {
        this.calls.push('settle');
        this.flows.table.keys[f * KEY_STRIDE + KEY.BITS]! |= BIT.DETECTED;
      },
      periodic: () => this.calls.push('periodic'),
      ended: (f, why) => this.ended.push(this.record(f, why)),
    };
    this.flows = new Flows(limit, events);
  }

  record(f: number, why: FlowEnd = 'active'): FlowRecord {
    return recordOf(this.flows.table, f, why, networks, { info: undefined, risks: undefined });
  }

  feed(frames: Buffer[], gapUs = 1000): void {
    const frame = newFrame();
    for (const data of frames) {
      frame.buf = data;
      frame.capLen = frame.wireLen = data.length;
      frame.timeUs = this.nowUs += gapUs;
      if (decodeFrame(frame, this.#packet)) this.flows.packet(this.#packet);
    }
  }

  wait(seconds: number): void {
    for (let i = 0; i < seconds; i++) this.flows.tick((this.nowUs += 1e6));
  }

  finish(): FlowRecord[] {
    this.flows.endAll('shutdown');
    return this.ended;
  }
}

test('both directions are one flow, booked as on the wire', () => {
  const lab = new Lab();
  const frames = conversation(client, server, 40000, 80, [
    ['>', Buffer.alloc(100, 65)],
    ['<', Buffer.alloc(300, 66)],
  ]);
  lab.feed(frames);
  const [flow, ...others] = lab.finish();
  assert.equal(others.length, 0);
  assert.deepEqual(
    [flow?.client.ip, flow?.client.port, flow?.server.port, flow?.clientBy],
    ['192.168.1.2', 40000, 80, 'syn'],
  );
  assert.deepEqual([flow?.c2s.packets, flow?.s2c.packets, flow?.c2s.payload, flow?.s2c.payload], [5, 3, 100, 300]);
  assert.equal(
    flow!.c2s.bytes + flow!.s2c.bytes,
    frames.reduce((sum, f) => sum + f.length, 0),
  );
  assert.equal(flow?.handshake, true);
  assert.deepEqual([flow?.serverRttUs, flow?.clientRttUs], [1000, 1000]);
  assert.deepEqual([flow?.client.local, flow?.server.local, flow?.client.mac], [true, false, client.mac]);
});

test('a capture that begins with the reply still knows the client', () => {
  const lab = new Lab();
  lab.feed(conversation(client, server, 40000, 80, []).slice(1));
  assert.deepEqual([lab.finish()[0]?.client.ip, lab.ended[0]?.clientBy], [client.ip, 'syn']);
  const middle = new Lab();
  middle.feed([tcp(server, client, { sport: 443, dport: 50000, seq: 1, ack: 1, flags: 16, payload: Buffer.alloc(5) })]);
  assert.deepEqual([middle.finish()[0]?.client.ip, middle.ended[0]?.clientBy], [client.ip, 'port']);
  const peers = new Lab();
  peers.feed([udp(server, client, 7000, 7001, Buffer.alloc(5))]);
  assert.deepEqual([peers.finish()[0]?.client.ip, peers.ended[0]?.clientBy], [server.ip, 'first_seen']);
});

test('vlan and protocol keep flows apart', () => {
  const lab = new Lab();
  const frame = udp(client, server, 5000, 5001, Buffer.alloc(4));
  const tagged = Buffer.concat([frame.subarray(0, 12), Buffer.from([0x81, 0, 0, 9]), frame.subarray(12)]);
  lab.feed([frame, tagged, tcp(client, server, { sport: 5000, dport: 5001, seq: 1, ack: 0, flags: 2 })]);
  assert.deepEqual(
    lab.finish().map((f) => [f.proto, f.vlan]),
    [
      [17, 0],
      [17, 9],
      [6, 0],
    ],
  );
});

test('silence ends flows by their kind, on packet time', () => {
  const lab = new Lab();
  lab.feed([
    udp(client, server, 5000, 5001, Buffer.alloc(4)),
    tcp(client, server, { sport: 1, dport: 2, seq: 1, ack: 0, flags: 2 }),
  ]);
  lab.wait(31);
  assert.deepEqual(
    lab.ended.map((f) => [f.proto, f.end]),
    [[6, 'idle']],
  );
  lab.wait(31);
  assert.deepEqual(
    lab.ended.map((f) => [f.proto, f.end]),
    [
      [6, 'idle'],
      [17, 'idle'],
    ],
  );
  assert.equal(lab.flows.table.size, 0);
});

test('a closed connection ends soon, a reset one too', () => {
  const lab = new Lab();
  lab.feed(conversation(client, server, 40000, 80, [['>', Buffer.alloc(9)]]));
  lab.feed([
    tcp(client, server, { sport: 9, dport: 80, seq: 1, ack: 0, flags: 2 }),
    tcp(server, client, { sport: 80, dport: 9, seq: 0, ack: 2, flags: 20 }),
  ]);
  lab.wait(8);
  assert.deepEqual(lab.ended.map((f) => f.end).sort(), ['fin', 'rst']);
});

test('an undecided flow is settled after twenty silent seconds, a live one reports each minute', () => {
  const lab = new Lab();
  for (let i = 0; i < 130; i++) {
    lab.feed([udp(client, server, 5000, 5001, Buffer.alloc(4))], 0);
    lab.wait(1);
  }
  assert.equal(lab.calls.filter((c) => c === 'periodic').length, 2);
  lab.wait(22);
  assert.equal(lab.calls.filter((c) => c === 'settle').length, 1);
});

test('a full table evicts the half-open first and never grows', () => {
  const lab = new Lab(32);
  const steady = Array.from({ length: 16 }, (_, i) =>
    conversation(client, server, 30000 + i, 80, [
      ['>', Buffer.alloc(9)],
      ['<', Buffer.alloc(9)],
    ]).slice(0, -3),
  ).flat();
  lab.feed(steady);
  for (let i = 0; i < 1000; i++)
    lab.feed(
      [
        tcp({ ip: `10.9.${i >> 8}.${i & 255}`, mac: client.mac }, server, {
          sport: 1000 + i,
          dport: 80,
          seq: 1,
          ack: 0,
          flags: 2,
        }),
      ],
      1,
    );
  assert.equal(lab.flows.table.size, 32);
  assert.equal(lab.flows.evicted, 1000 - 16);
  assert.equal(lab.flows.table.created, 1016);
  const left = lab.finish().filter((f) => f.end === 'shutdown' && f.handshake);
  assert.equal(left.length, 16, 'established connections survive a scan');
});

test('a clock set back does not keep flows for ever', () => {
  const lab = new Lab(4096);
  lab.feed([udp(client, server, 5000, 5001, Buffer.alloc(4))]);
  lab.nowUs -= 86_400e6;
  for (let i = 0; i < 1100; i++) lab.feed([udp(client, server, 6000, 6001, Buffer.alloc(4))], 10);
  lab.wait(70);
  assert.deepEqual(lab.ended.map((f) => f.server.port).sort(), [5001, 6001]);
});

test('retransmissions, disorder and loss are told apart', () => {
  const segment = (seq: number, length: number) =>
    tcp(client, server, { sport: 1, dport: 2, seq, ack: 1, flags: 16, payload: Buffer.alloc(length) });
  const lab = new Lab();
  lab.feed([
    segment(100, 10),
    segment(110, 10),
    segment(110, 10),
    segment(130, 10),
    segment(120, 10),
    segment(160, 10),
  ]);
  const [flow] = lab.finish();
  assert.deepEqual([flow?.c2s.retransmissions, flow?.c2s.outOfOrder, flow?.c2s.lost], [1, 1, 1]);
});

test('goodput leaves out what was sent again, closed windows are counted by side', () => {
  const lab = new Lab();
  const segment = (from: Host, seq: number, length: number, window = 1000) => {
    const [sport, dport] = from === client ? [1, 2] : [2, 1];
    const frame = tcp(from, from === client ? server : client, {
      sport,
      dport,
      seq,
      ack: 1,
      flags: 16,
      payload: Buffer.alloc(length),
    });
    frame.writeUInt16BE(window, 14 + 20 + 14);
    return frame;
  };
  lab.feed([
    segment(client, 100, 10),
    segment(client, 110, 10),
    // The last five bytes and five new ones.
    segment(client, 115, 10),
    // A keep-alive is not sent again.
    segment(client, 124, 1),
    segment(server, 500, 10, 0),
    segment(server, 510, 0, 0),
    segment(client, 125, 0, 0),
  ]);
  const [flow] = lab.finish();
  assert.deepEqual([flow?.c2s.payload, flow?.c2s.goodput, flow?.s2c.goodput], [31, 25, 10]);
  assert.deepEqual([flow?.c2s.zeroWindows, flow?.s2c.zeroWindows], [1, 2]);
  assert.deepEqual([flow?.c2s.retransmissions, flow?.tcpState], [1, 'midstream']);
});

test('a repeated SYN is one connection and a retransmission, a new one after the close is another flow', () => {
  const syn = (seq: number) => tcp(client, server, { sport: 9, dport: 80, seq, ack: 0, flags: 2 });
  const refused = tcp(server, client, { sport: 80, dport: 9, seq: 0, ack: 8, flags: 20 });
  const lab = new Lab();
  lab.feed([syn(7), syn(7)]);
  assert.equal(lab.record(0).tcpState, 'syn_sent');
  lab.feed([refused, syn(7), refused]);
  assert.equal(lab.flows.table.created, 1);
  lab.feed([syn(90_000)]);
  const [first, second] = lab.finish();
  assert.deepEqual([first?.end, first?.tcpState, first?.c2s.retransmissions], ['rst', 'reset', 2]);
  assert.deepEqual([second?.end, second?.c2s.packets], ['shutdown', 1]);
});

test('a scan of random addresses stays at the bound, in memory too, and is known as one-sided', () => {
  const lab = new Lab(1024);
  const scan = (i: number) =>
    tcp({ ip: `198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`, mac: client.mac }, server, {
      sport: 1024 + (i % 60_000),
      dport: 80,
      seq: i,
      ack: 0,
      flags: 2,
    });
  const before = lab.flows.table.keys.byteLength;
  for (let i = 0; i < 20_000; i++) lab.feed([scan(i)], 10);
  assert.equal(lab.flows.table.size, 1024);
  assert.equal(lab.flows.evicted, 20_000 - 1024);
  assert.equal(lab.flows.table.keys.byteLength, before);
  assert.deepEqual([lab.flows.crowded, lab.flows.oneSided(0)], [true, true]);
});
