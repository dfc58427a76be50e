/** FTP control connection, RFC 959 sections 4.1 and 4.2; AUTH TLS, RFC 4217 section 4. */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { startTls } from '../tls/starttls.ts';
import { beginsWith, containsNoCase, firstBytes } from '../words.ts';

/** What clients say first; USER is POP3's as well, so the server's greeting must be FTP's. */
const COMMANDS = [
  'user ',
  'auth tls',
  'auth ssl',
  'feat\r',
  'feat\n',
  'syst\r',
  'syst\n',
  'opts utf8',
  'host ',
  'acct ',
];
/** What they say later, for a connection that is seen from its middle. */
const LATER =
  'pass |type |pasv|epsv|port |eprt |list|nlst|mlsd|retr |stor |cwd |pwd|size |mdtm |rest |dele |noop|quit'.split('|');
const GREETINGS = ['220 ', '220-'];

/** nDPI's name for it once it has changed to TLS. */
const FTPS = 311;

export const ftp: Protocol = {
  id: 1,
  name: 'FTP_CONTROL',
  tcp: { ports: [21], first: firstBytes(COMMANDS), firstServer: [0x32], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (view.fromClient) {
    const verdict = beginsWith(c, COMMANDS);
    if (verdict === NO && view.port(21)) return beginsWith(c, LATER);
    if (verdict !== YES) return verdict;
    if (view.port(21)) return YES;
    return view.other.length === 0 ? MORE : beginsWith(view.other, GREETINGS);
  }
  const verdict = beginsWith(c, GREETINGS);
  if (verdict !== YES) return verdict;
  if (containsNoCase(c, 'smtp', 256)) return NO;
  if (view.port(21) || containsNoCase(c, 'ftp', 256)) return YES;
  return view.other.length === 0 ? MORE : beginsWith(view.other, COMMANDS);
}

const MAX_LINES = 40;
const RISK_CREDENTIALS = 36;

function parse(view: View) {
  const secured = startTls(view, FTPS);
  if (secured !== undefined) return secured;
  const { c } = view;
  for (let n = 0; n < MAX_LINES; n++) {
    const line = c.line(512);
    if (line === undefined) break;
    if (view.fromClient) command(view, line);
    else if (line.startsWith('530')) view.more('ftp.auth_failed', true);
    else if (line.startsWith('230')) return DONE;
  }
  return view.packet >= 20 ? DONE : MORE;
}

function command(view: View, line: string): void {
  const word = line.slice(0, 5).toUpperCase();
  if (word === 'USER ') {
    const user = line.slice(5);
    view.more('ftp.user', user);
    view.risk(RISK_CREDENTIALS, `Found FTP username (${user})`);
  } else if (word === 'PASS ') view.risk(RISK_CREDENTIALS, 'Found password');
}
