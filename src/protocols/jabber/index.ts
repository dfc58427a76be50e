/** XMPP, RFC 6120 section 4.2: a stream header whose namespace is Jabber's. TruPhone's servers are XMPP with a name of theirs. */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { startTls } from '../tls/starttls.ts';
import { beginsWith } from '../words.ts';

const HEADERS = ['<stream:stream', "<?xml version='1.0'", '<?xml version="1.0"', '<open '];
/** What is said once the stream is open; believed on XMPP's ports without the namespace. */
const STANZAS = [
  '<iq ',
  '<message ',
  '<presence',
  '<stream:features',
  '<starttls ',
  '<proceed ',
  '</stream:stream>',
  '<auth ',
  '<success ',
];
const TRUPHONE = 101;
const MAX_HEADER = 1024;
const NAMES = ['jabber:', 'jabber.org', 'urn:ietf:params:xml:ns:xmpp'];
/** Packets until a change to TLS has come, if it comes. */
const MOST = 10;
const PUSH_HELLO = 0x25;
const PUSH_ANSWER = 0x26;

export const jabber: Protocol = {
  id: 67,
  name: 'Jabber',
  tcp: { ports: [5222, 5223, 5269], first: [0x3c, PUSH_HELLO], firstServer: [0x3c, PUSH_ANSWER], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (c.peek8(0) === PUSH_HELLO || c.peek8(0) === PUSH_ANSWER) return push(view);
  const header = beginsWith(c, HEADERS);
  const stanza = beginsWith(c, STANZAS);
  if (header !== YES && stanza !== YES) return header === MORE || stanza === MORE ? MORE : NO;
  const named = NAMES.some((name) => c.findText(name, MAX_HEADER) >= 0);
  if (!named && !(stanza === YES && (view.port(5222) || view.port(5269)))) return c.length < MAX_HEADER ? MORE : NO;
  // The header's attributes may still be on their way.
  if (header === YES && c.length < MAX_HEADER && !ended(c)) return MORE;
  if (c.findText('.truphone.com', MAX_HEADER) >= 0) view.master = view.app = TRUPHONE;
  return YES;
}

/** The stream's tag is there to its end. */
function ended(c: Cursor): boolean {
  const at = Math.max(0, c.findText('<stream:stream', MAX_HEADER));
  c.skip(at);
  const end = c.find(0x3e, MAX_HEADER);
  c.reset();
  return end > 0;
}

/**
 * A push service of a telephone maker on 5223, the port of XMPP over TLS, without TLS: kind, 0, length that counts
 * itself. The hello and its answer must both have that form.
 */
function push(view: View) {
  const { c, other } = view;
  if (!view.port(5223)) return NO;
  if (c.length < 5) return MORE;
  if (c.peek8(1) !== 0 || c.peek8(2) < 16) return NO;
  if (c.length < c.peek8(2) || other.length < 3) return MORE;
  const kinds = view.fromClient
    ? c.peek8(0) === PUSH_HELLO && other.peek8(0) === PUSH_ANSWER
    : c.peek8(0) === PUSH_ANSWER && other.peek8(0) === PUSH_HELLO;
  return kinds && other.peek8(1) === 0 && other.peek8(2) >= 16 ? YES : NO;
}

function parse(view: View) {
  const secured = startTls(view, view.master);
  if (secured !== undefined) return secured;
  if (!view.fromClient) return view.packet >= MOST ? DONE : MORE;
  const header = view.c.text(Math.min(view.c.length, MAX_HEADER));
  const to = /<stream:stream[^>]*\bto=['"]([^'"]{1,255})['"]/.exec(header);
  if (to) view.more('xmpp.to', to[1]!);
  return view.packet >= MOST ? DONE : MORE;
}
