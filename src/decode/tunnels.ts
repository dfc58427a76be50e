/**
 * Tunnels: from the outer packet to the one inside, as deep as MAX_TUNNELS and only those that DecodeContext follows.
 * What is not followed, too deep, or holds nothing readable stays the flow between the tunnel's ends.
 * Sources: RFC 2784, 2890, 2637 (GRE), draft-foschiano-erspan (ERSPAN), RFC 7348 (VXLAN), 8926 (Geneve), 2003 and 4213
 * (IP in IP, 6in4), 4380 (Teredo), 3GPP TS 29.281 (GTP-U), RFC 5415 (CAPWAP), TZSP, RFC 2661 and 3931 (L2TP).
 */
import { LINKTYPE } from '../capture/source.ts';
import { TUNNEL } from './context.ts';
import { count, counter } from './counters.ts';
import type { Cursor } from './cursor.ts';
import { decodeEtherType, decodeLink } from './link.ts';
import { CONTROL } from './neighbours.ts';
import { IPPROTO, Packet } from './packet.ts';
import { decodeWlanFrame } from './wlan.ts';

const DEEP = counter('decode.tunnel.max_depth_exceeded');
const EMPTY = counter('decode.tunnel.nothing_inside');
const GRE_HEADER = counter('decode.gre.bad_header');
const ERSPAN_HEADER = counter('decode.erspan.bad_header');

/** Packets inside packets followed at most so deep; a crafted frame could nest a hundred. */
export const MAX_TUNNELS = 4;
const MAX_GTP_EXTENSIONS = 8;
const MAX_TZSP_TAGS = 32;

/** What became of a packet that may be a tunnel: it stays itself, is the one inside, or held a frame without IP. */
export const WAY = { OUTER: 0, INNER: 1, NO_IP: 2 } as const;
type Way = (typeof WAY)[keyof typeof WAY];

/** What lies in a tunnel; NONE = not a tunnel of ours. ETHERTYPE has its type in `found.type`. */
const INSIDE = { NONE: 0, ETHERNET: 1, IP: 2, PPP: 3, WLAN: 4, WLAN_SWAPPED: 5, ETHERTYPE: 6 } as const;
type Inside = (typeof INSIDE)[keyof typeof INSIDE];

/** What a look at a tunnel's header found: how long it is, what is behind, which tunnel it is. */
const found = { header: 0, type: 0, kind: 0 };

/** The outer packets of a nest, to go back to when there is nothing in it. */
const OUTER: Packet[] = [];

const PORT = {
  L2TP: 1701,
  GTPU: 2152,
  TEREDO: 3544,
  VXLAN: 4789,
  VXLAN_GPE: 4790,
  CAPWAP: 5247,
  GENEVE: 6081,
  VXLAN_LINUX: 8472,
  TZSP: 37_008,
} as const;

export function isTunnelPort(port: number): boolean {
  switch (port) {
    case PORT.L2TP:
    case PORT.GTPU:
    case PORT.TEREDO:
    case PORT.VXLAN:
    case PORT.VXLAN_GPE:
    case PORT.CAPWAP:
    case PORT.GENEVE:
    case PORT.VXLAN_LINUX:
    case PORT.TZSP:
      return true;
    default:
      return false;
  }
}

/** The payload of a UDP packet to or from one of the ports, at the cursor. */
export function followUdp(c: Cursor, p: Packet): Way {
  const inside = lookUdp(c, p, isTunnelPort(p.dport) ? p.dport : p.sport);
  return inside === INSIDE.NONE ? WAY.OUTER : enter(inside, c, p);
}

/** The payload of an IP packet whose protocol is a tunnel's, at the cursor. */
export function followIp(c: Cursor, p: Packet): Way {
  const inside = lookIp(c, p);
  return inside === INSIDE.NONE ? WAY.OUTER : enter(inside, c, p);
}

function lookIp(c: Cursor, p: Packet): Inside {
  if (p.proto === IPPROTO.GRE) return lookGre(c, p);
  if (p.proto === IPPROTO.L2TP) return lookL2tp3(c, 0);
  const version = c.peek8(0) >> 4;
  if (version !== (p.proto === IPPROTO.IPIP ? 4 : 6)) return INSIDE.NONE;
  return tell(version === p.ipVersion ? TUNNEL.IPIP : TUNNEL.SIX_IN_FOUR, 0, INSIDE.IP);
}

function lookUdp(c: Cursor, p: Packet, port: number): Inside {
  switch (port) {
    case PORT.VXLAN:
    case PORT.VXLAN_LINUX:
      // The I flag; all else is reserved or of extensions.
      if (!c.has(8) || (c.peek8(0) & 0x08) === 0) return INSIDE.NONE;
      return tell(TUNNEL.VXLAN, 8, INSIDE.ETHERNET);
    case PORT.VXLAN_GPE:
      return lookGpe(c);
    case PORT.GENEVE:
      return lookGeneve(c);
    case PORT.TEREDO:
      return lookTeredo(c);
    case PORT.GTPU:
      return lookGtp(c);
    case PORT.CAPWAP:
      return lookCapwap(c);
    case PORT.TZSP:
      return lookTzsp(c);
    case PORT.L2TP:
      return lookL2tp(c, p);
    default:
      return INSIDE.NONE;
  }
}

function tell(kind: number, header: number, inside: Inside): Inside {
  found.kind = kind;
  found.header = header;
  return inside;
}

/** What an EtherType announces; IP, Ethernet (6558) and PPP (880b, of PPTP) are no types for decodeEtherType. */
function byType(kind: number, header: number, type: number): Inside {
  found.type = type;
  if (type === 0x0800 || type === 0x86dd) return tell(kind, header, INSIDE.IP);
  if (type === 0x6558) return tell(kind, header, INSIDE.ETHERNET);
  if (type === 0x880b) return tell(kind, header, INSIDE.PPP);
  return tell(kind, header, INSIDE.ETHERTYPE);
}

/**
 *   |C|R|K|S| reserved 0 | A | reserved | Ver |    protocol type    |
 *   checksum and offset (C), key (K), sequence (S), acknowledgement (A, version 1): four bytes each
 */
function lookGre(c: Cursor, p: Packet): Inside {
  const flags = c.peek16(0);
  const type = c.peek16(2);
  const version = flags & 7;
  // Source routing (R) was taken out of the protocol.
  if (type < 0 || version > 1 || flags & 0x4000) {
    count(GRE_HEADER);
    return INSIDE.NONE;
  }
  let header = 4;
  if (flags & 0x8000) header += 4;
  if (flags & 0x2000) header += 4;
  const sequence = flags & 0x1000 ? c.peek32(header) : -1;
  if (sequence >= 0) header += 4;
  if (version === 1 && flags & 0x0080) header += 4;
  if (!c.has(header + 1)) return INSIDE.NONE;
  if (type === 0x88be || type === 0x22eb) return lookErspan(c, p, type, header, sequence);
  return byType(TUNNEL.GRE, header, type);
}

/** Type I has no header and no sequence; II and III begin with version, VLAN, and a word with T (cut) and session. */
function lookErspan(c: Cursor, p: Packet, type: number, gre: number, sequence: number): Inside {
  const { erspan } = p.context;
  if (type === 0x88be && sequence < 0) {
    erspan.types[1]!++;
    return tell(TUNNEL.ERSPAN, gre, INSIDE.ETHERNET);
  }
  const version = c.peek8(gre) >> 4;
  const word = c.peek16(gre + 2);
  let header = gre + (type === 0x88be ? 8 : 12);
  if (version !== (type === 0x88be ? 1 : 2) || !c.has(header)) {
    count(ERSPAN_HEADER);
    return INSIDE.NONE;
  }
  erspan.types[type === 0x88be ? 2 : 3]!++;
  if (word & 0x0400) erspan.truncated++;
  if (sequence >= 0) erspan.sequence(p.s3, word & 0x3ff, sequence);
  if (type === 0x88be) return tell(TUNNEL.ERSPAN, header, INSIDE.ETHERNET);
  const last = c.peek16(header - 2);
  // O: a subheader of the platform follows. Frame type 2 is IP without a link layer.
  if (last & 1) header += 8;
  return tell(TUNNEL.ERSPAN, header, ((last >> 10) & 31) === 2 ? INSIDE.IP : INSIDE.ETHERNET);
}

/** VXLAN-GPE: the P flag says that the fourth byte tells what is inside. */
function lookGpe(c: Cursor): Inside {
  if (!c.has(8) || (c.peek8(0) & 0x0c) !== 0x0c) return INSIDE.NONE;
  const next = c.peek8(3);
  if (next === 1 || next === 2) return tell(TUNNEL.VXLAN, 8, INSIDE.IP);
  return next === 3 ? tell(TUNNEL.VXLAN, 8, INSIDE.ETHERNET) : INSIDE.NONE;
}

/** Version 0, length of the options in words, protocol type, VNI. */
function lookGeneve(c: Cursor): Inside {
  const first = c.peek8(0);
  const header = 8 + (first & 0x3f) * 4;
  // Control packets (O) are for the ends.
  if (first < 0 || first >> 6 !== 0 || c.peek8(1) & 0x80 || !c.has(header + 1)) return INSIDE.NONE;
  return byType(TUNNEL.GENEVE, header, c.peek16(2));
}

/** Authentication (00 01) and origin (00 00) may come before the IPv6 packet, which must be all there is. */
function lookTeredo(c: Cursor): Inside {
  let header = 0;
  if (c.peek16(0) === 1) header = 4 + c.peek8(2) + c.peek8(3) + 9;
  if (c.peek16(header) === 0) header += 8;
  if (c.peek8(header) >> 4 !== 6 || c.left - header < 40) return INSIDE.NONE;
  return c.peek16(header + 4) > c.left - header - 40 ? INSIDE.NONE : tell(TUNNEL.TEREDO, header, INSIDE.IP);
}

/** Version 1 with the protocol type bit, message 255 (T-PDU); E, S or PN bring four more bytes, then extensions. */
function lookGtp(c: Cursor): Inside {
  const flags = c.peek8(0);
  if (flags < 0 || flags >> 4 !== 3 || c.peek8(1) !== 0xff) return INSIDE.NONE;
  let header = 8;
  if (flags & 7) {
    header = 12;
    let next = flags & 4 ? c.peek8(11) : 0;
    for (let n = 0; next > 0; n++) {
      const length = c.peek8(header) * 4;
      if (length <= 0 || n === MAX_GTP_EXTENSIONS) return INSIDE.NONE;
      header += length;
      next = c.peek8(header - 1);
    }
  }
  const version = c.peek8(header) >> 4;
  return version === 4 || version === 6 ? tell(TUNNEL.GTPU, header, INSIDE.IP) : INSIDE.NONE;
}

/** Preamble 0 (not DTLS), header length in words, then flags: T native frame, F fragment, K keep-alive. */
function lookCapwap(c: Cursor): Inside {
  const word = c.peek32(0);
  if (word < 0 || word >>> 24 !== 0 || word & 0x88) return INSIDE.NONE;
  const header = ((word >> 19) & 31) * 4;
  if (header < 8 || !c.has(header + 1)) return INSIDE.NONE;
  if ((word & 0x100) === 0) return tell(TUNNEL.CAPWAP, header, INSIDE.ETHERNET);
  if (((word >> 9) & 31) !== 1) return INSIDE.NONE;
  // Cisco sends the two bytes of frame control swapped: a data frame's low nibble tells which it is.
  const plain = (c.peek8(header) & 0x0f) === 0x08;
  return tell(TUNNEL.CAPWAP, header, plain ? INSIDE.WLAN : INSIDE.WLAN_SWAPPED);
}

/** Version 1, received or to be sent, what is inside; then tags until 01, of which 00 is padding. */
function lookTzsp(c: Cursor): Inside {
  if (c.peek8(0) !== 1 || c.peek8(1) > 1 || !c.has(5)) return INSIDE.NONE;
  const protocol = c.peek16(2);
  let header = 4;
  for (let n = 0; n < MAX_TZSP_TAGS; n++) {
    const tag = c.peek8(header);
    if (tag < 0) return INSIDE.NONE;
    header += tag <= 1 ? 1 : 2 + Math.max(0, c.peek8(header + 1));
    if (tag !== 1) continue;
    if (protocol === 1) return tell(TUNNEL.TZSP, header, INSIDE.ETHERNET);
    return protocol === 18 ? tell(TUNNEL.TZSP, header, INSIDE.WLAN) : INSIDE.NONE;
  }
  return INSIDE.NONE;
}

/** Version 2: data has T clear; length, sequence and offset are there by their flags; PPP inside. */
function lookL2tp(c: Cursor, p: Packet): Inside {
  const flags = c.peek16(0);
  if (flags < 0 || flags & 0x8000) return INSIDE.NONE;
  if ((flags & 15) === 3) return lookL2tp3(c, 4);
  if ((flags & 15) !== 2 || p.proto !== IPPROTO.UDP) return INSIDE.NONE;
  let header = 6;
  if (flags & 0x4000) header += 2;
  if (flags & 0x0800) header += 4;
  if (flags & 0x0200) header += 2 + Math.max(0, c.peek16(header));
  return c.has(header + 1) ? tell(TUNNEL.L2TP, header, INSIDE.PPP) : INSIDE.NONE;
}

/**
 * Version 3 does not say how long its cookie is (0, 4 or 8), nor whether a sublayer of 4 bytes follows: the place where an
 * Ethernet frame of IP, ARP or a tag begins is looked for. Session 0 is control.
 */
function lookL2tp3(c: Cursor, at: number): Inside {
  if (c.peek32(at) <= 0) return INSIDE.NONE;
  for (let header = at + 4; header <= at + 16; header += 4) {
    const type = c.peek16(header + 12);
    if (type === 0x0800 || type === 0x86dd || type === 0x8100 || type === 0x0806)
      return tell(TUNNEL.L2TP, header, INSIDE.ETHERNET);
  }
  return INSIDE.NONE;
}

/** Goes into the tunnel that was found, when it is to be followed; comes back with the outer packet if nothing is in it. */
function enter(inside: Inside, c: Cursor, p: Packet): Way {
  const { context } = p;
  const { kind, header, type } = found;
  if ((context.follow & kind) === 0) {
    if ((context.followOwn & kind) === 0 || !context.isOwn(p.d0, p.d1, p.d2, p.d3)) return WAY.OUTER;
  }
  if (p.tunnels >= MAX_TUNNELS) {
    count(DEEP);
    return WAY.OUTER;
  }
  const { buf, pos, end } = c;
  const outer = (OUTER[p.tunnels] ??= new Packet(context));
  outer.copy(p);
  const tunnels = p.tunnels + 1;
  p.resetNetwork();
  p.tunnels = tunnels;
  // Whoever sent the frame is not the device behind the addresses inside.
  p.macAt = -1;
  p.vlan = p.outerVlan = 0;
  c.skip(header);
  if (into(inside, type, c, p)) return WAY.INNER;
  if (p.control !== CONTROL.NONE) return WAY.NO_IP;
  count(EMPTY);
  p.copy(outer);
  c.set(buf, pos, end);
  return WAY.OUTER;
}

function into(inside: Inside, type: number, c: Cursor, p: Packet): boolean {
  switch (inside) {
    case INSIDE.ETHERNET:
      return decodeLink(LINKTYPE.ETHERNET, c, p);
    case INSIDE.PPP:
      return decodeLink(LINKTYPE.PPP, c, p);
    case INSIDE.WLAN:
      return decodeLink(LINKTYPE.IEEE802_11, c, p);
    case INSIDE.WLAN_SWAPPED:
      return decodeWlanFrame(c, p, c.peek8(1), c.peek8(0), false);
    case INSIDE.ETHERTYPE:
      return type >= 1536 && decodeEtherType(type, c, p);
    default:
      return decodeLink(LINKTYPE.RAW, c, p);
  }
}
