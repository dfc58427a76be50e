/** IMAP4rev1/rev2, RFC 9051 sections 2.2 and 7.1: an untagged greeting, then commands behind a tag. */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { startTls } from '../tls/starttls.ts';
import { beginsWith, firstBytes } from '../words.ts';

const GREETINGS = ['* ok', '* preauth', '* bye', '* capability'];
const COMMANDS = [
  'capability',
  'login ',
  'authenticate ',
  'starttls',
  'id (',
  'id nil',
  'noop',
  'logout',
  'select ',
  'namespace',
];
const MAX_TAG = 16;

/** nDPI's name for it once it has changed to TLS. */
const IMAPS = 51;

export const imap: Protocol = {
  id: 4,
  name: 'IMAP',
  tcp: { ports: [143], firstServer: firstBytes(GREETINGS), look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (view.fromClient) return command(c);
  const verdict = beginsWith(c, GREETINGS);
  if (verdict !== YES || view.port(143)) return verdict;
  if (c.findText('IMAP', 200) >= 0 || c.findText('CAPABILITY', 200) >= 0) return YES;
  return view.other.length === 0 ? MORE : command(view.other);
}

/** "tag SP command": the tag is letters and digits. */
function command(c: Cursor) {
  let n = 0;
  for (; n <= MAX_TAG; n++) {
    const byte = c.peek8(n);
    if (byte < 0) return MORE;
    if (byte === 0x20) break;
    if (!isTag(byte)) return NO;
  }
  if (n === 0 || n > MAX_TAG) return NO;
  c.skip(n + 1);
  const verdict = beginsWith(c, COMMANDS);
  c.reset();
  return verdict;
}

const isTag = (b: number) =>
  (b >= 48 && b <= 57) || (b >= 65 && b <= 90) || (b >= 97 && b <= 122) || b === 46 || b === 36;

const RISK_CREDENTIALS = 36;

function parse(view: View) {
  const secured = startTls(view, IMAPS);
  if (secured !== undefined) return secured;
  if (view.fromClient) {
    for (let n = 0; n < 40; n++) {
      const line = view.c.line(512);
      if (line === undefined) break;
      const [, word = '', user = ''] = line.split(' ', 3);
      if (word.toUpperCase() !== 'LOGIN') continue;
      const name = user.replaceAll('"', '');
      view.more('imap.user', name);
      view.risk(RISK_CREDENTIALS, `Found IMAP username (${name})`);
      return DONE;
    }
  }
  return view.packet >= 20 ? DONE : MORE;
}
