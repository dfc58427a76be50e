/** Internet-wide probes of measurement services: UDP text "MGLNDD_<address>_<port>". */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const ripeAtlas: Protocol = {
  id: 417,
  name: 'RipeAtlas',
  udp: { first: [0x4d], firstServer: [0x4d], look: ({ c }: View) => (c.startsWith('MGLNDD_') ? YES : NO) },
};
