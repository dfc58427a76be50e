/** VXLAN, RFC 7348 section 5: flags with I set and the rest zero, network identifier, a reserved zero, an Ethernet frame. */
import { DONE, NO, type Protocol, type View, YES } from '../kit.ts';

export const vxlan: Protocol = {
  id: 64,
  name: 'VXLAN',
  udp: { ports: [4789, 8472], first: [0x08], firstServer: [0x08], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (view.serverPort !== 4789 && view.serverPort !== 8472) return NO;
  return c.length >= 22 && c.peek32(0) === 0x08000000 && c.peek8(7) === 0 ? YES : NO;
}

function parse(view: View): typeof DONE {
  view.more('vxlan.vni', view.c.peek24(4));
  return DONE;
}
