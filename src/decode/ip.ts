/** IPv4 (RFC 791 section 3.1) and IPv6 (RFC 8200 sections 3 and 4): addresses, fragments, extension headers, IP in IP. */
import { count, counter } from './counters.ts';
import type { Cursor } from './cursor.ts';
import { ADDED, DATA_AT } from './fragments.ts';
import { IPPROTO, type Packet } from './packet.ts';
import { decodeTransport } from './transport.ts';
import { followIp, followUdp, isTunnelPort, WAY } from './tunnels.ts';

const IP4_SHORT = counter('decode.ipv4.too_short');
const IP4_HEADER = counter('decode.ipv4.bad_header_length');
const IP4_TOTAL = counter('decode.ipv4.bad_total_length');
const IP6_SHORT = counter('decode.ipv6.too_short');
const IP6_EXTENSIONS = counter('decode.ipv6.too_many_extensions');
const VERSION = counter('decode.ip.unknown_version');

const MAX_EXTENSIONS = 8;

/** Decodes an IP packet of either version at the cursor. False when it is none or too short to be counted as one. */
export function decodeIp(c: Cursor, p: Packet): boolean {
  const version = c.peek8(0) >> 4;
  if (version === 4) return decodeIpv4(c, p);
  if (version === 6) return decodeIpv6(c, p);
  count(VERSION);
  return false;
}

function decodeIpv4(c: Cursor, p: Packet): boolean {
  if (!c.has(20)) {
    count(IP4_SHORT);
    return false;
  }
  const header = (c.u8() & 15) * 4;
  p.tos = c.u8();
  let total = c.u16();
  const id = c.u16();
  p.ipId = id;
  const fragment = c.u16();
  p.ttl = c.u8();
  p.proto = c.u8();
  c.skip(2);
  p.s3 = c.i32();
  p.d3 = c.i32();
  if (header < 20 || !c.has(header - 20)) {
    count(IP4_HEADER);
    return false;
  }
  // 0 comes from segmentation offload on the sending host; then the frame's length decides.
  if (total === 0) total = c.left + 20;
  if (total < header) {
    count(IP4_TOTAL);
    return false;
  }
  p.ipVersion = 4;
  c.skip(header - 20);
  const wire = total - header;
  if (c.left > wire) c.end = c.pos + wire;
  if (fragment & 0x3fff) {
    return decodeFragment(c, p, id, (fragment & 0x1fff) * 8, (fragment & 0x2000) !== 0, wire, p.proto);
  }
  return upper(c, wire, p);
}

function decodeIpv6(c: Cursor, p: Packet): boolean {
  if (!c.has(40)) {
    count(IP6_SHORT);
    return false;
  }
  p.tos = (c.peek16(0) >> 4) & 0xff;
  c.skip(4);
  let wire = c.u16();
  const next = c.u8();
  p.ttl = c.u8();
  p.s0 = c.i32();
  p.s1 = c.i32();
  p.s2 = c.i32();
  p.s3 = c.i32();
  p.d0 = c.i32();
  p.d1 = c.i32();
  p.d2 = c.i32();
  p.d3 = c.i32();
  p.ipVersion = 6;
  if (wire === 0) wire = c.left;
  if (c.left > wire) c.end = c.pos + wire;
  return decodeExtensions(c, p, next, wire);
}

/** The chain of extension headers from `next` on, `wire` bytes long with what follows it. */
function decodeExtensions(c: Cursor, p: Packet, first: number, length: number): boolean {
  let next = first;
  let wire = length;
  for (let n = 0; isExtension(next); n++) {
    if (n === MAX_EXTENSIONS) {
      count(IP6_EXTENSIONS);
      break;
    }
    if (!c.has(8)) {
      count(IP6_SHORT);
      p.proto = next;
      return true;
    }
    const size = next === 44 ? 8 : (c.peek8(1) + 1) * 8;
    const fragment = next === 44 ? c.peek16(2) : 0;
    const id = c.peek32(4) | 0;
    next = c.peek8(0);
    c.skip(size);
    wire -= size;
    // A fragment that is alone (RFC 6946) has neither offset nor more to come.
    if (fragment & 0xfff9) return decodeFragment(c, p, id, fragment & 0xfff8, (fragment & 1) !== 0, wire, next);
  }
  p.proto = next;
  return upper(c, wire, p);
}

/**
 * A fragment at the cursor: its data is `wire` bytes at `offset`, of a datagram whose payload begins with header `next`.
 * The one that completes the datagram is decoded as the whole of it; the others bring their ports and length.
 */
function decodeFragment(
  c: Cursor,
  p: Packet,
  id: number,
  offset: number,
  more: boolean,
  wire: number,
  next: number,
): boolean {
  const { fragments } = p.context;
  p.fragment = true;
  p.fragmentOffset = offset;
  p.proto = next;
  const added = fragments.add(p, id, offset, more, c.pos, Math.min(c.left, wire), wire);
  if (added === ADDED.WHOLE) {
    if (p.macAt >= 0) p.macAt = 0;
    p.buf = fragments.whole;
    c.set(p.buf, DATA_AT, DATA_AT + fragments.wholeLength);
    if (p.ipVersion === 6) return decodeExtensions(c, p, next, fragments.wholeLength);
    return upper(c, fragments.wholeLength, p);
  }
  if (offset === 0) {
    const ok = p.ipVersion === 6 && isExtension(next) ? true : decodeTransport(c, wire, p);
    if (!ok) return false;
    fragments.learnPorts(p, id);
    if (added === ADDED.WAIT) hideTransport(p);
    return true;
  }
  if (fragments.recallPorts(p, id)) hideTransport(p);
  else p.laterFragment = true;
  return true;
}

function hideTransport(p: Packet): void {
  p.partial = true;
  p.tcpFlags = 0;
  p.payloadLen = p.payloadWire = 0;
}

/** Hop-by-hop, routing, fragment, destination options, mobility, HIP, shim6; AH (51) is a protocol of its own for flows. */
function isExtension(next: number): boolean {
  return next === 0 || next === 43 || next === 44 || next === 60 || next === 135 || next === 139 || next === 140;
}

/** The transport layer, or the packet in the packet when this is a tunnel that is followed. */
function upper(c: Cursor, wire: number, p: Packet): boolean {
  const { proto } = p;
  if (proto === IPPROTO.TCP) return decodeTransport(c, wire, p);
  if (proto === IPPROTO.UDP) {
    if (!decodeTransport(c, wire, p)) return false;
    if (!isTunnelPort(p.dport) && !isTunnelPort(p.sport)) return true;
    const way = followUdp(c, p);
    return way === WAY.OUTER || way === WAY.INNER;
  }
  if (proto === IPPROTO.IPIP || proto === IPPROTO.IPV6 || proto === IPPROTO.GRE || proto === IPPROTO.L2TP) {
    const way = followIp(c, p);
    if (way !== WAY.OUTER) return way === WAY.INNER;
  }
  return decodeTransport(c, wire, p);
}
