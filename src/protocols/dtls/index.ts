/** DTLS 1.0 to 1.3: RFC 4347, RFC 6347, RFC 9147; connection ids RFC 9146. */
import { Cursor, DONE, MORE, NO, type Protocol, type Verdict, type View, YES } from '../kit.ts';
import { RISK } from '../risks.ts';
import { MESSAGE, readMessage } from '../tls/handshake.ts';
import { CONTENT } from '../tls/records.ts';
import { TlsSession } from '../tls/session.ts';
import { Fragments } from './fragments.ts';

const FIRST = [20, 21, 22, 23, 25];
const TLS12_CID = 25;
const HEADER = 13;
const MAX_RECORDS = 16;

export const dtls: Protocol = {
  id: 30,
  name: 'DTLS',
  udp: { first: FIRST, firstServer: FIRST, look },
  parse,
  hostApplication: true,
};

export class DtlsSession extends TlsSession {
  readonly client = new Fragments();
  readonly server = new Fragments();
}

/** A record header stands at the cursor's place and its record fits the datagram. */
export function isDtls(view: View): boolean {
  const { c } = view;
  const type = c.peek8(0);
  const version = c.peek16(1);
  if (type < 20 || type > 25 || type === 24) return false;
  if (version !== 0xfeff && version !== 0xfefd && version !== 0xfefc && version !== 0x0100) return false;
  if (type === TLS12_CID) return c.peek16(3) > 0 && c.left > HEADER;
  const length = c.peek16(11);
  // A datagram that was cut by the snap length still tells how long it was.
  const past = c.left - HEADER - length + Math.max(0, view.wireLen - c.length);
  if (length <= 0 || past < 0) return false;
  const epoch = c.peek16(3);
  if (type === CONTENT.HANDSHAKE && epoch === 0) {
    const message = c.peek8(HEADER);
    const whole = c.peek24(HEADER + 1);
    return message <= 24 && c.peek24(HEADER + 6) + c.peek24(HEADER + 9) <= whole && c.peek24(HEADER + 9) + 12 <= length;
  }
  if (type === CONTENT.CHANGE_CIPHER_SPEC) return length === 1 || length === 3;
  if (type === CONTENT.ALERT) return length === 2 || epoch > 0;
  return epoch > 0;
}

function look(view: View): Verdict {
  if (!isDtls(view)) return NO;
  const { c } = view;
  const message = c.peek8(HEADER);
  if (c.peek8(0) === CONTENT.HANDSHAKE && c.peek16(3) === 0 && view.fromClient) {
    // HelloVerifyRequest (3) and ServerHello come from the server.
    if (message === MESSAGE.SERVER_HELLO || message === 3) view.speakerIsServer = true;
  }
  return YES;
}

function parse(view: View): typeof MORE | typeof DONE {
  return readDtls(view, (view.state ??= new DtlsSession()) as DtlsSession);
}

const piece = new Cursor();

/** Reads the records of one datagram; for protocols that share the port with DTLS (STUN, TURN) as well. */
export function readDtls(view: View, session: DtlsSession): typeof MORE | typeof DONE {
  const { c } = view;
  for (let n = 0; n < MAX_RECORDS && c.left >= HEADER && isDtls(view); n++) {
    const type = c.u8();
    c.skip(2);
    const epoch = c.u16();
    c.skip(6);
    const length = c.u16();
    const protectedNow = epoch > 0 || type === CONTENT.CHANGE_CIPHER_SPEC || type === CONTENT.APPLICATION_DATA;
    if (protectedNow || type === TLS12_CID) {
      if (view.fromClient) session.clientEncrypted = true;
      else session.serverEncrypted = true;
    } else if (type === CONTENT.HANDSHAKE) readFragments(view, session, c.sub(length, piece));
    else if (type === CONTENT.ALERT && c.peek8(0) === 2) view.risk(RISK.TLS_FATAL_ALERT, `alert ${c.peek8(1)}`);
    if (type === TLS12_CID) break;
    if (type !== CONTENT.HANDSHAKE || protectedNow) c.skip(length);
  }
  const client = session.clientHello || session.clientEncrypted;
  const server = session.certificate || session.serverEncrypted || session.version === 0xfefc;
  if (client && server) return DONE;
  return view.packet > 24 && (client || server) ? DONE : MORE;
}

const body = new Cursor();

/** One record may hold several messages or pieces of messages. */
function readFragments(view: View, session: DtlsSession, c: Cursor): void {
  for (let n = 0; n < 8 && c.left >= 12; n++) {
    const type = c.u8();
    const length = c.u24();
    const sequence = c.u16();
    const offset = c.u24();
    const size = c.u24();
    if (!c.has(size) || offset + size > length) return;
    const bytes = c.bytes(size);
    if (offset === 0 && size === length) {
      readMessage(view, session, type, body.set(bytes, 0, size), true, 'd');
      continue;
    }
    const fragments = view.fromClient ? session.client : session.server;
    const whole = fragments.add(type, length, sequence, offset, bytes);
    if (whole) readMessage(view, session, type, body.set(whole, 0, whole.length), true, 'd');
  }
}
