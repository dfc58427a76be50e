import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENCAPSULATIONS, type Encapsulation, RIGHT, SIX_IN_FOUR, TEREDO } from '../../test/kit/encapsulations.ts';
import { bytes, ethernet, ipPacket, u16, u32, udp } from '../../test/kit/frames.ts';
import { LINKTYPE, newFrame } from '../capture/source.ts';
import { ALL_TUNNELS, DecodeContext, parseTunnels } from './context.ts';
import { countersSeen, resetCounters } from './counters.ts';
import { decodeFrame } from './link.ts';
import { CONTROL } from './neighbours.ts';
import { Packet } from './packet.ts';
import { MAX_TUNNELS } from './tunnels.ts';

function packet(follow: number, followOwn = 0): Packet {
  const context = new DecodeContext();
  context.follow = follow;
  context.followOwn = followOwn;
  return new Packet(context);
}

function decode(data: Uint8Array, p: Packet, linkType: number = LINKTYPE.ETHERNET): boolean {
  const frame = newFrame();
  frame.buf = data;
  frame.capLen = frame.wireLen = data.length;
  frame.linkType = linkType;
  return decodeFrame(frame, p);
}

const payload = (p: Packet): string =>
  Buffer.from(p.buf.subarray(p.payloadAt, p.payloadAt + p.payloadLen)).toString('latin1');
const all: readonly Encapsulation[] = [...ENCAPSULATIONS, TEREDO, SIX_IN_FOUR];

for (const { name, tunnel, data, linkType, depth } of all) {
  test(`${name}: the packet inside is found`, () => {
    const p = packet(ALL_TUNNELS);
    assert.equal(decode(data, p, linkType), true);
    assert.deepEqual([p.proto, p.sport, p.dport, payload(p), p.tunnels], [17, 40_000, 53, 'hello', depth]);
    assert.equal(p.wireLen, data.length);
  });

  test(`${name}: cut at every byte it is refused or decoded, never thrown`, () => {
    const p = packet(ALL_TUNNELS);
    for (let length = 0; length < data.length; length++) decode(data.subarray(0, length), p, linkType);
  });

  if (tunnel === '' || tunnel === 'all') continue;
  test(`${name}: not followed unless ${tunnel} is to be`, () => {
    const one = packet(parseTunnels([tunnel]).follow);
    assert.equal(decode(data, one, linkType), true);
    assert.equal(one.tunnels, 1);
    const others = packet(ALL_TUNNELS & ~parseTunnels([tunnel]).follow);
    assert.equal(decode(data, others, linkType), true);
    assert.equal(others.tunnels, 0);
    assert.notEqual(others.sport, 40_000);
  });
}

test('a mirror addressed to this machine is followed, another is not', () => {
  const vxlan = all.find(({ name }) => name === 'vxlan')!;
  const p = packet(0, ALL_TUNNELS);
  decode(vxlan.data, p);
  assert.equal(p.tunnels, 0);
  p.context.setOwn([[0, 0, 0, 0x0a090002]]);
  decode(vxlan.data, p);
  assert.equal(p.tunnels, 1);
});

test('names of tunnels, and those that are none', () => {
  assert.deepEqual(parseTunnels(['gre', 'wormhole', 'none']), {
    follow: parseTunnels(['gre']).follow,
    bad: ['wormhole'],
  });
  assert.equal(parseTunnels(['all']).follow, ALL_TUNNELS);
});

test('deeper than the limit stays the tunnel at the limit, and is counted', () => {
  resetCounters();
  let inside = ipPacket('10.0.0.1', '10.0.0.2', 17, bytes(u16(1), u16(2), u16(8), u16(0)));
  for (let i = 0; i < MAX_TUNNELS + 3; i++)
    inside = ipPacket('10.0.0.1', '10.0.0.2', 47, bytes(u16(0), u16(0x0800), inside));
  const p = packet(ALL_TUNNELS);
  assert.equal(decode(inside, p, LINKTYPE.RAW), true);
  assert.deepEqual([p.proto, p.tunnels], [47, MAX_TUNNELS]);
  assert.equal(countersSeen()['decode.tunnel.max_depth_exceeded'], 1);
});

test('a tunnel with nothing in it stays the flow of its ends', () => {
  resetCounters();
  const junk = udp(
    { ip: '10.0.0.1', mac: RIGHT.mac },
    RIGHT,
    5,
    4789,
    bytes(8, 0, 0, 0, 0, 0, 1, 0, Buffer.alloc(40, 0xee)),
  );
  const p = packet(ALL_TUNNELS);
  assert.equal(decode(junk, p), true);
  assert.deepEqual([p.sport, p.dport, p.tunnels, p.payloadLen, p.macAt], [5, 4789, 0, 48, 0]);
  assert.equal(countersSeen()['decode.tunnel.nothing_inside'], 1);
});

test('arp in a tunnel is for the devices', () => {
  const arp = bytes(Buffer.alloc(12, 2), u16(0x0806), Buffer.alloc(28));
  const p = packet(ALL_TUNNELS);
  const frame = udp({ ip: '10.0.0.1', mac: RIGHT.mac }, RIGHT, 5, 4789, bytes(8, 0, 0, 0, 0, 0, 1, 0, arp));
  assert.equal(decode(frame, p), false);
  assert.deepEqual([p.control, p.controlEnd - p.controlAt], [CONTROL.ARP, 28]);
});

test('gaps in the sequence of erspan are counted, late ones taken back, each session by itself', () => {
  const p = packet(ALL_TUNNELS);
  const send = (sequence: number, session: number) => {
    const inner = all[0]!.data;
    const gre = bytes(u16(0x1000), u16(0x88be), u32(sequence), u16(0x1007), u16(session), u32(0), inner);
    decode(ethernet(RIGHT, RIGHT, ipPacket('10.0.0.1', '10.0.0.2', 47, gre)), p);
  };
  for (const n of [1, 2, 5, 6, 4, 7]) send(n, 1);
  send(1000, 2);
  send(1001, 2 | 0x0400);
  const { erspan } = p.context;
  assert.deepEqual([erspan.lost, erspan.truncated, erspan.types[2]], [1, 1, 8]);
});
