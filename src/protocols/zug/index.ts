/** The ZUG chain's consensus messages over UDP: NUL, "zUG", kind 10. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const zug: Protocol = {
  id: 415,
  name: 'ZUG',
  udp: {
    first: [0],
    firstServer: [0],
    look: ({ c }: View) => (c.startsWith('zUG', 1) && c.peek8(4) === 0x10 ? YES : NO),
  },
};
