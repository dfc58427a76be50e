/** Java RMI (Java RMI specification section 10.2.1): "JRMI", version 1 or 2, then K, L or M. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const MAGIC = ['jrmi'];

export const jrmi: Protocol = {
  id: 416,
  name: 'JRMI',
  tcp: { ports: [1099], first: [0x4a], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) return MORE;
  if (c.length < 7) return beginsWith(c, MAGIC) === NO ? NO : MORE;
  return c.startsWith('JRMI') && c.peek16(4) <= 2 && c.peek8(6) >= 0x4b && c.peek8(6) <= 0x4d ? YES : NO;
}
