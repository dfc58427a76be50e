/** IRC, RFC 2812 sections 2.3 and 3.1, and IRCv3 capability negotiation: NICK, USER, PASS, CAP; ":server 001 nick :…". */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith, firstBytes } from '../words.ts';

const OPENINGS = ['nick ', 'user ', 'pass ', 'cap ls', 'cap req ', 'cap end', 'ping :', 'join #', 'webirc '];
const NOTICES = ['notice auth :', 'notice * :', 'error :closing link'];

export const irc: Protocol = {
  id: 65,
  name: 'IRC',
  tcp: {
    ports: [194, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 7000],
    first: firstBytes(OPENINGS),
    look,
  },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) {
    const verdict = beginsWith(c, NOTICES);
    return verdict === NO ? prefixed(c) : verdict;
  }
  const verdict = beginsWith(c, OPENINGS);
  if (verdict !== YES) return verdict;
  // NICK and CAP are IRC's own; USER and PASS are others' words too and need a line NICK or a numeric reply with them.
  if (beginsWith(c, ['nick ', 'cap ', 'join #', 'webirc ']) === YES) return YES;
  if (c.findText('\nNICK ', 512) >= 0) return YES;
  if (view.other.length === 0) return MORE;
  const server = beginsWith(view.other, NOTICES);
  return server === NO ? prefixed(view.other) : server;
}

/** ":" servername SP (three digits or a word) SP. */
function prefixed(c: Cursor) {
  if (c.peek8(0) !== 0x3a) return NO;
  const space = c.find(0x20, 128);
  if (space < 0) return c.left < 128 ? MORE : NO;
  if (c.startsWith('NOTICE ', space + 1)) return YES;
  if (c.left < space + 5) return MORE;
  for (let i = 1; i <= 3; i++) {
    const digit = c.peek8(space + i);
    if (digit < 0x30 || digit > 0x39) return NO;
  }
  return c.peek8(space + 4) === 0x20 ? YES : NO;
}

function parse(view: View) {
  if (!view.fromClient) return view.packet >= 8 ? DONE : MORE;
  for (let n = 0; n < 8; n++) {
    const line = view.c.line(512);
    if (line === undefined) break;
    if (line.slice(0, 5).toUpperCase() !== 'NICK ') continue;
    view.more('irc.nick', line.slice(5));
    return DONE;
  }
  return view.packet >= 8 ? DONE : MORE;
}
