/** Gearman (gearman.org, "Protocol", binary packet): NUL and "REQ" or "RES", type up to 43, length. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const gearman: Protocol = {
  id: 394,
  name: 'Gearman',
  tcp: { ports: [4730], first: [0], firstServer: [0], look },
};

function look({ c }: View) {
  if (c.length < 12) return c.peek8(0) === 0 ? MORE : NO;
  const magic = c.peek32(0);
  return (magic === 0x00524551 || magic === 0x00524553) && c.peek32(4) <= 43 ? YES : NO;
}
