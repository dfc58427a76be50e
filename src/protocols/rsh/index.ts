/**
 * Remote shell (rshd(8); TCP 514): the client sends the port for standard error as digits and NUL, then its user, the
 * server's user and the command, each ended by NUL.
 */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { RISK } from '../risks.ts';

const DIGITS = [0, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39];

export const rsh: Protocol = {
  id: 294,
  name: 'RSH',
  tcp: { ports: [514], first: [], firstServer: [], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (view.serverPort !== 514) return NO;
  if (!view.fromClient) return view.other.length > 0 ? NO : MORE;
  let at = 0;
  while (at < 6 && DIGITS.includes(c.peek8(at)) && c.peek8(at) !== 0) at++;
  if (at === c.length && at < 6) return MORE;
  if (at > 5 || c.peek8(at) !== 0) return NO;
  c.skip(at + 1);
  for (let name = 0; name < 3; name++) {
    const end = c.find(0, 512);
    if (end < 0) return c.left < 512 ? MORE : NO;
    if (end === 0) return NO;
    for (let i = 0; i < end; i++) if (c.peek8(i) < 0x20) return NO;
    c.skip(end + 1);
  }
  return YES;
}

/** Who may run commands is told by the name alone, and anyone on the way reads it. */
function parse(view: View): typeof DONE {
  const { c } = view;
  c.skip(c.find(0) + 1);
  const [user, , command] = [text(c), text(c), text(c)];
  view.more('rsh.user', user);
  view.more('rsh.command', command);
  view.risk(RISK.CLEAR_TEXT_CREDENTIALS, `user ${user} runs ${command}`);
  return DONE;
}

function text(c: Cursor): string {
  const value = c.text(Math.max(0, c.find(0, 512)));
  c.skip(1);
  return value;
}
