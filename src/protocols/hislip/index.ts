/** HiSLIP (IVI-6.1 section 2.3): "HS", message type, control code, parameter, payload length of 64 bits. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const hislip: Protocol = {
  id: 372,
  name: 'HiSLIP',
  tcp: { ports: [4880], first: [0x48], firstServer: [0x48], look },
};

function look({ c }: View) {
  if (c.length < 16) return c.length < 2 || c.startsWith('HS') ? MORE : NO;
  return c.startsWith('HS') && c.peek8(2) <= 26 && c.peek32(8) === 0 ? YES : NO;
}
