/** Ookla's speed test over plain TCP (port 8080): the client says "HI" or "HI <uuid>", the server "HELLO 2.4 (…)". */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const HELLO = ['hello 2.'];

export const ookla: Protocol = {
  id: 191,
  name: 'Ookla',
  tcp: { first: [0x48], firstServer: [0x48], look },
};

function look(view: View) {
  const { c } = view;
  if (c.startsWith('HELLO')) return beginsWith(c, HELLO);
  if (c.length < 3) return c.startsWith('H') ? MORE : NO;
  if (!c.startsWith('HI')) return NO;
  if (c.peek8(2) === 10) return c.length === 3 || view.other.startsWith('HELLO') ? YES : NO;
  // "HI " and a UUID of 36 characters.
  if (c.peek8(2) !== 0x20) return NO;
  if (c.length < 40) return MORE;
  return c.peek8(11) === 0x2d && c.peek8(16) === 0x2d && c.peek8(39) === 10 ? YES : NO;
}
