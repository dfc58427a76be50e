/** World of Warcraft's realm connection: both sides open with a line of text behind a length of 16 bits. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const OPENING = 'WORLD OF WARCRAFT CONNECTION';

export const worldofwarcraft: Protocol = {
  id: 76,
  name: 'WorldOfWarcraft',
  tcp: { ports: [3724], first: [0x30, 0x00], firstServer: [0x30, 0x00], look },
};

function look({ c }: View) {
  if (c.length < 2 + OPENING.length) return c.length < 3 || OPENING.startsWith(c.skip(2).text(c.left)) ? MORE : NO;
  return c.startsWith(OPENING, 2) ? YES : NO;
}
