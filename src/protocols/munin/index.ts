/** Munin node (Munin documentation, "Data exchange between master and node"): greets with "# munin node at <host>". */
import type { Protocol, View } from '../kit.ts';
import { beginsWith } from '../words.ts';

const GREETING = ['# munin node at '];

export const munin: Protocol = {
  id: 329,
  name: 'Munin',
  tcp: { ports: [4949], first: [0x23], firstServer: [0x23], look: ({ c }: View) => beginsWith(c, GREETING) },
};
