/** Dofus: the server greets with "HC" (login) and a key of 32 letters, or "HG" (game), each ended by zero. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const dofus: Protocol = {
  id: 106,
  name: 'Dofus',
  tcp: { ports: [5555], first: [0x48], firstServer: [0x48], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 3) return MORE;
  if (c.startsWith('HG\0')) return view.port(5555) ? YES : NO;
  if (!c.startsWith('HC')) return NO;
  for (let at = 2; at < 34; at++) {
    const byte = c.peek8(at);
    if (byte < 0) return MORE;
    if (byte < 0x61 || byte > 0x7a) return NO;
  }
  return c.length < 35 ? MORE : c.peek8(34) === 0 ? YES : NO;
}
