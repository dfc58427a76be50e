/** OpenFlow (Open Networking Foundation, OpenFlow Switch Specification 1.5.1 section 7.1.1): begins with HELLO (0) each way. */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [1, 2, 3, 4, 5, 6];
const PORTS = [6633, 6653];

export const openflow: Protocol = {
  id: 374,
  name: 'OpenFlow',
  tcp: { ports: PORTS, first: FIRST, firstServer: FIRST, look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 8) return MORE;
  const known = PORTS.includes(view.serverPort);
  if (!hello(c))
    return known && FIRST.includes(c.peek8(0)) && c.peek8(1) <= 35 && c.peek16(2) >= 8 && view.midStream ? YES : NO;
  if (known) return YES;
  return view.other.length >= 8 ? (hello(view.other) ? YES : NO) : MORE;
}

const hello = (c: Cursor) =>
  FIRST.includes(c.peek8(0)) && c.peek8(1) === 0 && (c.peek16(2) === 8 || c.peek16(2) === 16);
