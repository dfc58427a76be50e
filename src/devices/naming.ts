/**
 * What packets say of a device by themselves: IPv6 neighbour discovery (RFC 4861 section 4), DHCP (RFC
 * 2131, 2132; option 81: RFC 4702), multicast DNS (RFC 6762), NetBIOS names (RFC 1002 section 4). Each reader fills one
 * reused record or says no; a name counts only where its bearer speaks for itself.
 */
import type { Cursor } from '../decode/cursor.ts';
import { macAt } from './mac.ts';

/** An address of four words as the decoder has them. */
export interface Claim {
  mac: number;
  version: 4 | 6;
  w0: number;
  w1: number;
  w2: number;
  w3: number;
}

export const newClaim = (): Claim => ({ mac: 0, version: 4, w0: 0, w1: 0, w2: 0, w3: 0 });

const SOLICITATION = 135;
const ADVERTISEMENT = 136;

/**
 * A neighbour solicitation or advertisement whose body (behind type, code, checksum) is at the cursor: the claim is the
 * target with its link-layer address for an advertisement, the packet's source for a solicitation (fill w0…w3 before).
 */
export function readNeighbour(type: number, c: Cursor, out: Claim): boolean {
  if ((type !== SOLICITATION && type !== ADVERTISEMENT) || !c.has(20)) return false;
  out.version = 6;
  c.skip(4);
  if (type === ADVERTISEMENT) {
    out.w0 = c.i32();
    out.w1 = c.i32();
    out.w2 = c.i32();
    out.w3 = c.i32();
  } else c.skip(16);
  const wanted = type === ADVERTISEMENT ? 2 : 1;
  for (let n = 0; n < 8 && c.has(8); n++) {
    const kind = c.peek8(0);
    const length = c.peek8(1) * 8;
    if (length === 0 || !c.has(length)) return false;
    if (kind === wanted) {
      out.mac = macAt(c.buf, c.pos + 2);
      return true;
    }
    c.skip(length);
  }
  return false;
}

export interface Dhcp {
  /** Hardware address of the client. */
  mac: number;
  fromClient: boolean;
  /** Came through a relay: the frame's source is not the client. */
  relayed: boolean;
  /** Address that the server acknowledged, signed, 0 = none. */
  given: number;
  /** Subnet mask that came with it, signed, 0 = none. */
  mask: number;
  name: string;
}

const COOKIE = 0x63825363;
const OPTION = { MASK: 1, HOST_NAME: 12, MESSAGE: 53, FQDN: 81, END: 255 } as const;
const ACK = 5;

/** A DHCP message at the cursor, or undefined. */
export function readDhcp(c: Cursor): Dhcp | undefined {
  if (!c.has(240) || c.peek32(236) !== COOKIE || c.peek16(1) !== 0x0106) return undefined;
  const fromClient = c.peek8(0) === 1;
  const out: Dhcp = {
    mac: macAt(c.buf, c.pos + 28),
    fromClient,
    relayed: c.peek32(24) !== 0,
    given: 0,
    mask: 0,
    name: '',
  };
  const yours = c.peek32(16) | 0;
  let fqdn = '';
  c.skip(240);
  for (let n = 0; n < 128 && c.left > 1; n++) {
    const option = c.u8();
    if (option === OPTION.END) break;
    if (option === 0) continue;
    const length = c.u8();
    if (length > c.left) break;
    const at = c.pos;
    if (option === OPTION.MESSAGE && !fromClient && c.peek8(0) === ACK) out.given = yours;
    if (option === OPTION.MASK && !fromClient && length === 4) out.mask = c.peek32(0) | 0;
    if (option === OPTION.HOST_NAME && fromClient) out.name = cleanName(c.text(length));
    if (option === OPTION.FQDN && fromClient && length > 3) {
      const wire = (c.peek8(0) & 4) !== 0;
      c.skip(3);
      fqdn = wire ? c.text(Math.min(c.u8(), length - 4)) : c.text(length - 3);
    }
    c.pos = at;
    c.skip(length);
  }
  if (!out.name && fqdn) out.name = cleanName(fqdn.split('.')[0]!);
  return out;
}

const TYPE_A = 1;
const TYPE_AAAA = 28;
const MAX_RECORDS = 64;

/**
 * The ".local" name that a multicast DNS response gives to the very address it came from, without ".local"; "" when there
 * is none. A responder that repeats the names of others (a reflector, a sleep proxy) does not match.
 */
export function readMdns(c: Cursor, version: number, w0: number, w1: number, w2: number, w3: number): string {
  if (!c.has(12) || (c.peek8(2) & 0x80) === 0) return '';
  const questions = c.peek16(4);
  const records = c.peek16(6) + c.peek16(8) + c.peek16(10);
  if (questions > 16) return '';
  c.skip(12);
  for (let n = 0; n < questions; n++) {
    skipName(c);
    c.skip(4);
  }
  for (let n = 0; n < Math.min(records, MAX_RECORDS) && c.left > 10; n++) {
    const owner = c.pos;
    skipName(c);
    const type = c.u16();
    c.skip(6);
    const length = c.u16();
    if (c.short || length > c.left) return '';
    const mine =
      version === 4
        ? type === TYPE_A && length === 4 && (c.peek32(0) | 0) === w3
        : type === TYPE_AAAA &&
          length === 16 &&
          (c.peek32(0) | 0) === w0 &&
          (c.peek32(4) | 0) === w1 &&
          (c.peek32(8) | 0) === w2 &&
          (c.peek32(12) | 0) === w3;
    if (mine) {
      const name = localName(c, owner);
      if (name) return name;
    }
    c.skip(length);
  }
  return '';
}

function skipName(c: Cursor): void {
  for (let n = 0; n < 128; n++) {
    const length = c.u8();
    if (length === 0) return;
    if (length >= 0xc0) {
      c.skip(1);
      return;
    }
    c.skip(length);
  }
}

/** The first label of the name at `at` when the second is "local" and the last. */
function localName(c: Cursor, at: number): string {
  const back = c.pos;
  const labels: string[] = [];
  c.pos = at;
  for (let jumps = 0; labels.length < 3 && jumps < 8; ) {
    const length = c.u8();
    if (length === 0) break;
    if (length >= 0xc0) {
      const to = c.start + ((length & 0x3f) << 8) + c.u8();
      // Only backwards: a pointer to itself or ahead never ends.
      if (to >= at || to < c.start) break;
      c.pos = to;
      jumps++;
    } else labels.push(c.text(length));
  }
  const short = c.short;
  c.pos = back;
  return !short && labels.length === 2 && labels[1]!.toLowerCase() === 'local' ? cleanName(labels[0]!) : '';
}

const REGISTRATION = 5;

/** The name that a NetBIOS name registration or refresh claims for the packet's own IPv4 address; "" when none. */
export function readNetbiosName(c: Cursor, source: number): string {
  const opcode = (c.peek8(2) >> 3) & 15;
  // Registration, refresh (8 and 9 are both in use), multi-homed registration.
  if ((c.peek8(2) & 0x80) !== 0 || (opcode !== REGISTRATION && opcode < 8) || c.peek16(4) !== 1 || c.peek16(10) !== 1)
    return '';
  c.skip(12);
  const name = encodedName(c);
  c.skip(4);
  // Additional record: a pointer, NB, IN, TTL, length 6, flags with the group bit, address.
  const group = c.peek16(12) & 0x8000;
  return !group && c.peek16(10) === 6 && (c.peek32(14) | 0) === source ? name : '';
}

/** The sender's name in a NetBIOS datagram that bears the packet's own IPv4 address. */
export function readNetbiosDatagram(c: Cursor, source: number): string {
  const kind = c.peek8(0);
  if (kind < 0x10 || kind > 0x12 || (c.peek32(4) | 0) !== source) return '';
  c.skip(14);
  return encodedName(c);
}

/** First-level encoding: 32 letters A to P, two a character; the sixteenth character is the kind of the name. */
function encodedName(c: Cursor): string {
  if (c.u8() !== 32 || !c.has(33)) return '';
  let name = '';
  for (let i = 0; i < 16; i++) {
    const high = c.u8() - 65;
    const low = c.u8() - 65;
    if (high < 0 || high > 15 || low < 0 || low > 15) return '';
    const byte = (high << 4) | low;
    // Workstation and file server names are the machine's; others are users and groups.
    if (i === 15) return byte === 0 || byte === 0x20 ? cleanName(c.u8() === 0 ? name : '') : '';
    name += String.fromCharCode(byte);
  }
  return '';
}

/** Characters of a name a device gives itself: UTF-8, without control, format and direction characters; at most 63. */
export function cleanName(latin1: string): string {
  const text = Buffer.from(latin1, 'latin1').toString('utf8');
  return text
    .replace(/[\p{C}\p{Z}\ufffd]+/gu, ' ')
    .trim()
    .slice(0, 63);
}
