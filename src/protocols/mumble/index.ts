/**
 * Mumble's server ping (Mumble documentation, "Server ping"): 12 bytes, four zeros and an identifier; the answer of 24:
 * version 1.x, the identifier, users, slots, bandwidth. UDP 64738.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const mumble: Protocol = {
  id: 387,
  name: 'Mumble',
  udp: { ports: [64738], first: [0], firstServer: [0], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length === 12) return c.peek32(0) !== 0 ? NO : view.serverPort === 64738 ? YES : MORE;
  if (c.length !== 24 || view.packet !== 2 || view.fromClient) return NO;
  const version = c.peek32(0);
  return version >= 0x00010200 && version < 0x00020000 && c.peek32(12) <= c.peek32(16) && c.peek32(16) < 0x10000
    ? YES
    : NO;
}
