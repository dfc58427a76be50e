/**
 * Dofus: messages of version 3 are Protocol Buffers "Any" whose type begins with the maker's domain; before, the server greets with "HC" (login) and a key of 32 letters, or "HG"
 * (game), each ended by zero.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const dofus: Protocol = {
  id: 106,
  name: 'Dofus',
  tcp: { ports: [5555], look },
};

/** Behind a length and the fields that wrap the message. */
const TYPE = 'type.ankama.com/';
const WITHIN = 64;

function look(view: View) {
  const { c } = view;
  if (c.length < 3) return MORE;
  if (c.peek8(0) !== 0x48) {
    if (c.findText(TYPE, WITHIN) >= 0) return YES;
    return c.length < WITHIN && view.packet < 3 ? MORE : NO;
  }
  if (c.startsWith('HG\0')) return view.port(5555) ? YES : NO;
  if (!c.startsWith('HC')) return NO;
  for (let at = 2; at < 34; at++) {
    const byte = c.peek8(at);
    if (byte < 0) return MORE;
    if (byte < 0x61 || byte > 0x7a) return NO;
  }
  return c.length < 35 ? MORE : c.peek8(34) === 0 ? YES : NO;
}
