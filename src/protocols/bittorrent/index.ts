/**
 * BitTorrent: the peer handshake (BEP 3), DHT (BEP 5, bencoded), uTP (BEP 29), UDP trackers (BEP 15), and local peer
 * discovery (BEP 14).
 */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const BITTORRENT = 37;
const HANDSHAKE = '\x13BitTorrent protocol';

export const bittorrent: Protocol = {
  id: BITTORRENT,
  name: 'BitTorrent',
  tcp: { look: lookTcp },
  udp: { ports: [6881, 6771], look: lookUdp },
  parse,
};

/** The obfuscated opening (message stream encryption): keys of 96 bytes and up to 512 of padding from each side. */
const KEY = 96;
const OBFUSCATED = 1536;

/** In clear from the first byte, or behind the obfuscated opening where the peers then agreed on clear text. */
function lookTcp({ c }: View) {
  if (c.startsWith(HANDSHAKE)) return YES;
  if (c.length < KEY) return MORE;
  if (c.peek8(0) !== 0x13 && c.skip(KEY).findText(HANDSHAKE, OBFUSCATED) >= 0) return YES;
  return c.length < OBFUSCATED ? MORE : NO;
}

const CONNECT_HIGH = 0x0000_0417;
const CONNECT_LOW = 0x2710_1980;

function lookUdp(view: View) {
  const { c } = view;
  const first = c.peek8(0);
  if (first === 0x64) return dht(c) ? YES : NO;
  if (first === 0x42) return c.startsWith('BT-SEARCH * HTTP/1.') ? YES : NO;
  if (c.peek32(0) === CONNECT_HIGH && c.peek32(4) === CONNECT_LOW && c.peek32(8) === 0) return YES;
  if (first === 0x13) return c.startsWith(HANDSHAKE) ? YES : NO;
  return utp(view);
}

/** KRPC: a dictionary that begins with one of these keys, and says y = q, r or e. */
const OPENINGS = ['d1:ad2:id20:', 'd1:rd2:id20:', 'd2:ip', 'd1:eli20', 'd1:y1:', 'd1:t', 'd1:v'];

function dht(c: Cursor): boolean {
  if (!OPENINGS.some((opening) => c.startsWith(opening))) return false;
  return c.startsWith('d1:ad2:id20:') || c.startsWith('d1:rd2:id20:') || c.findText('1:y1:') > 0;
}

/** Type 0..4 in the upper half of the first byte, version 1 in the lower; extension; connection id; times; window; numbers. */
const utpHeader = (c: Cursor) => c.length >= 20 && (c.peek8(0) & 15) === 1 && c.peek8(0) >> 4 <= 4 && c.peek8(1) <= 3;
const SYN = 4;
/** Microseconds between two packets of a connection that is under way. */
const MAX_PAUSE = 120_000_000;

function utp(view: View) {
  const { c, other, previous } = view;
  if (!utpHeader(c)) return NO;
  const id = c.peek16(2);
  // The answer to a SYN bears its connection id and acknowledges its number.
  if (other.length >= 20 && utpHeader(other) && other.peek8(0) >> 4 === SYN && c.peek8(0) === 0x21) {
    if (id === other.peek16(2) && c.peek16(18) === other.peek16(16)) return YES;
  }
  if (previous.length >= 20 && utpHeader(previous) && previous.peek16(2) === id) {
    const pause = (c.peek32(4) - previous.peek32(4)) >>> 0;
    const step = (c.peek16(16) - previous.peek16(16)) & 0xffff;
    // Two packets of one sender never bear the same microsecond; another protocol's constant does (CAPWAP's DTLS record).
    if (pause > 0 && pause < MAX_PAUSE && step < 64 && c.peek32(12) <= 0x0400_0000) return YES;
  }
  return view.packet < 8 ? MORE : NO;
}

/** What else goes to or from these endpoints is most likely more of it, encrypted. */
function parse(view: View): typeof MORE | typeof DONE {
  // The handshake is recognised by its first bytes; hash and peer id may still be on their way.
  if (view.tcp && view.c.length < 68 && view.c.peek8(0) === 0x13 && view.packet < 6) return MORE;
  tell(view);
  if (view.group) return DONE;
  for (const proto of [6, 17]) {
    view.expectations.add(view.server, view.serverPort, proto, BITTORRENT, BITTORRENT, view.timeMs, 600);
    if (!view.tcp) view.expectations.add(view.client, view.clientPort, proto, BITTORRENT, BITTORRENT, view.timeMs, 600);
  }
  return DONE;
}

/** What is exchanged and with which program: the handshake's hash and peer id (BEP 3, BEP 20), the DHT's (BEP 5). */
function tell(view: View): void {
  const { c } = view;
  c.reset();
  if (c.startsWith(HANDSHAKE) && c.length >= 68) {
    c.skip(28);
    view.more('bittorrent.info_hash', hex(c.bytes(20)));
    const client = c.text(8);
    if (/^-[A-Za-z]{2}[0-9A-Za-z]{4}-$/.test(client)) view.more('bittorrent.client', client.slice(1, 7));
    return;
  }
  if (view.tcp) return;
  const at = c.findText('9:info_hash20:', 256);
  if (at >= 0 && c.left >= at + 34) view.more('bittorrent.info_hash', hex(c.skip(at + 14).bytes(20)));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
