/** Syncthing's local discovery, version 4 (docs.syncthing.net, "Local discovery protocol"): magic 2E A7 D9 0B, UDP 21027. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const syncthing: Protocol = {
  id: 313,
  name: 'Syncthing',
  udp: { first: [0x2e], firstServer: [0x2e], look: ({ c }: View) => (c.peek32(0) === 0x2ea7d90b ? YES : NO) },
};
