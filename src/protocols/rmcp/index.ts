/** RMCP (DMTF DSP0136 section 3.2.2.1): version 6, reserved 0, sequence, class 6 (ASF), 7 (IPMI), 8 (OEM), 80 acknowledges. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const rmcp: Protocol = {
  id: 351,
  name: 'RMCP',
  udp: { ports: [623], first: [6], firstServer: [6], look },
};

function look(view: View) {
  const { c } = view;
  const kind = c.peek8(3) & 0x7f;
  if (c.length < 4 || c.peek16(0) !== 0x0600 || kind < 6 || kind > 8) return NO;
  if (view.port(623)) return YES;
  // Elsewhere: ASF names itself by its enterprise number 4542, IPMI has an authentication type up to 6.
  return kind === 6
    ? c.peek32(4) === 4542
      ? YES
      : NO
    : kind === 7 && c.length >= 14 && c.peek8(4) <= 6 && c.peek16(2) === 0xff07
      ? YES
      : NO;
}
