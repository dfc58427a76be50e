/** TLS, RFC 8446, RFC 5246, RFC 6101; SSL 2.0's ClientHello in which old clients offer SSL 3.0 and more. */
import { type Cursor, count, counter, DONE, MORE, NO, type Protocol, type Verdict, type View, YES } from '../kit.ts';
import { RISK } from '../risks.ts';
import { readMessages } from './handshake.ts';
import { CONTENT, readFlight, recordHeader } from './records.ts';
import { TlsSession } from './session.ts';

const BROKEN = counter('detect.tls.records_broken_off');

const FIRST = [0x14, 0x15, 0x16, 0x17];
/** Ports whose protocol has a name of its own once it is wrapped in TLS. */
const WRAPPED = new Map([
  [465, 29],
  [995, 23],
  [993, 51],
  [990, 311],
]);
const DOT = 196;

export const tls: Protocol = {
  id: 91,
  name: 'TLS',
  tcp: { ports: [443, 8443], first: [...FIRST, 0x80], firstServer: FIRST, look },
  parse: (view) => finish(view, parse(view)),
  hostApplication: true,
};

/** nDPI's names for mail and FTP inside TLS: recognised as TLS, named by their port or by who handed over. */
const wrapped = (id: number, name: string): Protocol => ({ id, name, hostApplication: true });
export const smtps = wrapped(29, 'SMTPS');
export const pops = wrapped(23, 'POPS');
export const imaps = wrapped(51, 'IMAPS');
export const ftps = wrapped(311, 'FTPS');
export const dot = wrapped(DOT, 'DoH_DoT');

function look(view: View): Verdict {
  const { c } = view;
  if (c.peek8(0) === 0x80) return view.fromClient ? oldHello(c) : NO;
  if (c.length < 5) return MORE;
  if (!recordHeader(c)) return NO;
  const type = c.peek8(0);
  const length = c.peek16(3);
  if (type === CONTENT.HANDSHAKE && !view.midStream) {
    if (c.length < 11) return length < 6 ? NO : MORE;
    const message = c.peek8(5);
    const hello = message === 1 || message === 2;
    if (hello && c.peek16(9) >> 8 !== 3 && c.peek16(9) >> 8 !== 0x7f) return NO;
    if (message === 2 && view.fromClient) view.speakerIsServer = true;
    return YES;
  }
  if (c.length < 6) return MORE;
  if (type === CONTENT.ALERT) return length === 2 ? (c.peek8(5) === 1 || c.peek8(5) === 2 ? YES : NO) : YES;
  if (type === CONTENT.CHANGE_CIPHER_SPEC) return length === 1 && c.peek8(5) === 1 ? YES : NO;
  // Application data: the next header, where it is there, must be one too.
  if (c.length > 5 + length) return c.length < 10 + length || recordHeader(c, 5 + length) ? YES : NO;
  return YES;
}

/** SSL 2.0 record of two bytes, CLIENT-HELLO, version 3.x offered; RFC 5246 appendix E.2. */
function oldHello(c: Cursor): Verdict {
  if (c.length < 11) return c.length < 5 || (c.peek8(2) === 1 && c.peek16(3) >> 8 <= 3) ? MORE : NO;
  const ciphers = c.peek16(5);
  const fits = 9 + ciphers + c.peek16(7) + c.peek16(9) === (c.peek16(0) & 0x7fff);
  const version = c.peek16(3);
  return c.peek8(2) === 1 && fits && ciphers % 3 === 0 && (version === 2 || version >> 8 === 3) ? YES : NO;
}

function parse(view: View): typeof MORE | typeof DONE {
  const session = (view.state ??= new TlsSession()) as TlsSession;
  return readTls(view, session);
}

/**
 * Reads TLS from session.clientAt or session.serverAt of the speaking side's stream on. Protocols that hand over
 * (STARTTLS) keep a TlsSession of their own, set where TLS begins, and call this from their parse.
 */
export function readTls(view: View, session: TlsSession): typeof MORE | typeof DONE {
  const { c } = view;
  const at = view.fromClient ? session.clientAt : session.serverAt;
  if (view.fromClient ? session.clientEncrypted : session.serverEncrypted) return verdict(view, session);
  c.seek(at);
  if (c.short) return MORE;
  if (at === 0 && c.peek8(0) === 0x80) {
    const version = c.peek16(3);
    (view.info.tls ??= {}).version = version;
    session.clientHello = true;
    session.clientEncrypted = true;
    view.risk(RISK.TLS_OBSOLETE, 'SSLv2 hello');
    return MORE;
  }
  const flight = readFlight(c);
  readMessages(view, session, flight.buf, flight.length, 't');
  if (flight.fatalAlert >= 0) view.risk(RISK.TLS_FATAL_ALERT, `alert ${flight.fatalAlert}`);
  if (flight.broken) count(BROKEN);
  if (flight.encrypted || flight.broken) {
    if (view.fromClient) session.clientEncrypted = true;
    else session.serverEncrypted = true;
  }
  return verdict(view, session);
}

/** TLS 1.3 hides everything behind the ServerHello; before it the certificate is worth waiting for. */
function verdict(view: View, session: TlsSession): typeof MORE | typeof DONE {
  const client = session.clientHello || session.clientEncrypted;
  const server = session.certificate || session.serverEncrypted || session.version >= 0x0304;
  if (client && server) return DONE;
  return view.packet > 24 && (client || server) ? DONE : MORE;
}

/** The master that nDPI gives to TLS on the ports of a wrapped protocol, DNS over TLS as an application. */
function finish(view: View, done: typeof MORE | typeof DONE): typeof MORE | typeof DONE {
  const port = view.serverPort;
  const master = WRAPPED.get(port) ?? WRAPPED.get(view.clientPort);
  if (master !== undefined) {
    view.master = master;
    if (view.app === tls.id) view.app = master;
  } else if (port === 853 || view.clientPort === 853 || view.info.tls?.alpn === 'dot') view.app = DOT;
  return done;
}
