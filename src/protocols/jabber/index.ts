/** XMPP, RFC 6120 section 4.2: a stream header whose namespace is Jabber's. TruPhone's servers are XMPP with a name of theirs. */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const OPENINGS = [
  '<stream:stream',
  "<?xml version='1.0'",
  '<?xml version="1.0"',
  '<open ',
  '<iq ',
  '<message ',
  '<presence',
  '<stream:features',
  '<starttls',
  '<proceed',
];
const TRUPHONE = 101;
const MAX_HEADER = 1024;

export const jabber: Protocol = {
  id: 67,
  name: 'Jabber',
  tcp: { ports: [5222, 5269], first: [0x3c], firstServer: [0x3c], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  const verdict = beginsWith(c, OPENINGS);
  if (verdict !== YES) return verdict;
  const xmpp =
    c.findText('jabber:', MAX_HEADER) >= 0 ||
    c.findText('etherx.jabber.org', MAX_HEADER) >= 0 ||
    c.findText('urn:ietf:params:xml:ns:xmpp', MAX_HEADER) >= 0;
  if (!xmpp) return c.length < MAX_HEADER ? MORE : NO;
  if (c.findText('.truphone.com', MAX_HEADER) >= 0) view.master = view.app = TRUPHONE;
  return YES;
}

function parse(view: View) {
  if (!view.fromClient) return view.packet >= 6 ? DONE : MORE;
  const header = view.c.text(Math.min(view.c.length, MAX_HEADER));
  const to = /<stream:stream[^>]*\bto=['"]([^'"]{1,255})['"]/.exec(header);
  if (to) view.more('xmpp.to', to[1]!);
  return to || view.packet >= 6 ? DONE : MORE;
}
