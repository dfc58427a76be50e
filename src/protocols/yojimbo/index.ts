/** netcode, the connection layer of yojimbo (netcode STANDARD.md, "Connection request packet"): 0, "NETCODE 1.0x", NUL. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const yojimbo: Protocol = {
  id: 388,
  name: 'Yojimbo',
  udp: { first: [0], firstServer: [0], look: ({ c }: View) => (c.startsWith('NETCODE 1.', 1) ? YES : NO) },
};
