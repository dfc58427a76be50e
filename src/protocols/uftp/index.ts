/**
 * UFTP 4 and 5 (UFTP protocol specification, "uftp_h"): version 40 or 50, function 1–14, sequence, source id, group id;
 * announced to a multicast group, UDP 1044.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const uftp: Protocol = {
  id: 373,
  name: 'UFTP',
  udp: { ports: [1044], first: [0x40, 0x50], firstServer: [0x40, 0x50], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(1044) || c.length < 16) return NO;
  const version = c.peek8(0);
  const kind = c.peek8(1);
  return (version === 0x40 || version === 0x50) && kind >= 1 && kind <= 14 && c.peek32(4) !== 0 ? YES : NO;
}
