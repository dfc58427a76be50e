import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, type Host, ipPacket, tcp, u16, udp } from '../../test/kit/frames.ts';
import { LINKTYPE, newFrame } from '../capture/source.ts';
import { countersSeen, resetCounters } from './counters.ts';
import { decodeFrame } from './link.ts';
import { Packet } from './packet.ts';

const a: Host = { ip: '192.168.1.2', mac: '02:00:00:00:00:0a' };
const b: Host = { ip: '192.168.1.1', mac: '02:00:00:00:00:0b' };
const a6: Host = { ip: '2001:db8::2', mac: a.mac };
const b6: Host = { ip: '2001:db8::1', mac: b.mac };
const plain = udp(a, b, 40000, 53, Buffer.from('hello'));
const ip = ipPacket(a.ip, b.ip, 17, bytes(u16(40000), u16(53), u16(13), u16(0), 'hello'));

function decode(
  data: Uint8Array,
  linkType: number = LINKTYPE.ETHERNET,
  vlanTci = -1,
  p = new Packet(),
): { ok: boolean; p: Packet } {
  const frame = newFrame();
  frame.buf = data;
  frame.capLen = frame.wireLen = data.length;
  frame.linkType = linkType;
  frame.vlanTci = vlanTci;
  return { ok: decodeFrame(frame, p), p };
}

function isHello(p: Packet): void {
  assert.deepEqual(
    [
      p.ipVersion,
      p.proto,
      p.sport,
      p.dport,
      p.payloadWire,
      Buffer.from(p.buf.subarray(p.payloadAt, p.payloadAt + p.payloadLen)).toString(),
    ],
    [4, 17, 40000, 53, 5, 'hello'],
  );
}

const ethernetWith = (...between: Buffer[]) => bytes(plain.subarray(0, 12), ...between, ip);
const LINKS: [string, Buffer, number, Partial<Packet>][] = [
  ['ethernet, padded to 60 bytes', plain, LINKTYPE.ETHERNET, { vlan: 0 }],
  ['802.1q', ethernetWith(u16(0x8100), u16(7), u16(0x0800)), LINKTYPE.ETHERNET, { vlan: 7 }],
  [
    '802.1ad over 802.1q',
    ethernetWith(u16(0x88a8), u16(9), u16(0x8100), u16(7), u16(0x0800)),
    LINKTYPE.ETHERNET,
    { vlan: 7, outerVlan: 9 },
  ],
  [
    '0x8100 twice',
    ethernetWith(u16(0x8100), u16(9), u16(0x8100), u16(7), u16(0x0800)),
    LINKTYPE.ETHERNET,
    { vlan: 7, outerVlan: 9 },
  ],
  ['mpls, two labels', ethernetWith(u16(0x8847), bytes(0, 1, 0, 64), bytes(0, 2, 1, 64)), LINKTYPE.ETHERNET, {}],
  ['pppoe', ethernetWith(u16(0x8864), bytes(0x11, 0, 0, 1), u16(ip.length + 2), u16(0x0021)), LINKTYPE.ETHERNET, {}],
  ['llc and snap', ethernetWith(u16(ip.length + 8), bytes(0xaa, 0xaa, 3, 0, 0, 0), u16(0x0800)), LINKTYPE.ETHERNET, {}],
  ['raw', ip, LINKTYPE.RAW, {}],
  ['bsd null', bytes(2, 0, 0, 0, ip), LINKTYPE.NULL, {}],
  ['linux sll', bytes(Buffer.alloc(14), u16(0x0800), ip), LINKTYPE.LINUX_SLL, {}],
  ['linux sll2', bytes(u16(0x0800), Buffer.alloc(18), ip), LINKTYPE.LINUX_SLL2, {}],
  ['ppp with address and control', bytes(0xff, 3, 0, 0x21, ip), LINKTYPE.PPP, {}],
  ['ppp with a compressed protocol', bytes(0x21, ip), LINKTYPE.PPP, {}],
  ['cisco hdlc', bytes(0x0f, 0, u16(0x0800), ip), LINKTYPE.CHDLC, {}],
  ['ppi around ethernet', bytes(0, 0, 8, 0, 1, 0, 0, 0, plain), LINKTYPE.PPI, {}],
  ['ip in ip', ipPacket('10.0.0.1', '10.0.0.2', 4, ip), LINKTYPE.RAW, { tunnels: 1 }],
  ['4in6', ipPacket('2001:db8::1', '2001:db8::2', 4, ip), LINKTYPE.RAW, { tunnels: 1 }],
];

for (const [name, data, linkType, fields] of LINKS) {
  test(`${name}: finds the datagram`, () => {
    const { ok, p } = decode(data, linkType);
    assert.equal(ok, true);
    isHello(p);
    for (const [field, value] of Object.entries(fields)) assert.equal(p[field as keyof Packet], value, field);
  });
  test(`${name}: cut at every byte it is refused or decoded, never thrown`, () => {
    for (let length = 0; length < data.length; length++) decode(data.subarray(0, length), linkType);
  });
}

test('the tag that the kernel took out is the vlan', () => {
  assert.equal(decode(plain, LINKTYPE.ETHERNET, 0x2007).p.vlan, 7);
});

test('ipv6 with extension headers, and its fragments', () => {
  const datagram = bytes(u16(40000), u16(53), u16(13), u16(0), 'hello');
  const hop = bytes(17, 0, 1, 4, 0, 0, 0, 0);
  const { p } = decode(ipPacket(a6.ip, b6.ip, 0, bytes(hop, datagram)), LINKTYPE.RAW);
  assert.deepEqual([p.ipVersion, p.proto, p.dport], [6, 17, 53]);
  const later = bytes(17, 0, u16(8 << 3), 0, 0, 0, 1, 'more');
  const fragment = decode(ipPacket(a6.ip, b6.ip, 44, later), LINKTYPE.RAW).p;
  assert.deepEqual([fragment.laterFragment, fragment.proto, fragment.dport], [true, 17, 0]);
});

test('more tunnels than the limit are counted, not followed', () => {
  resetCounters();
  let packet = ip;
  for (let i = 0; i < 8; i++) packet = ipPacket('10.0.0.1', '10.0.0.2', 4, packet);
  const { p } = decode(packet, LINKTYPE.RAW);
  assert.equal(p.proto, 4);
  assert.equal(countersSeen()['decode.tunnel.max_depth_exceeded'], 1);
});

test('what a packet was before leaves no trace in the next', () => {
  const used = new Packet();
  const tagged = LINKS.map(([, data, linkType]) => ({ data, linkType }));
  const frames = [
    ...tagged,
    { data: tcp(a6, b6, { sport: 1, dport: 2, seq: -5, ack: 9, flags: 18 }), linkType: LINKTYPE.ETHERNET },
  ];
  for (const first of frames) {
    for (const second of frames) {
      decode(first.data, first.linkType, 5, used);
      const fresh = decode(second.data, second.linkType).p;
      assert.deepEqual({ ...decode(second.data, second.linkType, -1, used).p }, { ...fresh });
    }
  }
});

test('refusals have names', () => {
  resetCounters();
  decode(plain.subarray(0, 10));
  decode(plain.subarray(0, 30));
  decode(plain, 999);
  const seen = countersSeen();
  assert.equal(seen['decode.ethernet.too_short'], 1);
  assert.equal(seen['decode.ipv4.too_short'], 1);
  assert.equal(seen['decode.link.unknown_type'], 1);
});

test('fifty thousand mutated frames: no throw, lengths stay inside the frame', () => {
  let state = 12345;
  const random = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % n;
  };
  for (let i = 0; i < 50_000; i++) {
    const [, seed, linkType] = LINKS[random(LINKS.length)]!;
    const data = Buffer.from(seed.subarray(0, random(4) ? seed.length : random(seed.length)));
    for (let n = random(6); n >= 0 && data.length; n--) data[random(data.length)] = random(256);
    const { ok, p } = decode(data, linkType);
    if (!ok) continue;
    assert.ok(p.payloadLen >= 0 && p.payloadAt + p.payloadLen <= data.length);
  }
});
