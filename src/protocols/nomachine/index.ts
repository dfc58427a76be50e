/**
 * NoMachine's NX: over TCP 4000 both sides name themselves, "NXSH-8.10.1" and "NXD-8.10.1"; over UDP 4000 packets begin
 * with 01 00 01 00 and their length, little endian.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const GREETINGS = ['nxsh-', 'nxd-', 'nx> '];

export const noMachine: Protocol = {
  id: 378,
  name: 'NoMachine',
  tcp: { ports: [4000], first: [0x4e], firstServer: [0x4e], look: ({ c }: View) => beginsWith(c, GREETINGS) },
  udp: { ports: [4000], first: [1], firstServer: [1], look: lookUdp },
};

function lookUdp(view: View) {
  const { c } = view;
  if (c.peek32(0) !== 0x01000100 || c.peek16le(4) !== view.wireLen) return NO;
  return view.port(4000) ? YES : view.packet >= 3 ? YES : MORE;
}
