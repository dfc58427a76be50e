/** OICQ, Tencent QQ's chat (libqq and Wireshark's notes): UDP 8000; 02, version, command, sequence, QQ number, …, 03. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const oicq: Protocol = {
  id: 335,
  name: 'OICQ',
  udp: { ports: [8000], first: [2], firstServer: [2], look },
};

function look(view: View) {
  const { c } = view;
  const whole = c.length === view.wireLen;
  if (!view.port(8000) || c.length < 12 || c.peek8(0) !== 2 || (whole && c.peek8(c.length - 1) !== 3)) return NO;
  return c.peek16(3) < 0x0400 ? YES : NO;
}
