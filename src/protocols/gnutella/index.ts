/**
 * Gnutella 0.6 (RFC draft, "Gnutella Protocol Development"): "GNUTELLA CONNECT/0.6" and "GNUTELLA/0.6 200 OK". Over UDP
 * the 23-byte descriptor header, or Gnutella2's "GND" packets (g2.doxu.org, "UDP Transceiver").
 */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const OPENINGS = ['gnutella connect/0.', 'gnutella/0.', 'giv '];

export const gnutella: Protocol = {
  id: 35,
  name: 'Gnutella',
  tcp: { ports: [6346, 6347], first: [0x47, 0x67, 0x48, 0x00, 0x16], firstServer: [0x47], look: lookTcp },
  udp: { ports: [6346, 6347], look: lookUdp },
  parse,
};

function lookTcp(view: View) {
  const { c } = view;
  const verdict = beginsWith(c, OPENINGS);
  if (verdict === YES && c.startsWith('GIV ')) return c.findText(':', 20) > 0 && c.find(0x2f, 64) > 0 ? YES : NO;
  if (verdict !== NO) return verdict;
  if (!view.fromClient) return NO;
  return anonymousTls(c);
}

/** LimeWire's TLS: a ClientHello whose only suite is TLS_DH_anon_WITH_AES_128_CBC_SHA (0x0034), perhaps behind a zero byte. */
function anonymousTls(c: Cursor) {
  const at = c.peek8(0) === 0 ? 1 : 0;
  if (c.length < at + 48)
    return c.peek8(at) < 0 || c.peek16(at) === 0x1603 || (c.peek8(at) === 0x16 && c.length === at + 1) ? MORE : NO;
  if (c.peek24(at) !== 0x160301 || c.peek8(at + 5) !== 1) return NO;
  const session = c.peek8(at + 43);
  if (c.length < at + 48 + session) return session > 32 ? NO : MORE;
  return c.peek32(at + 44 + session) === 0x00020034 ? YES : NO;
}

/** Ping, pong, bye, query routing, vendor messages (standard and not), push, query, hit. */
const KINDS = [0x00, 0x01, 0x02, 0x30, 0x31, 0x32, 0x40, 0x80, 0x81];
const DHT = 0x44;

/** GND: flags, sequence, part, count. Gnutella: GUID, kind, TTL, hops, length (little endian). */
function lookUdp(view: View) {
  const { c } = view;
  if (c.startsWith('GND') && c.length >= 8) {
    const [part, parts] = [c.peek8(6), c.peek8(7)];
    return part >= 1 && (parts === 0 || part <= parts) ? YES : NO;
  }
  if (c.length < 23 || c.peek32le(19) !== c.length - 23) return NO;
  // Mojito's DHT messages: version, length, opcode 1..12, then the vendor's four letters.
  if (c.peek8(16) === DHT) return c.length >= 40 && c.peek8(23) >= 1 && c.peek8(23) <= 12 && isVendor(c, 24) ? YES : NO;
  if (!KINDS.includes(c.peek8(16))) return NO;
  const [ttl, hops] = [c.peek8(17), c.peek8(18)];
  // Modern servents mark their GUIDs: byte 8 is 0xff and byte 15 is 0.
  const marked = c.peek8(8) === 0xff && c.peek8(15) === 0;
  return ttl > 0 && ttl + hops <= 10 && (marked || view.port(6346) || c.findText('SCP') >= 0) ? YES : NO;
}

function isVendor(c: Cursor, at: number): boolean {
  for (let i = 0; i < 4; i++) if (c.peek8(at + i) < 0x41 || c.peek8(at + i) > 0x5a) return false;
  return true;
}

/** Seconds that a servent is taken to keep its port: it tells others for as long as that of it. */
const SERVENT_SECONDS = 3600;

function parse(view: View) {
  if (!view.tcp) {
    // Servents fall silent for minutes and go on with messages that say little by themselves.
    view.expectations.add(view.server, view.serverPort, 17, gnutella.id, gnutella.id, view.timeMs, SERVENT_SECONDS);
    return DONE;
  }
  for (let n = 0; n < 32; n++) {
    const line = view.c.line(512);
    if (line === undefined) return view.packet >= 6 ? DONE : MORE;
    if (!line.toLowerCase().startsWith('user-agent:')) continue;
    view.more('gnutella.user_agent', line.slice(11).trim());
    return DONE;
  }
  return DONE;
}
