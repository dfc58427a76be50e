/** SAIA Burgess Ether-S-I/O (Saia manual 26-849): UDP 6060, "ESIO". */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const etherSio: Protocol = {
  id: 363,
  name: 'EtherSIO',
  udp: { ports: [6060], first: [0x45], firstServer: [0x45], look: ({ c }: View) => (c.startsWith('ESIO') ? YES : NO) },
};
