/** Megaco/H.248 (ITU-T H.248.1 annex B.2): text messages begin with "!/<version> " or "MEGACO/<version> ". */
import type { Protocol, View } from '../kit.ts';
import { beginsWith } from '../words.ts';

const STARTS = ['!/1 ', '!/2 ', '!/3 ', '!/1[', '!/2[', '!/3[', 'megaco/1', 'megaco/2', 'megaco/3'];
const FIRST = [0x21, 0x4d, 0x6d];

export const megaco: Protocol = {
  id: 181,
  name: 'Megaco',
  udp: { ports: [2944], first: FIRST, firstServer: FIRST, look: ({ c }: View) => beginsWith(c, STARTS) },
};
