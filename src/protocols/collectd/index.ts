/**
 * collectd (collectd wiki, "Binary protocol"): UDP 25826; parts of type, length, value to the datagram's end, strings with
 * their NUL. Signed (200) or encrypted (210) packets begin with that part.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const collectd: Protocol = {
  id: 298,
  name: 'collectd',
  udp: { ports: [25826], first: [0, 2], firstServer: [0, 2], look },
};

const TYPES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x100, 0x101, 0x200, 0x210];
const STRINGS = [0, 2, 3, 4, 5, 0x100];

function look({ c }: View) {
  let parts = 0;
  while (c.left >= 4) {
    const type = c.u16();
    const length = c.u16();
    if (!TYPES.includes(type) || length < 5 || length - 4 > c.left) return NO;
    if (STRINGS.includes(type) && c.peek8(length - 5) !== 0) return NO;
    if (type === 0x210) return parts === 0 && c.left === length - 4 ? YES : NO;
    c.skip(length - 4);
    parts++;
  }
  return parts >= 3 && c.left === 0 ? YES : NO;
}
