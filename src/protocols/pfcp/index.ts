/** PFCP (3GPP TS 29.244 section 7.2.2): version 1 in the high three bits, type, length of what follows it; UDP 8805. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const pfcp: Protocol = {
  id: 405,
  name: 'PFCP',
  udp: { ports: [8805], first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(8805) || c.length < 8 || c.peek8(0) >> 5 !== 1) return NO;
  const type = c.peek8(1);
  const isType = (type >= 1 && type <= 17) || (type >= 50 && type <= 57);
  return isType && c.peek16(2) <= view.wireLen - 4 ? YES : NO;
}
