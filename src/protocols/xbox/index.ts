/** Xbox Live's datagrams (UDP 3074): four zeros, a byte, 0x58, a byte, three zeros; or a ping of twelve bytes. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const xbox: Protocol = {
  id: 47,
  name: 'Xbox',
  udp: { ports: [3074, 3076], first: [0x00], firstServer: [0x00], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length <= 12 || c.peek32(0) !== 0 || c.peek8(5) !== 0x58) return NO;
  return c.peek24(7) === 0 && (view.port(3074) || c.peek8(4) !== 0) ? YES : NO;
}
