/**
 * Armagetron Advanced (wiki, "Network protocol"): messages of descriptor, id, length in words, data; the sender's id ends
 * the datagram, which the messages fill to the byte.
 */
import { type Cursor, NO, type Protocol, type View, YES } from '../kit.ts';

export const armagetron: Protocol = {
  id: 104,
  name: 'Armagetron',
  udp: { ports: [4534, 4533], first: [0x00], firstServer: [0x00], look },
};

const LOGIN = 11;
const SYNC = 28;

function look(view: View) {
  const { c } = view;
  const first = c.peek16(0);
  if (c.length < 10 || !fills(c)) return NO;
  if (view.port(4534)) return YES;
  return (first === LOGIN && c.peek16(2) === 0 && c.peek16(4) > 2) || (first === SYNC && c.peek16(4) === 1) ? YES : NO;
}

function fills(c: Cursor): boolean {
  let at = 0;
  for (let messages = 0; messages < 32; messages++) {
    if (at + 2 === c.length) return messages > 0;
    const descriptor = c.peek16(at);
    const words = c.peek16(at + 4);
    if (descriptor < 1 || descriptor > 512 || words < 0) return false;
    at += 6 + words * 2;
  }
  return false;
}
