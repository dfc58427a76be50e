/** XDMCP 1.1 (X.Org, "Packet formats"): version 1, opcode 1..14, length of the rest. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const xdmcp: Protocol = {
  id: 15,
  name: 'XDMCP',
  udp: { ports: [177], first: [0x00], firstServer: [0x00], look },
};

function look(view: View) {
  const { c } = view;
  const opcode = c.peek16(2);
  return view.port(177) && c.peek16(0) === 1 && opcode >= 1 && opcode <= 14 && c.peek16(4) === c.length - 6 ? YES : NO;
}
