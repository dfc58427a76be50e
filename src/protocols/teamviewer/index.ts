/** TeamViewer: commands begin 17 24 (and 11 30 in the second version) over TCP; over UDP "$G" behind a header of zeros. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [0x17, 0x11];

export const teamviewer: Protocol = {
  id: 148,
  name: 'TeamViewer',
  tcp: { ports: [5938], first: FIRST, firstServer: FIRST, look: lookTcp },
  udp: { ports: [5938], first: [0x00], firstServer: [0x00], look: lookUdp },
};

/** 17 24, command, flags, length (little endian). A stranger's 17 24 has no second command of the sort. */
function lookTcp(view: View) {
  const { c } = view;
  if (c.length < 5) return MORE;
  const magic = c.peek16(0);
  if (magic === 0x1724) {
    const command = c.peek8(2);
    return command >= 0x0a && command <= 0x60 && (view.port(5938) || c.peek16le(3) >= 32 || c.peek16(3) <= c.length)
      ? YES
      : NO;
  }
  return magic === 0x1130 && (view.port(5938) || c.peek16le(4) === c.length) ? YES : NO;
}

/** Twelve bytes, then 17 24 and 'G'; the first two of the twelve are zero. */
function lookUdp(view: View) {
  const { c } = view;
  if (c.length < 16 || c.peek8(0) !== 0) return NO;
  return c.peek24(11) === 0x172447 ? YES : NO;
}
