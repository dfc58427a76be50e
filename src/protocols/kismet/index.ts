/** Kismet's server (Kismet documentation, "client/server protocol"): greets with "*KISMET: " on TCP 2501. */
import type { Protocol, View } from '../kit.ts';
import { beginsWith } from '../words.ts';

const GREETING = ['*kismet: '];

export const kismet: Protocol = {
  id: 309,
  name: 'Kismet',
  tcp: { first: [0x2a], firstServer: [0x2a], look: ({ c }: View) => beginsWith(c, GREETING) },
};
