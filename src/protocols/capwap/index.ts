/**
 * CAPWAP (RFC 5415 section 4): UDP 5246 control, 5247 data. Preamble: version 0 and type, 0 clear or 1 DTLS; a clear header
 * has its length in words, radio and wireless binding; DTLS follows three reserved bytes.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const capwap: Protocol = {
  id: 247,
  name: 'CAPWAP',
  udp: { ports: [5246, 5247], first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(5246) && !view.port(5247)) return NO;
  if (c.peek8(0) === 1) return c.peek24(1) === 0 && c.peek8(5) === 0xfe ? YES : NO;
  if (c.peek8(0) !== 0) return NO;
  const words = c.peek8(1) >> 3;
  return words >= 2 && words * 4 <= c.length ? YES : NO;
}
