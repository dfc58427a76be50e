/**
 * Link layers: from a frame to the IP packet in it. Each refusal is a counter.
 * Sources: IEEE 802.3/802.1Q/802.1ad, RFC 1042 (LLC/SNAP), RFC 3032 (MPLS), RFC 2516 (PPPoE), RFC 1661/1662 (PPP),
 * tcpdump.org/linktypes (SLL, SLL2, null, loop, raw, PPI, radiotap), IEEE 802.11, Cisco HDLC.
 */
import { type Frame, LINKTYPE } from '../capture/source.ts';
import { count, counter } from './counters.ts';
import { Cursor } from './cursor.ts';
import { decodeIp } from './ip.ts';
import { CONTROL } from './neighbours.ts';
import type { Packet } from './packet.ts';
import { MAX_TUNNELS } from './tunnels.ts';
import { decodeRadiotap, decodeWlan } from './wlan.ts';

const SHORT = counter('decode.ethernet.too_short');
const TAGS = counter('decode.vlan.too_many_tags');
const MPLS = counter('decode.mpls.not_ip');
const PPPOE = counter('decode.pppoe.not_ip');
const LINK = counter('decode.link.unknown_type');
const NOT_IP = counter('decode.link.not_ip');

const MAX_TAGS = 4;
const MAX_LABELS = 8;
/** Cisco's organisation code in SNAP. */
const CISCO = 0x00000c;
const cursor = new Cursor();

/** Fills `p` from a frame, all fields. False when no IP packet could be decoded; p.etherType then tells what it was, where known. */
export function decodeFrame(frame: Frame, p: Packet): boolean {
  p.reset();
  p.buf = frame.buf;
  p.timeUs = frame.timeUs;
  p.wireLen = frame.wireLen;
  p.capLen = frame.capLen;
  if (frame.vlanTci >= 0) p.vlan = frame.vlanTci & 0xfff;
  return decodeLink(frame.linkType, cursor.set(frame.buf, frame.off, frame.off + frame.capLen), p);
}

/** Decodes one link layer at the cursor; also used for frames inside tunnels. */
export function decodeLink(linkType: number, c: Cursor, p: Packet): boolean {
  switch (linkType) {
    case LINKTYPE.ETHERNET:
      if (!c.has(14)) {
        count(SHORT);
        return false;
      }
      p.macAt = c.pos;
      c.skip(12);
      return decodeEtherType(c.u16(), c, p);
    case LINKTYPE.RAW:
    case LINKTYPE.RAW_BSD:
    case 14:
    case LINKTYPE.IPV4:
    case LINKTYPE.IPV6:
      return decodeIp(c, p);
    case LINKTYPE.NULL:
    case LINKTYPE.LOOP:
      c.skip(4);
      return decodeIp(c, p);
    case LINKTYPE.LINUX_SLL:
      c.skip(14);
      return decodeEtherType(c.u16(), c, p);
    case LINKTYPE.LINUX_SLL2: {
      const type = c.u16();
      c.skip(18);
      return decodeEtherType(type, c, p);
    }
    case LINKTYPE.PPP:
    case LINKTYPE.PPP_HDLC:
      // Address and control (0xff 0x03) may be left out.
      if (c.peek16(0) === 0xff03) c.skip(2);
      return decodePpp(c, p);
    case LINKTYPE.CHDLC: {
      c.skip(2);
      const type = c.u16();
      return type === 0x2000 ? isControl(CONTROL.CDP, c, p) : decodeEtherType(type, c, p);
    }
    case LINKTYPE.IEEE802_11:
      return decodeWlan(c, p, false);
    case LINKTYPE.IEEE802_11_RADIOTAP:
      return decodeRadiotap(c, p);
    case LINKTYPE.PPI: {
      const length = c.peek16le(2);
      const inner = c.peek32le(4);
      if (length < 8 || inner < 0 || !c.has(length)) break;
      c.skip(length);
      return inner === LINKTYPE.PPI ? false : decodeLink(inner, c, p);
    }
    default:
      break;
  }
  count(LINK);
  return false;
}

export function decodeEtherType(type: number, c: Cursor, p: Packet): boolean {
  let tags = p.vlan ? 1 : 0;
  while (type === 0x8100 || type === 0x88a8 || type === 0x9100) {
    if (tags++ === MAX_TAGS || !c.has(4)) {
      count(TAGS);
      return false;
    }
    if (p.vlan) p.outerVlan = p.vlan;
    p.vlan = c.u16() & 0xfff;
    type = c.u16();
  }
  p.etherType = type;
  if (type === 0x0800 || type === 0x86dd) return decodeIp(c, p);
  if (type < 1536) return decodeLlc(c, p);
  if (type === 0x8847 || type === 0x8848) return decodeMpls(c, p);
  if (type === 0x8864) {
    c.skip(6);
    if (decodePpp(c, p)) return true;
    count(PPPOE);
    return false;
  }
  if (type === 0x0806) return isControl(CONTROL.ARP, c, p);
  if (type === 0x88cc) return isControl(CONTROL.LLDP, c, p);
  count(NOT_IP);
  return false;
}

/** 802.2 LLC: SNAP (aa aa 03 and an organisation), raw IP (06 06 03), spanning tree (42 42 03). */
export function decodeLlc(c: Cursor, p: Packet): boolean {
  const sap = c.peek24(0);
  if (sap === 0xaaaa03) {
    const organisation = c.peek24(3);
    const type = c.peek16(6);
    // RFC 1042 and 802.1H put an EtherType there.
    if (organisation === 0 || organisation === 0x0000f8) return decodeEtherTypeOnce(type, c.skip(8), p);
    if (organisation === CISCO && type === 0x2000) return isControl(CONTROL.CDP, c.skip(8), p);
    if (organisation === CISCO && type === 0x010b) return isControl(CONTROL.PVST, c.skip(8), p);
  }
  if (sap === 0x060603) return decodeIp(c.skip(3), p);
  if (sap === 0x424203) return isControl(CONTROL.STP, c.skip(3), p);
  count(NOT_IP);
  return false;
}

/** Notes a frame that bears no IP but says something of the network; always false. */
function isControl(kind: number, c: Cursor, p: Packet): false {
  p.control = kind;
  p.controlAt = c.pos;
  p.controlEnd = c.end;
  return false;
}

/** An EtherType in SNAP: a length there would loop, so only types. */
function decodeEtherTypeOnce(type: number, c: Cursor, p: Packet): boolean {
  if (type >= 1536) return decodeEtherType(type, c, p);
  count(NOT_IP);
  return false;
}

function decodePpp(c: Cursor, p: Packet): boolean {
  // The protocol field may be compressed to one odd byte.
  const protocol = c.peek8(0) & 1 ? c.u8() : c.u16();
  if (protocol === 0x0021 || protocol === 0x0057) return decodeIp(c, p);
  count(NOT_IP);
  return false;
}

function decodeMpls(c: Cursor, p: Packet): boolean {
  for (let n = 0; n < MAX_LABELS && c.has(4); n++) {
    const bottom = c.peek8(2) & 1;
    c.skip(4);
    if (!bottom) continue;
    const version = c.peek8(0) >> 4;
    if (version === 4 || version === 6) return decodeIp(c, p);
    // Ethernet over MPLS with the control word (RFC 4448 section 4.6).
    if (c.peek32(0) === 0 && c.has(18) && p.tunnels++ < MAX_TUNNELS) {
      c.skip(4);
      return decodeLink(LINKTYPE.ETHERNET, c, p);
    }
    break;
  }
  count(MPLS);
  return false;
}
