/**
 * HSRP (RFC 2281 section 5.1: version 0, opcode 0–3, state; UDP 1985 to 224.0.0.2) and version 2 (Cisco's TLVs: group state
 * 01 28 02, interface state 02 04, authentication 03, 04; to 224.0.0.102, IPv6 UDP 2029 to ff02::66).
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const hsrp: Protocol = {
  id: 282,
  name: 'HSRP',
  udp: { ports: [1985, 2029], first: [], firstServer: [], look },
};

const STATES = [0, 1, 2, 4, 8, 16];

function look(view: View) {
  const { c } = view;
  if (!view.port(1985) && !view.port(2029)) return NO;
  const type = c.peek8(0);
  if (type === 0 && c.peek8(1) <= 3)
    return c.length >= 20 && STATES.includes(c.peek8(2)) ? YES : view.group && c.length >= 8 ? YES : NO;
  const length = c.peek8(1);
  return type >= 1 && type <= 4 && length >= 4 && length + 2 <= c.length && view.group ? YES : NO;
}
