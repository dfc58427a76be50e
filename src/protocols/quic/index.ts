/** QUIC: RFC 9000, RFC 9001, RFC 9369, the drafts, Facebook's mvfst and Google's versions before them. */
import { Cursor, count, counter, DONE, MORE, NO, type Protocol, type Verdict, type View, YES } from '../kit.ts';
import { varint } from '../tls/client-hello.ts';
import { readMessages } from '../tls/handshake.ts';
import { TlsSession } from '../tls/session.ts';
import { CryptoStream } from './crypto-stream.ts';
import { readFrames } from './frames.ts';
import { readChlo } from './google.ts';
import { type InitialKeys, InitialPacket, initialKeys } from './initial.ts';
import { googleNumber, isKnown, isReserved, type Protection, protections, VERSION, versionText } from './versions.ts';

const SEALED = counter('detect.quic.initial_not_opened');

const LONG = Array.from({ length: 128 }, (_, i) => 128 + i);
/** Google's public header up to Q043: version flag, and connection id of 8 bytes (two ways to say so). */
const GOOGLE_FLAGS = [0x09, 0x0d, 0x19, 0x1d, 0x29, 0x2d, 0x39, 0x3d];
const FIRST = [...LONG, ...GOOGLE_FLAGS];
const MAX_CID = 20;
const MAX_COALESCED = 6;
/** Datagrams that are opened at most; a ClientHello takes two or three. */
const MAX_OPENED = 12;
const DOT = 196;

export const quic: Protocol = {
  id: 188,
  name: 'QUIC',
  udp: { ports: [443], first: FIRST, firstServer: FIRST, look },
  parse,
  hostApplication: true,
};

class QuicSession extends TlsSession {
  quicVersion = 0;
  clientKeys: InitialKeys | undefined;
  serverKeys: InitialKeys | undefined;
  /** What opened the client's first packet; the server's keys come from it. */
  opener: { protection: Protection; dcid: Uint8Array } | undefined;
  client = new CryptoStream();
  readonly server = new CryptoStream();
  opened = 0;
  google = false;
}

function look(view: View): Verdict {
  const { c } = view;
  if ((c.peek8(0) & 0x80) === 0) return googlePublicHeader(c) ? YES : NO;
  const version = c.peek32(1);
  if (version < 0) return NO;
  const google = googleNumber(version);
  if (google >= 44 && google < 50) return c.length >= 24 ? YES : NO;
  const dcid = c.peek8(5);
  const scid = c.peek8(6 + dcid);
  if (dcid < 0 || dcid > MAX_CID || scid < 0 || scid > MAX_CID) return NO;
  const rest = c.length - 7 - dcid - scid;
  if (version === VERSION.NEGOTIATION) {
    if (rest < 4 || rest % 4 !== 0 || rest > 256) return NO;
    for (let at = 7 + dcid + scid; at < c.length; at += 4) {
      const offered = c.peek32(at);
      if (!isKnown(offered)) continue;
      if (view.fromClient) view.speakerIsServer = true;
      return YES;
    }
    return NO;
  }
  if (isReserved(version)) return view.wireLen >= 1200 && dcid >= 8 ? YES : NO;
  if (!isKnown(version) || (c.peek8(0) & 0x40) === 0 || rest < 5) return NO;
  return fits(c, version, 7 + dcid + scid, rest) ? YES : NO;
}

/** Token and length of an Initial, length of the other kinds (RFC 9000 section 17.2), fit into the datagram. */
function fits(c: Cursor, version: number, at: number, rest: number): boolean {
  const kind = kindOf(c.reset().peek8(0), version);
  c.skip(at);
  if (kind === 'retry') return rest > 16;
  if (kind === 'initial') c.skip(varint(c));
  const length = varint(c);
  return !c.short && length >= 4 && length <= 65_535;
}

function googlePublicHeader(c: Cursor): boolean {
  return c.peek8(0) > 0 && c.peek8(9) === 0x51 && googleNumber(c.peek32(9)) > 0 && c.length >= 14;
}

type Kind = 'initial' | '0rtt' | 'handshake' | 'retry';
const KINDS: readonly Kind[] = ['initial', '0rtt', 'handshake', 'retry'];

/** RFC 9369 section 3.2 turns the numbers of the packet types round by one. */
function kindOf(first: number, version: number): Kind {
  const bits = (first >> 4) & 3;
  const v2 = version === VERSION.V2 || version === VERSION.V2_DRAFT;
  return KINDS[v2 ? (bits + 3) & 3 : bits]!;
}

function parse(view: View): typeof MORE | typeof DONE {
  const session = (view.state ??= new QuicSession()) as QuicSession;
  const { c } = view;
  if ((c.peek8(0) & 0x80) === 0) {
    if (!googlePublicHeader(c)) return finish(view, session);
    tellVersion(view, session, c.peek32(9));
    return readChlo(view, c) || view.packet > 6 ? DONE : MORE;
  }
  const version = c.peek32(1);
  const google = googleNumber(version);
  if (google >= 44 && google < 50) {
    tellVersion(view, session, version);
    return readChlo(view, c) || view.packet > 6 ? DONE : MORE;
  }
  for (let n = 0; n < MAX_COALESCED && c.left >= 7 && c.peek8(0) & 0x80; n++) if (!readLong(view, session, c)) break;
  return finish(view, session);
}

function finish(view: View, session: QuicSession): typeof MORE | typeof DONE {
  if (view.info.tls?.alpn?.startsWith('doq')) view.app = DOT;
  if (session.google || (session.clientHello && (session.serverHello || view.packet > 6))) return DONE;
  return view.packet > 12 || session.opened >= MAX_OPENED ? DONE : MORE;
}

function tellVersion(view: View, session: QuicSession, version: number): void {
  if (session.quicVersion === 0) view.more('quic.version', versionText(version));
  session.quicVersion = version;
}

/** Reads one packet with a long header and moves past it; false when the rest of the datagram cannot be read. */
function readLong(view: View, session: QuicSession, c: Cursor): boolean {
  const at = c.pos;
  const first = c.u8();
  const version = c.u32();
  const dcid = c.bytes(Math.min(c.u8(), MAX_CID));
  c.skip(Math.min(c.u8(), MAX_CID));
  if (c.short) return false;
  tellVersion(view, session, version);
  if (version === VERSION.NEGOTIATION || isReserved(version)) return false;
  const kind = kindOf(first, version);
  if (kind === 'retry') return false;
  if (kind === 'initial') c.skip(varint(c));
  const length = varint(c);
  const numberAt = c.pos;
  c.skip(length);
  if (c.short) return false;
  // Once a side's hello is read, what else it says in Initials is acknowledgements and repetitions.
  if (kind !== 'initial' || session.opened >= MAX_OPENED) return true;
  if (view.fromClient ? session.clientHello : session.serverHello) return true;
  readInitial(view, session, version, dcid, at, numberAt, c.pos);
  return true;
}

/** The packet that is read now. */
const packet = new InitialPacket();

/** Opens and reads the Initial buf[at, end) of the datagram. */
function readInitial(
  view: View,
  session: QuicSession,
  version: number,
  dcid: Uint8Array,
  at: number,
  numberAt: number,
  end: number,
): void {
  const { buf } = view.c;
  session.opened++;
  if (!view.fromClient) {
    const { opener } = session;
    if (!opener) return;
    session.serverKeys ??= initialKeys(opener.protection, opener.dcid, 'server');
    if (packet.open(session.serverKeys, buf, at, numberAt, end)) readPacket(view, session, session.server);
    return;
  }
  const known = session.clientKeys;
  if (known && packet.open(known, buf, at, numberAt, end) && readPacket(view, session, session.client)) return;
  // First packet, or the first after a Retry: its own connection id makes the keys (RFC 9001 section 5.2).
  for (const protection of protections(version)) {
    const keys = initialKeys(protection, dcid, 'client');
    if (!packet.open(keys, buf, at, numberAt, end)) continue;
    const stream = new CryptoStream();
    if (!readPacket(view, session, stream)) continue;
    session.client = stream;
    session.clientKeys = keys;
    // The server's keys are made when it speaks; dcid is a view of the packet, so it is copied.
    session.opener = { protection, dcid: Uint8Array.from(dcid) };
    session.serverKeys = undefined;
    return;
  }
  count(SEALED);
}

const chlo = new Cursor();

/** What the opened packet bears; false when its keys did not fit. */
function readPacket(view: View, session: QuicSession, stream: CryptoStream): boolean {
  const google = googleNumber(session.quicVersion) >= 50;
  if (google) {
    packet.need(packet.length);
    if (readChlo(view, chlo.set(packet.plain, 0, packet.length))) {
      session.google = true;
      return true;
    }
  }
  if (!readFrames(packet, stream, google)) return false;
  if (stream.length > 0) readMessages(view, session, stream.buf, stream.length, 'q');
  return true;
}
