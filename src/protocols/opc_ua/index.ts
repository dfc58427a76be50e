/** OPC UA connection protocol (OPC 10000-6 section 7.1.2): message type, chunk F, C or A, length, little endian. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const TYPES = ['HEL', 'ACK', 'OPN', 'MSG', 'CLO', 'ERR', 'RHE'];
const FIRST = [...new Set(TYPES.map((type) => type.charCodeAt(0)))];

export const opcUa: Protocol = {
  id: 360,
  name: 'OPC-UA',
  tcp: { ports: [4840], first: FIRST, firstServer: FIRST, look },
};

function look({ c }: View) {
  if (c.length < 8) return MORE;
  const chunk = c.peek8(3);
  if (chunk !== 0x46 && chunk !== 0x43 && chunk !== 0x41) return NO;
  const length = c.peek32le(4);
  return TYPES.some((type) => c.startsWith(type)) && length >= 8 && length < 0x1000000 ? YES : NO;
}
