/**
 * TCP (RFC 9293 section 3.1), UDP (RFC 768), ICMP (RFC 792), ICMPv6 (RFC 4443): ports, flags, payload. Other protocols,
 * SCTP too, are one flow per pair of addresses, as ntopng has them.
 */
import { count, counter } from './counters.ts';
import type { Cursor } from './cursor.ts';
import { IPPROTO, type Packet } from './packet.ts';

const TCP_SHORT = counter('decode.tcp.too_short');
const TCP_OFFSET = counter('decode.tcp.bad_data_offset');
const UDP_SHORT = counter('decode.udp.too_short');
const ICMP_SHORT = counter('decode.icmp.too_short');

/**
 * Reads the transport header at the cursor, whose end is the end of the IP payload as captured.
 * `wire` is the IP payload's length by its header. False when not even the ports are there.
 */
export function decodeTransport(c: Cursor, wire: number, p: Packet): boolean {
  switch (p.proto) {
    case IPPROTO.TCP:
      return decodeTcp(c, wire, p);
    case IPPROTO.UDP:
      return decodeUdp(c, wire, p);
    case IPPROTO.ICMP:
    case IPPROTO.ICMPV6:
      return decodeIcmp(c, wire, p);
    default:
      return payload(c, wire, p);
  }
}

function payload(c: Cursor, wire: number, p: Packet): boolean {
  p.payloadAt = c.pos;
  p.payloadWire = Math.max(wire, 0);
  p.payloadLen = Math.min(c.left, p.payloadWire);
  return true;
}

/** A header cut behind its ports: the packet still belongs to its flow. */
function portsOnly(c: Cursor, p: Packet): boolean {
  if (!c.has(4)) return false;
  p.sport = c.u16();
  p.dport = c.u16();
  p.payloadAt = c.pos;
  p.partial = true;
  return true;
}

function decodeTcp(c: Cursor, wire: number, p: Packet): boolean {
  if (!c.has(20)) {
    count(TCP_SHORT);
    return portsOnly(c, p);
  }
  p.sport = c.u16();
  p.dport = c.u16();
  p.seq = c.i32();
  p.ack = c.i32();
  const header = (c.u8() >> 4) * 4;
  p.tcpFlags = c.u8();
  p.window = c.u16();
  if (header < 20 || header > wire) {
    // The ports are good, so it belongs to its flow; where its payload begins nobody knows.
    count(TCP_OFFSET);
    p.payloadAt = c.pos;
    return true;
  }
  c.skip(header - 16);
  return payload(c, wire - header, p);
}

function decodeUdp(c: Cursor, wire: number, p: Packet): boolean {
  if (!c.has(8)) {
    count(UDP_SHORT);
    return portsOnly(c, p);
  }
  p.sport = c.u16();
  p.dport = c.u16();
  const length = c.u16();
  c.skip(2);
  // Length 0 is legal in IPv6 jumbograms and seen with offloads: then the IP length decides.
  return payload(c, length >= 8 && length <= wire ? length - 8 : wire - 8, p);
}

function decodeIcmp(c: Cursor, wire: number, p: Packet): boolean {
  if (!c.has(4)) {
    count(ICMP_SHORT);
    return false;
  }
  p.icmpType = c.u8();
  p.icmpCode = c.u8();
  c.skip(2);
  return payload(c, wire - 4, p);
}
