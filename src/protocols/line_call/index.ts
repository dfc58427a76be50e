/**
 * LINE calls over UDP: a version in the high five bits (D8 or D0), in the low eleven the length of what follows the
 * four-byte header; a running number; set-up messages are of kind 06 02.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf];

export const lineCall: Protocol = {
  id: 316,
  name: 'LineCall',
  udp: { first: FIRST, firstServer: FIRST, look },
};

function look(view: View) {
  const { c } = view;
  view.byBehaviour = true;
  const head = c.peek16(0);
  return head >> 11 === 0x1b && (head & 0x7ff) === view.wireLen - 4 && c.peek16(4) === 0x0602 ? YES : NO;
}
