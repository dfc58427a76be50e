/** rsync daemon (rsync source, doc "rsync daemon protocol"): both sides open with "@RSYNCD: <version>\n". */
import type { Protocol, View } from '../kit.ts';
import { beginsWith } from '../words.ts';

const GREETING = ['@rsyncd: '];

export const rsync: Protocol = {
  id: 166,
  name: 'RSYNC',
  tcp: { ports: [873], first: [0x40], firstServer: [0x40], look: ({ c }: View) => beginsWith(c, GREETING) },
};
