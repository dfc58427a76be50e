/**
 * OMRON FINS (OMRON W421, "FINS commands"): UDP 9600: information control (80/81 command, C0/C1 response, 82…), reserved 0,
 * gateway count 2, three destination and three source bytes, service id, command. TCP: "FINS", length, command, error.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const MAGIC = ['fins'];

export const fins: Protocol = {
  id: 362,
  name: 'FINS',
  tcp: { ports: [9600], first: [0x46], firstServer: [0x46], look: lookTcp },
  udp: { ports: [9600], first: [0x80, 0x81, 0xc0, 0xc1], firstServer: [0x80, 0x81, 0xc0, 0xc1], look: lookUdp },
};

function lookTcp({ c }: View) {
  if (c.length < 12) return beginsWith(c, MAGIC) === NO ? NO : MORE;
  return c.startsWith('FINS') && c.peek32(4) >= 8 && c.peek32(4) < 4096 && c.peek32(8) <= 6 ? YES : NO;
}

function lookUdp(view: View) {
  const { c } = view;
  if (c.length < 12 || (c.peek8(0) & 0xbe) !== 0x80 || c.peek8(1) !== 0 || c.peek8(2) > 7) return NO;
  const command = c.peek8(10);
  return command >= 1 && command <= 0x23 && view.port(9600) ? YES : NO;
}
