/** BACnet/IP (ASHRAE 135 annex J.2): 81 (82 for IPv6, annex U), function, length of the whole message; UDP 47808. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [0x81, 0x82];

export const bacnet: Protocol = {
  id: 334,
  name: 'BACnet',
  udp: { ports: [47808], first: FIRST, firstServer: FIRST, look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 6 || !FIRST.includes(c.peek8(0)) || c.peek8(1) > 0x0c || c.peek16(2) !== view.wireLen) return NO;
  // Elsewhere than on its ports (47808–47823) the network layer's version, 1, has to follow (after a forwarder's address).
  const near = view.serverPort >> 4 === 0xbac || view.clientPort >> 4 === 0xbac;
  return near || c.peek8(c.peek8(1) === 4 ? 10 : 4) === 1 ? YES : NO;
}
