/**
 * Builds frames for tests, fixtures and the demo: Ethernet, IPv4/IPv6, UDP, TCP with right lengths and checksums, and a
 * TCP conversation with its handshake. Not for speed.
 */
import { parseIp } from '../../src/flows/address.ts';

export interface Host {
  ip: string;
  mac: string;
}

export const bytes = (...parts: (number | string | Uint8Array | number[])[]): Buffer =>
  Buffer.concat(
    parts.map((p) =>
      typeof p === 'number' ? Buffer.from([p]) : typeof p === 'string' ? Buffer.from(p, 'latin1') : Buffer.from(p),
    ),
  );
export const u16 = (n: number): Buffer => Buffer.from([(n >> 8) & 255, n & 255]);
export const u32 = (n: number): Buffer => Buffer.from([(n >>> 24) & 255, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
const mac = (text: string): Buffer => Buffer.from(text.replaceAll(':', ''), 'hex');

function addressBytes(text: string): Buffer {
  const ip = parseIp(text);
  if (!ip) throw new RangeError(`not an address: ${text}`);
  return ip.version === 4 ? u32(ip.words[3]) : Buffer.concat(ip.words.map(u32));
}

/** RFC 1071. */
function checksum(...parts: Buffer[]): number {
  let sum = 0;
  const all = Buffer.concat(parts);
  for (let i = 0; i < all.length; i += 2) sum += (all[i]! << 8) | (all[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** An IP packet without link layer. */
export function ipPacket(from: string, to: string, proto: number, payload: Buffer): Buffer {
  const [source, target] = [addressBytes(from), addressBytes(to)];
  if (source.length === 4) {
    const head = bytes([0x45, 0], u16(20 + payload.length), [0, 0, 0x40, 0, 64, proto, 0, 0], source, target);
    head.writeUInt16BE(checksum(head), 10);
    return Buffer.concat([head, payload]);
  }
  return bytes([0x60, 0, 0, 0], u16(payload.length), [proto, 64], source, target, payload);
}

function withChecksum(from: string, to: string, proto: number, segment: Buffer, at: number): Buffer {
  const pseudo = bytes(addressBytes(from), addressBytes(to), u32(segment.length), u32(proto));
  segment.writeUInt16BE(checksum(pseudo, segment) || 0xffff, at);
  return segment;
}

export function ethernet(
  from: Host,
  to: Host,
  payload: Buffer,
  type = from.ip.includes(':') ? 0x86dd : 0x0800,
): Buffer {
  const frame = bytes(mac(to.mac), mac(from.mac), u16(type), payload);
  return frame.length >= 60 ? frame : Buffer.concat([frame, Buffer.alloc(60 - frame.length)]);
}

export function udp(from: Host, to: Host, sport: number, dport: number, payload: Buffer): Buffer {
  const segment = bytes(u16(sport), u16(dport), u16(8 + payload.length), u16(0), payload);
  return ethernet(from, to, ipPacket(from.ip, to.ip, 17, withChecksum(from.ip, to.ip, 17, segment, 6)));
}

export interface TcpFields {
  sport: number;
  dport: number;
  seq: number;
  ack: number;
  flags: number;
  payload?: Buffer;
}

export function tcp(from: Host, to: Host, t: TcpFields): Buffer {
  const head = bytes(u16(t.sport), u16(t.dport), u32(t.seq), u32(t.ack), [0x50, t.flags], u16(64240), u16(0), u16(0));
  const segment = Buffer.concat([head, t.payload ?? Buffer.alloc(0)]);
  return ethernet(from, to, ipPacket(from.ip, to.ip, 6, withChecksum(from.ip, to.ip, 6, segment, 16)));
}

const [SYN, ACK, PSH, FIN] = [2, 16, 8, 1];

/** A whole TCP conversation: handshake, the turns in order ('>' from the client), FIN both ways. One frame per turn. */
export function conversation(
  client: Host,
  server: Host,
  sport: number,
  dport: number,
  turns: ['>' | '<', Buffer][],
): Buffer[] {
  let [clientSeq, serverSeq] = [1000, 5000];
  const frames: Buffer[] = [];
  const send = (fromClient: boolean, flags: number, payload?: Buffer) => {
    const [from, to] = fromClient ? [client, server] : [server, client];
    frames.push(
      tcp(from, to, {
        sport: fromClient ? sport : dport,
        dport: fromClient ? dport : sport,
        seq: fromClient ? clientSeq : serverSeq,
        ack: flags === SYN ? 0 : fromClient ? serverSeq : clientSeq,
        flags,
        ...(payload ? { payload } : {}),
      }),
    );
    const used = (payload?.length ?? 0) + (flags & (SYN | FIN) ? 1 : 0);
    if (fromClient) clientSeq += used;
    else serverSeq += used;
  };
  send(true, SYN);
  send(false, SYN | ACK);
  send(true, ACK);
  for (const [way, payload] of turns) send(way === '>', PSH | ACK, payload);
  send(true, FIN | ACK);
  send(false, FIN | ACK);
  send(true, ACK);
  return frames;
}

const dnsName = (name: string): Buffer => bytes(...name.split('.').flatMap((l) => [l.length, l]), 0);

/** A DNS query, or its reply with one address, RFC 1035 section 4. */
export function dns(id: number, name: string, answer?: string): Buffer {
  const question = bytes(dnsName(name), u16(1), u16(1));
  if (answer === undefined) return bytes(u16(id), u16(0x0100), u16(1), u16(0), u16(0), u16(0), question);
  const record = bytes(u16(0xc00c), u16(1), u16(1), u32(300), u16(4), addressBytes(answer));
  return bytes(u16(id), u16(0x8180), u16(1), u16(1), u16(0), u16(0), question, record);
}

/** A TLS 1.2/1.3 ClientHello record with a server name, RFC 8446 section 4.1.2. */
export function clientHello(serverName: string): Buffer {
  const vector = (size: 1 | 2, body: Buffer) => bytes(size === 1 ? body.length : u16(body.length), body);
  const extension = (type: number, body: Buffer) => bytes(u16(type), vector(2, body));
  const extensions = Buffer.concat([
    extension(0, vector(2, bytes(0, vector(2, bytes(serverName))))),
    extension(10, vector(2, bytes(u16(29), u16(23)))),
    extension(13, vector(2, bytes(u16(0x0403), u16(0x0804)))),
    extension(16, vector(2, bytes(vector(1, bytes('h2')), vector(1, bytes('http/1.1'))))),
    extension(43, vector(1, bytes(u16(0x0304), u16(0x0303)))),
  ]);
  const body = bytes(
    u16(0x0303),
    Buffer.alloc(32, 7),
    0,
    vector(2, bytes(u16(0x1301), u16(0x1302), u16(0xc02f))),
    vector(1, bytes(0)),
    vector(2, extensions),
  );
  const handshake = bytes(1, 0, u16(body.length), body);
  return bytes(22, u16(0x0301), vector(2, handshake));
}
