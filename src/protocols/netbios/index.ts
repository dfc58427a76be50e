/**
 * NetBIOS over TCP/IP, RFC 1002: name service (4.2, UDP 137), datagrams (4.4, UDP 138), sessions (4.3, TCP 139), and SMB
 * in them ([MS-CIFS] 2.2.3.1 "\xffSMB", [MS-SMB2] 2.2.1 "\xfeSMB"), which TCP 445 carries in the same four-byte frame.
 */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { readSmb } from './smb.ts';

const SMB1 = 0xff534d42;
const SMB2 = 0xfe534d42;
/** SMB 3's encrypted and compressed messages. */
const SMB3 = [0xfd534d42, 0xfc534d42];
const APP_SMB1 = 16;
const APP_SMB2 = 41;
const RISK_SMB1 = 20;

export const netbios: Protocol = {
  id: 10,
  name: 'NetBIOS',
  udp: { ports: [137, 138], look: lookUdp },
  tcp: {
    ports: [139, 445],
    first: [0x00, 0x81, 0x82, 0x83, 0x84, 0x85],
    firstServer: [0x00, 0x81, 0x82, 0x83, 0x84, 0x85],
    look: lookTcp,
  },
  parse,
};

function lookUdp(view: View) {
  const { c } = view;
  if (view.port(137) && nameService(c)) {
    if (c.peek8(2) & 0x80 && view.fromClient && view.serverPort !== 137) view.speakerIsServer = true;
    return YES;
  }
  return view.port(138) && datagram(c, view) ? YES : NO;
}

/** Header of twelve bytes; names are 32 half-bytes, written A to P, unless they are pointers. */
function nameService(c: Cursor): boolean {
  if (c.length < 12) return false;
  const opcode = (c.peek8(2) >> 3) & 15;
  const [questions, answers] = [c.peek16(4), c.peek16(6)];
  if (
    !OPCODES.includes(opcode) ||
    questions > 4 ||
    answers > 4 ||
    questions + answers + c.peek16(8) + c.peek16(10) === 0
  )
    return false;
  return c.length === 12 || (c.peek8(12) === 0x20 && halfBytes(c, 13)) || c.peek8(12) >= 0xc0;
}
/** Query, registration, release, wait, refresh (8 and, as some senders have it, 9), multi-homed registration. */
const OPCODES = [0, 5, 6, 7, 8, 9, 15];

/** At least the first of them: a damaged name is still one. */
const halfBytes = (c: Cursor, at: number) => isHalf(c.peek8(at)) && isHalf(c.peek8(at + 1));
const isHalf = (byte: number) => byte >= 0x41 && byte <= 0x50;

/** Type 0x10..0x16, flags, id, source address and port 138. */
function datagram(c: Cursor, view: View): boolean {
  const type = c.peek8(0);
  if (c.length < 14 || type < 0x10 || type > 0x16 || c.peek8(1) > 0x0f) return false;
  if (type <= 0x12 && c.length > 86 && (c.peek32(82) === SMB1 || c.peek32(82) === SMB2)) view.app = APP_SMB1;
  return true;
}

function lookTcp(view: View) {
  const { c } = view;
  const verdict = session(c);
  if (verdict !== YES) return verdict;
  // One side that speaks it while the other does not is a stream that was picked up in its middle.
  if (view.other.length >= 8 && session(view.other) === NO) return NO;
  const magic = c.peek32(4);
  if (magic === SMB1) {
    view.app = APP_SMB1;
    view.risk(RISK_SMB1, 'Found SMBv1');
  } else if (magic === SMB2 || SMB3.includes(magic)) view.app = APP_SMB2;
  return YES;
}

/** Session request 0x81, its answers 0x82..0x84, keep-alive 0x85, or a message whose body is SMB. */
function session(c: Cursor) {
  const type = c.peek8(0);
  if (c.length < 8)
    return c.length < 5 && type !== 0 && (type < 0x81 || type > 0x85)
      ? NO
      : type === 0x82 && c.length === 4 && c.peek32(0) === 0x82000000
        ? YES
        : MORE;
  if (type === 0) {
    const magic = c.peek32(4);
    return magic === SMB1 || magic === SMB2 || SMB3.includes(magic) ? YES : NO;
  }
  if (type === 0x81) return c.peek8(1) <= 1 && c.peek8(4) === 0x20 && halfBytes(c, 5) ? YES : NO;
  return type === 0x82 && c.peek24(1) === 0 ? YES : NO;
}

function parse(view: View): typeof MORE | typeof DONE {
  const { c } = view;
  if (view.tcp) return readSmb(view);
  if (view.port(138)) {
    c.skip(14);
    readName(view, c);
  } else {
    c.skip(12);
    readName(view, c);
  }
  return DONE;
}

/** Undoes the half-bytes: fifteen characters, padded with spaces or zeros, and a suffix byte. */
function readName(view: View, c: Cursor): void {
  if (c.u8() !== 0x20) return;
  let name = '';
  for (let i = 0; i < 15; i++) {
    const [high, low] = [c.u8(), c.u8()];
    if (c.short || !isHalf(high) || !isHalf(low)) break;
    const byte = ((high - 0x41) << 4) | (low - 0x41);
    if (byte <= 0x20 || byte >= 0x7f) break;
    name += String.fromCharCode(byte);
  }
  if (name) view.info.hostname = name.toLowerCase();
}
