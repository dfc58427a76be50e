/** IPv4 (RFC 791 section 3.1) and IPv6 (RFC 8200 sections 3 and 4): addresses, fragments, extension headers, IP in IP. */
import { count, counter } from './counters.ts';
import type { Cursor } from './cursor.ts';
import { IPPROTO, type Packet } from './packet.ts';
import { decodeTransport } from './transport.ts';

const IP4_SHORT = counter('decode.ipv4.too_short');
const IP4_HEADER = counter('decode.ipv4.bad_header_length');
const IP4_TOTAL = counter('decode.ipv4.bad_total_length');
const IP6_SHORT = counter('decode.ipv6.too_short');
const IP6_EXTENSIONS = counter('decode.ipv6.too_many_extensions');
const VERSION = counter('decode.ip.unknown_version');
const DEEP = counter('decode.tunnel.max_depth_exceeded');

/** Packets inside packets followed at most so deep; a crafted frame could nest a hundred. */
export const MAX_TUNNELS = 4;
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
  c.skip(2);
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
    p.fragment = true;
    if (fragment & 0x1fff) {
      p.laterFragment = true;
      return true;
    }
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
  let next = c.u8();
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
    const length = next === 44 ? 8 : next === IPPROTO.AH ? (c.peek8(1) + 2) * 4 : (c.peek8(1) + 1) * 8;
    if (next === 44) {
      p.fragment = true;
      if (c.peek16(2) & 0xfff8) {
        p.proto = c.peek8(0);
        p.laterFragment = true;
        return true;
      }
    }
    next = c.peek8(0);
    c.skip(length);
    wire -= length;
  }
  p.proto = next;
  return upper(c, wire, p);
}

/** Hop-by-hop, routing, fragment, destination options, mobility, HIP, shim6; AH (51) is a protocol of its own for flows. */
function isExtension(next: number): boolean {
  return next === 0 || next === 43 || next === 44 || next === 60 || next === 135 || next === 139 || next === 140;
}

function upper(c: Cursor, wire: number, p: Packet): boolean {
  if (p.proto === IPPROTO.IPIP || p.proto === IPPROTO.IPV6) {
    const version = c.peek8(0) >> 4;
    if (version === (p.proto === IPPROTO.IPIP ? 4 : 6)) {
      if (p.tunnels >= MAX_TUNNELS) {
        count(DEEP);
        return decodeTransport(c, wire, p);
      }
      const tunnels = p.tunnels + 1;
      p.resetNetwork();
      p.tunnels = tunnels;
      return decodeIp(c, p);
    }
  }
  return decodeTransport(c, wire, p);
}
