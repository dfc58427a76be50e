/** Inter-Asterisk eXchange 2, RFC 5456 section 8.1.1: full frame, IAX control frame, information elements that fill it. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const iax: Protocol = {
  id: 95,
  name: 'IAX',
  udp: { ports: [4569], look },
};

const CONTROL = 6;

function look(view: View) {
  const { c } = view;
  if (c.length < 12) return view.port(4569) && view.packet < 4 ? MORE : NO;
  const subclass = c.peek8(11);
  if ((c.peek8(0) & 0x80) === 0 || c.peek8(10) !== CONTROL || subclass === 0 || subclass > 40) return NO;
  // The beginning: no destination yet, or sequence numbers that are still small.
  if (!view.port(4569) && (c.peek8(8) > 1 || c.peek8(9) > 1)) return NO;
  c.skip(12);
  for (let n = 0; n < 64 && c.left > 0; n++) {
    const element = c.u8();
    const length = c.u8();
    if (c.short || element === 0 || element > 60 || !c.has(length)) return NO;
    c.skip(length);
  }
  return c.length > 12 || view.port(4569) ? YES : NO;
}
