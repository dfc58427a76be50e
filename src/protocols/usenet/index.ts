/** NNTP, RFC 3977 sections 5.1 and 5.2: "200" or "201" greeting, then commands of Usenet's own. */
import { MORE, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith, containsNoCase, firstBytes } from '../words.ts';

const GREETINGS = ['200 ', '201 '];
const COMMANDS = [
  'authinfo ',
  'mode reader',
  'mode stream',
  'group ',
  'list active',
  'capabilities',
  'xover ',
  'article ',
  'newgroups ',
  'help\r',
  'ihave ',
  'check <',
];

export const usenet: Protocol = {
  id: 93,
  name: 'Usenet',
  tcp: { ports: [119], first: firstBytes(COMMANDS), firstServer: [0x32], look },
};

function look(view: View) {
  const { c, other } = view;
  const verdict = beginsWith(c, view.fromClient ? COMMANDS : GREETINGS);
  if (verdict !== YES) return verdict;
  if (!view.fromClient && (containsNoCase(c, 'nntp', 256) || containsNoCase(c, 'news', 256))) return YES;
  if (other.length === 0) return MORE;
  return beginsWith(other, view.fromClient ? GREETINGS : COMMANDS);
}
