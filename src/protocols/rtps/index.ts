/** RTPS, the wire protocol of DDS (OMG RTPS 2.5 section 9.4.4): "RTPS" (RTI: "RTPX"), version 1 or 2, vendor. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const rtps: Protocol = {
  id: 359,
  name: 'RTPS',
  udp: { ports: [7401], first: [0x52], firstServer: [0x52], look },
};

function look({ c }: View) {
  if (!c.startsWith('RTPS') && !c.startsWith('RTPX')) return NO;
  return c.length >= 16 && c.peek8(4) >= 1 && c.peek8(4) <= 2 ? YES : NO;
}
