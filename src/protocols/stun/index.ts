/**
 * STUN and TURN, RFC 8489 sections 5 and 14, RFC 8656 section 12 (ChannelData), RFC 3489 (without the magic cookie); and
 * what the calls that use them say of themselves: the realm of the relay, attributes of their own, media that follow.
 */

import { DtlsSession, isDtls, readDtls } from '../dtls/index.ts';
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { isRtcp, isRtp } from '../rtp/media.ts';
import { applicationOfAttribute, applicationOfRealm, isZoomTest, WHATSAPP_CALL } from './users.ts';

const STUN = 78;
const RTP = 87;
const DTLS = 30;
const SRTP = 338;
const MAGIC = 0x2112a442;
const ATTRIBUTE = { REALM: 0x0014, SOFTWARE: 0x8022 } as const;
/** Datagrams after recognition in which the application or media may still show. */
const PATIENCE = 24;
/** The same once the application is known: only media are left to see. */
const PATIENCE_NAMED = 7;

export const stun: Protocol = {
  id: STUN,
  name: 'STUN',
  udp: { ports: [3478, 3479, 5349, 19302], look: lookUdp },
  tcp: { ports: [3478, 3479], first: [0x00, 0x01], firstServer: [0x00, 0x01], look: lookTcp },
  parse,
  endpointApplication: true,
};

/** Binding, shared secret, allocate, refresh, send, data, create permission, channel bind, connect …; WhatsApp's 0x0800 …. */
const isMethod = (type: number) => (type & 0x3e0f) <= 0x0c || type >> 4 === 0x080;
const CLASSIC = [0x0001, 0x0101, 0x0111, 0x0002, 0x0102, 0x0112, 0x0003, 0x0103, 0x0113];

/** A message that fills `length` bytes: two zero bits, a known method, the cookie or readable attributes. */
function isMessage(c: Cursor, length: number): boolean {
  const type = c.peek16(0);
  const body = c.peek16(2);
  if (c.left < 20 || type >> 14 !== 0 || !isMethod(type)) return false;
  if (c.peek32(4) === MAGIC) return body + 20 <= length && body % 2 === 0;
  return body + 20 === length && CLASSIC.includes(type) && classic(c, body);
}

/** Without the cookie: attributes of RFC 3489 or of the calls known here, that fill the body to the byte; one at least. */
function classic(c: Cursor, body: number): boolean {
  let at = 20;
  let attributes = 0;
  while (at + 4 <= 20 + body) {
    const type = c.peek16(at);
    const length = c.peek16(at + 2);
    if (!(type >= 1 && type <= 0x2a) && type < 0x8000 && type !== 0x0101 && type !== 0x0103) return false;
    at += 4 + ((length + 3) & ~3);
    attributes++;
  }
  return attributes > 0 && at === 20 + body;
}

function lookUdp(view: View) {
  const { c } = view;
  return isMessage(c, c.length) ? YES : view.packet < 6 ? MORE : NO;
}

/** As it is (RFC 8489 section 6.2.2), or behind a length of 16 bits (RFC 4571), as calls over TCP do. */
function lookTcp({ c }: View) {
  if (c.length < 8) return MORE;
  if (c.peek32(4) === MAGIC && isMethod(c.peek16(0))) return c.peek16(2) <= 2048 ? YES : NO;
  if (c.length < 10) return MORE;
  const framed = c.peek16(0);
  c.skip(2);
  return c.peek32(4) === MAGIC && isMethod(c.peek16(0)) && c.peek16(2) + 20 <= framed ? YES : NO;
}

/** What is known of a flow beside its application. */
class Call {
  /** Messages had no magic cookie: the media that follow are plain RTP. */
  classic = false;
  dtls: DtlsSession | undefined;
}

function parse(view: View): typeof MORE | typeof DONE {
  const { c } = view;
  const call = (view.state ??= new Call()) as Call;
  if (!view.tcp) {
    if (call.dtls || isDtls(view)) return handshake(view, call);
    if (isRtp(c) || isRtcp(c)) return media(view, call);
    if (c.peek32(4) !== MAGIC && isMessage(c, c.length)) call.classic = true;
  }
  // Over TCP messages follow one another, perhaps framed.
  for (let messages = 0; messages < 16 && c.left >= 20; messages++) {
    if (view.tcp && c.peek32(4) !== MAGIC && c.peek32(6) === MAGIC) c.skip(2);
    if (c.peek16(0) >> 14 !== 0 || c.peek16(2) > c.left) break;
    const next = c.pos + 20 + c.peek16(2);
    message(view, c);
    if (next > c.end) break;
    c.pos = next;
  }
  if (view.app && view.app !== STUN) remember(view);
  else if (MEET_PORTS.includes(view.serverPort)) {
    view.app = applicationOfRealm('google.com');
    remember(view);
  } else recall(view);
  const named = view.app !== 0 && view.app !== STUN;
  return view.packet >= (named ? PATIENCE_NAMED : PATIENCE) ? DONE : MORE;
}

/** Google Meet's servers of media (Google Workspace administrator help, "Prepare your network for Meet"); 19302 serves anyone. */
const MEET_PORTS = [19303, 19304, 19305, 19306, 19307, 19308, 19309];

/** DTLS on the path that STUN has opened: it is the flow's protocol from here on. */
function handshake(view: View, call: Call): typeof MORE | typeof DONE {
  if (!call.dtls) {
    call.dtls = new DtlsSession();
    if (view.app === 0 || view.app === STUN) recall(view);
    view.master = DTLS;
    if (view.app === STUN) view.app = DTLS;
  }
  return readDtls(view, call.dtls);
}

function message(view: View, c: Cursor): void {
  const end = Math.min(c.end, c.pos + 20 + c.peek16(2));
  const type = c.peek16(0);
  if (type >> 4 === 0x080) view.app = WHATSAPP_CALL;
  if (isZoomTest(c)) view.app = applicationOfAttribute(0x0101);
  c.skip(20);
  for (let n = 0; n < 32 && end - c.pos >= 4; n++) {
    const attribute = c.u16();
    const length = c.u16();
    if (length > end - c.pos) break;
    const next = c.pos + ((length + 3) & ~3);
    if (attribute === ATTRIBUTE.REALM) realm(view, c.text(length));
    else if (attribute === ATTRIBUTE.SOFTWARE) view.more('stun.software', c.text(length));
    else if (attribute !== 0x0101) {
      const app = applicationOfAttribute(attribute);
      if (app) view.app = app;
    }
    c.pos = Math.min(next, end);
  }
}

function realm(view: View, text: string): void {
  const zero = text.indexOf('\0');
  const name = zero < 0 ? text : text.slice(0, zero);
  if (!name) return;
  view.info.hostname = name;
  const app = applicationOfRealm(name);
  if (app) view.app = app;
}

/** Media in the flow: WhatsApp's are encrypted and the flow's own matter; without the cookie they are plain RTP as far as one sees. */
function media(view: View, call: Call): typeof MORE | typeof DONE {
  if (view.app === STUN || view.app === 0) recall(view);
  if (view.app === WHATSAPP_CALL) view.master = SRTP;
  else if (call.classic && (view.app === STUN || view.app === 0)) view.app = RTP;
  else if (view.packet < PATIENCE) return MORE;
  return DONE;
}

const REMEMBERED_SECONDS = 300;

/** A call uses one local port for its relays and its peer: what one flow tells holds for the others. */
function remember(view: View): void {
  view.expectations.add(view.client, view.clientPort, 17, STUN, view.app, view.timeMs, REMEMBERED_SECONDS);
  if (!PUBLIC_PORTS.includes(view.serverPort)) {
    view.expectations.add(view.server, view.serverPort, 17, STUN, view.app, view.timeMs, REMEMBERED_SECONDS);
  }
}
/** Servers that tell anyone's address, whatever the call. */
const PUBLIC_PORTS = [19302];

function recall(view: View): void {
  const known =
    view.expectations.find(view.client, view.clientPort, 17, view.timeMs) ??
    view.expectations.find(view.server, view.serverPort, 17, view.timeMs);
  if (known?.master === STUN) view.app = known.app;
}
