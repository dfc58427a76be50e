/** Telnet, RFC 854 ("IAC" = 255, then a command) and RFC 855: option negotiations at the beginning. */
import { type Cursor, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const IAC = 255;
const WILL = 251;
const SB = 250;
const SE = 240;
/** Highest option that IANA has assigned below the extended ones (255) is 49; 138..140 are in use as well. */
const known = (option: number) => option <= 49 || (option >= 138 && option <= 140);

export const telnet: Protocol = {
  id: 77,
  name: 'Telnet',
  tcp: { ports: [23, 2323], first: [IAC], firstServer: [IAC], look },
};

/** Two well-formed negotiations, or one on Telnet's port. */
function look(view: View) {
  const { c } = view;
  if (c.peek8(0) !== IAC) return NO;
  let found = 0;
  while (found < 2) {
    const step = negotiation(c);
    if (step === NO) return NO;
    if (step === MORE) break;
    found++;
    if (c.peek8(0) !== IAC) break;
  }
  if (found >= 2 || (found === 1 && view.port(23))) return YES;
  return c.length < 64 ? MORE : NO;
}

function negotiation(c: Cursor) {
  if (c.left < 3) return MORE;
  if (c.u8() !== IAC) return NO;
  const command = c.u8();
  const option = c.u8();
  if (!known(option)) return NO;
  if (command >= WILL && command <= 254) return YES;
  if (command !== SB) return NO;
  const end = c.find(IAC, 512);
  if (end < 0) return c.left < 512 ? MORE : NO;
  c.skip(end + 1);
  if (c.left < 1) return MORE;
  return c.u8() === SE ? YES : NO;
}
