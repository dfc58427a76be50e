/** POP3, RFC 1939 sections 3 to 7: "+OK" or "-ERR" from the server, short commands from the client. */
import { DONE, MORE, type Protocol, type View, YES } from '../kit.ts';
import { startTls } from '../tls/starttls.ts';
import { beginsWith, firstBytes } from '../words.ts';

const REPLIES = ['+ok', '-err'];
const COMMANDS = [
  'user ',
  'pass ',
  'apop ',
  'auth',
  'capa',
  'stls',
  'stat',
  'list',
  'retr ',
  'dele ',
  'noop',
  'quit',
  'uidl',
  'top ',
  'rset',
];

/** nDPI's name for it once it has changed to TLS. */
const POPS = 23;

export const pop3: Protocol = {
  id: 2,
  name: 'POP3',
  tcp: { ports: [110], first: firstBytes(COMMANDS), firstServer: firstBytes(REPLIES), look },
  parse,
};

/** Both sides must speak it: a store in memory answers "+OK" as well (RESP), and FTP clients say USER. */
function look(view: View) {
  const { c, other } = view;
  const verdict = beginsWith(c, view.fromClient ? COMMANDS : REPLIES);
  if (verdict !== YES) return verdict;
  if (view.port(110)) return YES;
  return other.length === 0 ? MORE : beginsWith(other, view.fromClient ? REPLIES : COMMANDS);
}

const RISK_CREDENTIALS = 36;

function parse(view: View) {
  const secured = startTls(view, POPS);
  if (secured !== undefined) return secured;
  const { c } = view;
  for (let n = 0; n < 40; n++) {
    const line = c.line(512);
    if (line === undefined) break;
    if (!view.fromClient) {
      if (n > 0 && line.startsWith('-ERR')) view.more('pop3.error', line.slice(4).trim());
      continue;
    }
    const word = line.slice(0, 5).toUpperCase();
    if (word === 'USER ') {
      view.more('pop3.user', line.slice(5));
      view.risk(RISK_CREDENTIALS, `Found username (${line.slice(5)})`);
    } else if (word === 'APOP ') view.more('pop3.user', line.slice(5).split(' ')[0]!);
  }
  return view.packet >= 20 ? DONE : MORE;
}
