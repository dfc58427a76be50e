/**
 * OpenVPN (openvpn.net, "Protocol"; draft openvpn-wire-protocol): opcode in five bits and key id in three, the sender's
 * session id, authentication or encryption of the control channel, acknowledgements, packet id. TCP: length in front.
 */
import { Cursor, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

/** Opcodes with key id 0: hard resets of the client (7, 10, old 1) and of the server (8, old 2), control 4, acknowledgement 5. */
const FIRST = [0x38, 0x50, 0x08];
const FIRST_SERVER = [0x40, 0x10, 0x20, 0x28];

export const openvpn: Protocol = {
  id: 159,
  name: 'OpenVPN',
  udp: { ports: [1194], look: lookUdp },
  tcp: { ports: [1194], first: [0x00, 0x01, 0x02, 0x03], firstServer: [0x00], look: lookTcp },
};

function lookUdp(view: View) {
  const { c, other, previous } = view;
  const head = c.peek8(0);
  if (c.length < 14 || !isSession(c, 1)) return NO;
  // One side alone: its session goes on after its reset.
  const goesOn = previous.peek32(1) === c.peek32(1) && previous.peek32(5) === c.peek32(5);
  if (goesOn && (FOLLOWERS.includes(head) || head === 0x58) && RESETS.includes(previous.peek8(0))) return YES;
  if (FIRST_SERVER.includes(head) && FIRST.includes(other.peek8(0))) return answers(c, other) ? YES : NO;
  if (FIRST.includes(head) && sizeOfReset(c.length, head)) return view.port(1194) && plainReset(c) ? YES : MORE;
  return head === 0x40 || (goesOn && FOLLOWERS.includes(head)) ? MORE : NO;
}

/** Resets that open a session, and what follows them in it: control packets and acknowledgements. */
const RESETS = [0x38, 0x40, 0x50];
const FOLLOWERS = [0x20, 0x28];

function lookTcp(view: View) {
  const { c, other } = view;
  if (c.length < 2) return MORE;
  const length = c.peek16(0);
  if (length < 14 || length > 2048) return NO;
  c.skip(2);
  if (c.left < 9) return c.left > 0 && !FIRST.includes(c.peek8(0)) && !FIRST_SERVER.includes(c.peek8(0)) ? NO : MORE;
  if (view.fromClient && (!FIRST.includes(c.peek8(0)) || !sizeOfReset(length, c.peek8(0)))) return NO;
  // Of both first messages there must be enough to find the other's session in; what follows them does not count.
  const otherLength = other.peek16(0);
  if (c.left < Math.min(length, ENOUGH) || other.length < Math.min(otherLength, ENOUGH) + 2) return MORE;
  if (otherLength < 11) return NO;
  c.sub(Math.min(length, ENOUGH), mine);
  other.skip(2).sub(Math.min(otherLength, ENOUGH), theirs);
  const [client, server] = view.fromClient ? [mine, theirs] : [theirs, mine];
  return FIRST_SERVER.includes(server.peek8(0)) && answers(server, client) ? YES : NO;
}

/** Bytes of a message in which the other side's session id stands, if it stands in it. */
const ENOUGH = 128;
const mine = new Cursor();
const theirs = new Cursor();

const isSession = (c: Cursor, at: number) => c.peek32(at) > 0 && c.peek32(at + 4) > 0;

/** Opcode and session id, then HMACs of the sizes in use (none, MD5, SHA-1, SHA-256, SHA-512), packet id and time. */
const SIZES = [14, 26, 30, 34, 38, 42, 46, 54, 62, 70, 86, 94];
function sizeOfReset(length: number, head: number): boolean {
  // Version 3 (tls-crypt-v2) carries the client's wrapped key.
  return head === 0x50 ? length > 60 && length <= 1400 : SIZES.includes(length);
}
/** Without HMAC: no acknowledgements, message packet id 0, and nothing more. */
const plainReset = (c: Cursor) => c.length === 14 && c.peek8(9) === 0 && c.peek32(10) === 0;

/** The server's hard reset or control packet: a session id of its own; where it is readable it repeats the client's. */
function answers(server: Cursor, client: Cursor): boolean {
  if (!isSession(server, 1)) return false;
  if (server.peek8(0) === 0x40 || server.peek8(0) === 0x10) {
    if (client.peek8(0) !== 0x38 && client.peek8(0) !== 0x08) return true;
    return contains(server, client.peek32(1), client.peek32(5)) || server.left >= 60;
  }
  return contains(server, client.peek32(1), client.peek32(5));
}

function contains(c: Cursor, high: number, low: number): boolean {
  for (let at = 9; at + 8 <= Math.min(c.left, ENOUGH); at++)
    if (c.peek32(at) === high && c.peek32(at + 4) === low) return true;
  return false;
}
