/** MPEG transport stream over UDP (ISO/IEC 13818-1 section 2.4.3.2): packets of 188 bytes, each beginning with 47. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const mpegTs: Protocol = {
  id: 198,
  name: 'MPEG_TS',
  udp: { first: [0x47], firstServer: [0x47], look },
};

const PACKET = 188;

function look(view: View) {
  const { c } = view;
  if (view.wireLen % PACKET !== 0 || c.length < PACKET) return NO;
  for (let at = 0; at < c.length; at += PACKET) if (c.peek8(at) !== 0x47) return NO;
  return YES;
}
