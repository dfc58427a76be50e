/** DLEP (RFC 8175 section 11): port 854; signals over UDP begin with "DLEP", messages over TCP with type and length. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const dlep: Protocol = {
  id: 400,
  name: 'DLEP',
  tcp: { ports: [854], first: [], firstServer: [], look: lookTcp },
  udp: { ports: [854], first: [0x44], firstServer: [0x44], look: ({ c }: View) => (c.startsWith('DLEP') ? YES : NO) },
};

function lookTcp(view: View) {
  const { c } = view;
  if (!view.port(854)) return NO;
  if (c.length < 4) return MORE;
  const type = c.peek16(0);
  if (type < 1 || type > 16) return NO;
  return c.length >= 4 + c.peek16(2) ? YES : MORE;
}
