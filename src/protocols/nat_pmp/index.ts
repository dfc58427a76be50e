/** NAT-PMP (RFC 6886 section 3): UDP 5351, version 0, opcode 0–2, answers 128 more; PCP (RFC 6887 section 7): version 2. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const natPmp: Protocol = {
  id: 312,
  name: 'NAT-PMP',
  udp: { ports: [5351], first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(5351)) return NO;
  const opcode = c.peek8(1) & 0x7f;
  if (c.peek8(0) === 2) return c.length >= 24 && c.length % 4 === 0 && opcode <= 3 ? YES : NO;
  if (c.peek8(0) !== 0 || opcode > 2) return NO;
  const answer = (c.peek8(1) & 0x80) !== 0;
  if (answer) return c.length === (opcode === 0 ? 12 : 16) || c.length === 8 ? YES : NO;
  return c.length === (opcode === 0 ? 2 : 12) ? YES : NO;
}
