/** TiVo's beacon (TiVo "TiVoConnect automatic machine discovery protocol" 1.5.1): "tivoconnect=1" lines, UDP and TCP 2190. */
import type { Protocol, View } from '../kit.ts';
import { beginsWith } from '../words.ts';

const STARTS = ['tivoconnect='];
const look = ({ c }: View) => beginsWith(c, STARTS);
const FIRST = [0x54, 0x74];

export const tivoConnect: Protocol = {
  id: 308,
  name: 'TiVoConnect',
  tcp: { ports: [2190], first: FIRST, firstServer: FIRST, look },
  udp: { ports: [2190], first: FIRST, firstServer: FIRST, look },
};
