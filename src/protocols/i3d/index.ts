/**
 * i3D.net's game and voice servers: the address discovery that Discord documents, too ("Voice Connections", "IP
 * discovery": type 1 or 2, length 70, SSRC, 64 bytes of address text, port), to a server in i3D.net's own network (AS49544).
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';
import { applicationOfAddress } from '../networks.ts';

const I3D = 301;

export const i3d: Protocol = {
  id: I3D,
  name: 'i3D',
  udp: { first: [0], firstServer: [0], look },
};

function look(view: View) {
  const { c } = view;
  view.byBehaviour = true;
  if (c.length !== 74 || c.peek16(2) !== 70) return NO;
  const request = c.peek16(0) === 1 && c.peek32(8) === 0 && c.peek32(40) === 0;
  const answer = c.peek16(0) === 2 && c.peek8(8) >= 0x30 && c.peek8(8) <= 0x39;
  if (!request && !answer) return NO;
  return applicationOfAddress(view.server) === I3D || applicationOfAddress(view.client) === I3D ? YES : NO;
}
