/** A small capture for each thing that can be wrong with a mirror, made from a sound one. */
import { bytes, conversation, ethernet, type Host, ipPacket, tcp, u16, u32, udp } from '../../test/kit/frames.ts';
import { LINKTYPE, newFrame } from '../capture/source.ts';
import { PcapFile } from '../capture/writer.ts';

export interface Shot {
  data: Buffer;
  /** Bytes on the wire when they are more than captured. */
  wire?: number;
  timeUs: number;
}

const START_US = 1_780_000_000_000_000;
const host = (n: number, net = 1): Host => ({
  ip: `192.168.${net}.${n}`,
  mac: `02:00:00:00:${net.toString(16).padStart(2, '0')}:${n.toString(16).padStart(2, '0')}`,
});
const server: Host = { ip: '203.0.113.7', mac: host(1).mac };
const everyone: Host = { ip: '192.168.1.255', mac: 'ff:ff:ff:ff:ff:ff' };
export const OWN: Host = host(50);

/** Gives IPv4 frames rising identifications, as senders do. */
function numbered(frames: Buffer[]): Buffer[] {
  return frames.map((frame, i) => {
    const out = Buffer.from(frame);
    if (out.readUInt16BE(12) === 0x0800) out.writeUInt16BE((i + 1) & 0xffff, 18);
    return out;
  });
}

const at = (frames: Buffer[], stepUs = 2000): Shot[] =>
  frames.map((data, i) => ({ data, timeUs: START_US + i * stepUs }));

function conversations(count: number, turns = 4, size = 400): Buffer[] {
  const frames: Buffer[] = [];
  for (let n = 0; n < count; n++) {
    const talk: ['>' | '<', Buffer][] = Array.from({ length: turns }, (_, i) => [
      i & 1 ? '<' : '>',
      Buffer.alloc(size, n + i),
    ]);
    frames.push(...conversation(host(10 + (n % 40)), server, 40_000 + n, 443, talk));
  }
  return numbered(frames);
}

const sender = (frame: Buffer): string => frame.subarray(6, 12).toString('hex');
const serverMac = server.mac.replaceAll(':', '');

/** The same frame as a router hands it on: other MACs, a lower TTL. */
function routed(frame: Buffer): Buffer {
  const out = Buffer.from(frame);
  out.write('020000009901020000009902', 0, 'hex');
  out[22]! -= 1;
  return out;
}
const tagged = (frame: Buffer, vlan: number): Buffer =>
  bytes(frame.subarray(0, 12), u16(0x8100), u16(vlan), frame.subarray(12));

const arp = (from: Host, wanted: string): Buffer =>
  ethernet(
    from,
    everyone,
    bytes(
      [0, 1, 8, 0, 6, 4, 0, 1],
      Buffer.from(from.mac.replaceAll(':', ''), 'hex'),
      from.ip.split('.').map(Number),
      Buffer.alloc(6),
      wanted.split('.').map(Number),
    ),
    0x0806,
  );

function pvst(vlan: number): Buffer {
  const bridge = Buffer.from('020000000001', 'hex');
  const bpdu = bytes([0, 0, 0, 0, 0], u16(0x8000), bridge, u32(4), u16(0x8000), bridge, u16(0x8001), Buffer.alloc(8));
  const body = bytes([0xaa, 0xaa, 3, 0, 0, 0x0c], u16(0x010b), bpdu, [0, 0, 0, 0, 2], u16(vlan));
  return bytes(Buffer.from('01000ccccccd', 'hex'), bridge, u16(body.length), body);
}

/** What any port of a switch gets. */
function chatter(count: number): Buffer[] {
  return numbered(
    Array.from({ length: count }, (_, i) =>
      i % 3
        ? arp(host(10 + (i % 30)), '192.168.1.1')
        : udp(host(10 + (i % 30)), everyone, 137, 137, Buffer.alloc(50, i)),
    ),
  );
}

function erspan(frames: Buffer[], type: 1 | 2 | 3, missing: (i: number) => boolean, cut = 0): Buffer[] {
  const out: Buffer[] = [];
  frames.forEach((frame, i) => {
    if (missing(i)) return;
    const session = u16(5 | cut);
    const head =
      type === 1
        ? bytes(u16(0), u16(0x88be))
        : type === 2
          ? bytes(u16(0x1000), u16(0x88be), u32(i), u16(0x1001), session, u32(0))
          : bytes(u16(0x1000), u16(0x22eb), u32(i), u16(0x2001), session, u32(0), u32(0));
    out.push(ethernet(host(2), OWN, ipPacket('10.0.0.2', OWN.ip, 47, bytes(head, frame))));
  });
  return out;
}

/** An NTP server's answer whose clock is `aheadSeconds` ahead of the capture's. */
function ntp(timeUs: number, aheadSeconds: number): Buffer {
  const answer = Buffer.alloc(48);
  answer[0] = 0x24;
  answer[1] = 2;
  answer.writeUInt32BE(Math.floor(timeUs / 1e6 + 2_208_988_800 + aheadSeconds), 40);
  return udp(server, host(10), 123, 50_000, answer);
}

function withClock(aheadSeconds: number): Shot[] {
  const shots = at(conversations(40));
  return shots.map((shot, i) => (i % 50 ? shot : { ...shot, data: ntp(shot.timeUs, aheadSeconds) }));
}

/** A download of which every 25th segment is missing, though its receiver acknowledges all. */
function holes(): Buffer[] {
  const frames: Buffer[] = [];
  let seq = 5000;
  for (let i = 0; i < 1500; i++) {
    const fields = { sport: 443, dport: 40_000, seq, ack: 1000, flags: 16, payload: Buffer.alloc(1000, i) };
    if (i % 25 !== 7) frames.push(tcp(server, host(10), fields));
    seq += 1000;
    if (i % 4 === 3) frames.push(tcp(host(10), server, { sport: 40_000, dport: 443, seq: 1000, ack: seq, flags: 16 }));
  }
  return numbered(frames);
}

const long = (size: number): Buffer[] =>
  numbered(
    Array.from({ length: 300 }, (_, i) =>
      tcp(server, host(10), {
        sport: 443,
        dport: 40_000,
        seq: i * size,
        ack: 1,
        flags: 16,
        payload: Buffer.alloc(size, i),
      }),
    ),
  );
const cutTo = (frames: Buffer[], size: number): Shot[] => at(frames.map((frame) => frame.subarray(0, size)));

export const FIXTURES = {
  sound: () => withClock(0.2),
  nothing: () => [],
  'one-direction': () => at(conversations(40).filter((frame) => sender(frame) === serverMac)),
  'some-one-way': () =>
    at(conversations(40).filter((frame) => sender(frame) === serverMac || frame.readUInt16BE(34) % 2 === 0)),
  'twice-same': () =>
    at(
      conversations(40).flatMap((frame) => [frame, frame]),
      500,
    ),
  'twice-routed': () =>
    at(
      conversations(40).flatMap((frame) => [frame, routed(frame)]),
      500,
    ),
  'twice-tag': () =>
    at(
      conversations(40).flatMap((frame) => [frame, tagged(frame, 7)]),
      500,
    ),
  'broadcast-only': () => at(chatter(300)),
  'own-traffic': () =>
    at(
      numbered(
        Array.from({ length: 40 }, (_, n) =>
          conversation(host(10), OWN, 41_000 + n, 443, [
            ['>', Buffer.alloc(90, n)],
            ['<', Buffer.alloc(900, n)],
          ]),
        ).flat(),
      ),
    ),
  'tags-stripped': () =>
    at([...conversations(40), ...[1, 2, 3].flatMap((net) => [arp(host(9, net), `192.168.${net}.1`), pvst(net * 10)])]),
  'tags-kept': () => at(conversations(40).map((frame) => tagged(frame, 30))),
  'erspan-whole': () => at(erspan(conversations(40), 2, () => false)),
  'erspan-lost': () => at(erspan(conversations(40), 3, (i) => i % 20 === 3)),
  'erspan-one': () => at(erspan(conversations(40), 1, () => false)),
  'erspan-cut': () => at(erspan(conversations(40), 2, () => false, 0x0400)),
  'cut-by-switch': () => cutTo(conversations(40), 96),
  'cut-by-capture': () =>
    conversations(40).map((data, i) => ({
      data: data.subarray(0, 96),
      wire: data.length,
      timeUs: START_US + i * 2000,
    })),
  offloads: () => at(long(20_000)),
  'long-frames': () => at(long(2000)),
  holes: () => at(holes()),
  'clock-wrong': () => withClock(3600),
  'out-of-order': () =>
    at(conversations(40)).map((shot, i) => ({ ...shot, timeUs: shot.timeUs - (i % 10 ? 0 : 50_000) })),
} as const satisfies { [name: string]: () => Shot[] };

/** Writes a fixture as a pcap file. */
export function writeFixture(path: string, shots: readonly Shot[]): void {
  const file = new PcapFile(path, LINKTYPE.ETHERNET);
  const frame = newFrame();
  for (const { data, wire, timeUs } of shots) {
    Object.assign(frame, { buf: data, off: 0, capLen: data.length, wireLen: wire ?? data.length, timeUs });
    file.add(frame);
  }
  file.close();
}
