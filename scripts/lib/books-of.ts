/** Books of a capture: packets and bytes of each direction by five-tuple, from our flow table, from tshark, and from nDPI. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { openFile } from '../../src/capture/open.ts';
import type { SourceState } from '../../src/capture/source.ts';
import { ALL_TUNNELS } from '../../src/decode/context.ts';
import { decodeFrame } from '../../src/decode/link.ts';
import { CONTROL } from '../../src/decode/neighbours.ts';
import { IPPROTO, Packet } from '../../src/decode/packet.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import { ipText, parseIp } from '../../src/flows/address.ts';
import { TIMEOUTS } from '../../src/flows/flows.ts';
import type { TruthRow } from './truth.ts';

/** Packets and bytes of one direction. */
export interface Side {
  packets: number;
  bytes: number;
}
/** By "proto a|port b|port" with the smaller end first; sides in that order. */
export type Books = Map<string, [Side, Side]>;

/** Things about a five-tuple that make others count differently. */
export type Trait = 'fragment' | 'cut' | 'tunnel' | 'arp inside';

/** One spelling for each address; the truth has some with two "::", of which the first is a single zero. */
function full(text: string): string {
  const ip = parseIp(text) ?? parseIp(text.replace('::', ':0:'));
  return ip ? ipText(ip.version, ...ip.words) : text;
}

export function book(books: Books, proto: number, from: string, to: string, packets: number, bytes: number): void {
  const forward = from < to;
  const key = `${proto} ${forward ? `${from} ${to}` : `${to} ${from}`}`;
  let sides = books.get(key);
  if (!sides)
    books.set(
      key,
      (sides = [
        { packets: 0, bytes: 0 },
        { packets: 0, bytes: 0 },
      ]),
    );
  const side = sides[forward ? 0 : 1];
  side.packets += packets;
  side.bytes += bytes;
}

/**
 * What the flow table booked of TCP and UDP, all time-outs off, and the traits of each five-tuple. Fragments after the
 * first are taken out again: nobody else counts them to a flow. `asTruth` follows the default tunnels only and counts
 * captured bytes.
 */
export async function ourBooks(
  path: string,
  asTruth: boolean,
): Promise<{ books: Books; traits: Map<string, Set<Trait>> }> {
  const books: Books = new Map();
  const traits = new Map<string, Set<Trait>>();
  const forever = 1e9;
  const timeouts = { ...TIMEOUTS, tcpEstablished: forever, tcpHalfOpen: forever, tcpClosed: forever, udp: forever };
  const limits = {
    flows: 16_384,
    hosts: 1024,
    devices: 1024,
    inspections: 4096,
    streamBytes: 4096,
    streamTotalBytes: 1 << 20,
  };
  const pipeline: Pipeline = new Pipeline(
    limits,
    {
      detected() {},
      periodic() {},
      ended(f) {
        const { proto, client, server, c2s, s2c } = pipeline.record(f);
        if (proto !== IPPROTO.TCP && proto !== IPPROTO.UDP) return;
        const [a, b] = [`${full(client.ip)}|${client.port}`, `${full(server.ip)}|${server.port}`];
        book(books, proto, a, b, c2s.packets, c2s.bytes);
        book(books, proto, b, a, s2c.packets, s2c.bytes);
      },
    },
    timeouts,
  );
  if (!asTruth) pipeline.decoding.follow = ALL_TUNNELS;
  let arpInside = false;
  const p = new Packet();
  if (!asTruth) p.context.follow = ALL_TUNNELS;
  const source = openFile(path);
  const ended = new Promise<SourceState>((resolve) => {
    source.onState = (state) => {
      if (state.status === 'ended' || state.status === 'failed') resolve(state);
    };
  });
  await source.start({
    packet(frame) {
      pipeline.packet(frame);
      const booked = decodeFrame(frame, p);
      if (!booked && p.control !== CONTROL.NONE && p.tunnels > 0) arpInside = true;
      if (!booked) return;
      const version = p.ipVersion as 4 | 6;
      const from = `${ipText(version, p.s0, p.s1, p.s2, p.s3)}|${p.sport}`;
      const to = `${ipText(version, p.d0, p.d1, p.d2, p.d3)}|${p.dport}`;
      const key = `${p.proto} ${from < to ? `${from} ${to}` : `${to} ${from}`}`;
      const add = (trait: Trait): void => void traits.set(key, (traits.get(key) ?? new Set()).add(trait));
      if (p.fragment) add('fragment');
      if (p.fragmentOffset > 0 && !p.laterFragment) book(books, p.proto, from, to, -1, -frame.wireLen);
      if (frame.capLen < frame.wireLen) add('cut');
      if (asTruth && !p.laterFragment && p.fragmentOffset === 0)
        book(books, p.proto, from, to, 0, frame.capLen - frame.wireLen);
      if (p.tunnels > 0) add('tunnel');
    },
    endOfSlice() {
      pipeline.endOfSlice();
    },
  });
  await ended;
  pipeline.flows.endAll('shutdown');
  if (arpInside) for (const key of books.keys()) traits.set(key, (traits.get(key) ?? new Set()).add('arp inside'));
  return { books, traits };
}

const FIELDS = [
  ...['frame.len', 'frame.protocols', 'ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst'],
  ...['tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport'],
];

/**
 * What tshark makes of the frames, by its own addresses and ports, the innermost of each frame; rejects where there is no
 * tshark. An ICMP error quotes the header of another packet, which is no packet of that flow.
 */
export async function tsharkBooks(path: string): Promise<Books> {
  const books: Books = new Map();
  // The first fragment alone bears ports then, as in nDPI's books.
  const whole = ['ip.defragment', 'ipv6.defragment', 'tcp.desegment_tcp_streams'];
  const args = [
    '-n',
    '-r',
    path,
    ...whole.flatMap((name) => ['-o', `${name}:FALSE`]),
    '-T',
    'fields',
    '-E',
    'occurrence=l',
    ...FIELDS.flatMap((field) => ['-e', field]),
  ];
  const child = spawn('tshark', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  const read = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const columns = line.split('\t').map((values) => values.split(';'));
      const layers = columns[1]![0]!.split(':');
      // A sample bears the head of another packet, which did not pass here.
      const outer = layers.includes('sflow');
      if (outer) layers.length = layers.indexOf('sflow');
      const [length, , ip4, to4, ip6, to6, tcpFrom, tcpTo, udpFrom, udpTo] = columns.map((all) =>
        all.at(outer ? 0 : -1),
      );
      if (layers.includes('icmp') || layers.includes('icmpv6')) continue;
      const tcp = layers.lastIndexOf('tcp') > layers.lastIndexOf('udp');
      const [sport, dport] = tcp ? [tcpFrom, tcpTo] : [udpFrom, udpTo];
      if (!sport || !dport) continue;
      // The innermost packet bears neither.
      if (Math.max(layers.lastIndexOf('ip'), layers.lastIndexOf('ipv6')) > layers.lastIndexOf(tcp ? 'tcp' : 'udp'))
        continue;
      const six = layers.lastIndexOf('ipv6') > layers.lastIndexOf('ip');
      const [from, to] = six ? [ip6, to6] : [ip4, to4];
      if (!from || !to) continue;
      const proto = tcp ? IPPROTO.TCP : IPPROTO.UDP;
      book(books, proto, `${full(from)}|${sport}`, `${full(to)}|${dport}`, 1, Number(length));
    }
  })();
  await Promise.race([read, failed]);
  return books;
}

/** What the truth says of TCP and UDP; its VLANs are added up. */
export function truthBooks(rows: readonly TruthRow[]): Books {
  const books: Books = new Map();
  for (const row of rows) {
    const proto = Number(row['l4_proto']);
    if (proto !== IPPROTO.TCP && proto !== IPPROTO.UDP) continue;
    const [a, b] = [`${full(row['src_ip']!)}|${row['src_port']}`, `${full(row['dst_ip']!)}|${row['dst_port']}`];
    book(books, proto, a, b, Number(row['c2s_pkts']), Number(row['c2s_bytes']));
    book(books, proto, b, a, Number(row['s2c_pkts']), Number(row['s2c_bytes']));
  }
  return books;
}
