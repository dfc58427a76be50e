/**
 * Tuya's local protocol (tinytuya's protocol notes): prefix 00 00 55 AA, sequence, command, length of what follows, suffix
 * 00 00 AA 55; version 3.5: 00 00 66 99 and 00 00 99 66.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const tuya: Protocol = {
  id: 331,
  name: 'TuyaLP',
  tcp: { ports: [6668], first: [0], firstServer: [0], look },
  udp: { ports: [6667], first: [0], firstServer: [0], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 16) return view.tcp && c.peek8(0) === 0 ? MORE : NO;
  if (c.peek32(0) === 0x000055aa) return c.peek32(8) < 0x100 && c.peek32(12) < 0x1000 ? YES : NO;
  return c.peek32(0) === 0x00006699 && c.peek32(10) < 0x100 ? YES : NO;
}
