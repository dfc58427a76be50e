/**
 * SoftEther VPN over UDP (SoftEther's source, NAT traversal and dynamic DNS): probes "A" answered "IP=…,PORT=…"; packs:
 * number of elements, then each with the length of its name (one more than it has), name, type, number of values.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const softether: Protocol = {
  id: 290,
  name: 'Softether',
  udp: { ports: [5004], first: [0, 0x41, 0x49], firstServer: [0, 0x41, 0x49], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length === 1) return c.peek8(0) === 0x41 ? MORE : NO;
  if (c.startsWith('IP=')) return c.findText(',PORT=', 64) > 0 ? YES : NO;
  const elements = c.peek32(0);
  const name = c.peek32(4) - 1;
  if (elements < 1 || elements > 64 || name < 2 || name > 63 || c.length < name + 16) return NO;
  c.skip(8);
  for (let i = 0; i < name; i++) {
    const byte = c.u8();
    if (byte !== 0x5f && (byte < 0x61 || byte > 0x7a)) return NO;
  }
  return c.u32() <= 4 && c.u32() <= 64 ? YES : NO;
}
