/** iQIYI's peer to peer (PPStream): datagrams that carry their length in front (less four), 'C', and the client's name. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const iqiyi: Protocol = {
  id: 54,
  name: 'iQIYI',
  udp: { ports: [17788], look },
};

/** Length in little endian that is the datagram's, or four or six less; then 43, or 44 74 71 in requests. */
function look({ c }: View) {
  if (c.length < 16) return NO;
  const length = c.peek16le(0);
  const fits = length === c.length || length === c.length - 4 || length === c.length - 6;
  if (!fits) return NO;
  if (c.peek24(2) === 0x447471) return YES;
  return c.peek8(2) === 0x43 && (c.peek32(5) === 0xffff0001 || c.findText('PPStream') > 0) ? YES : NO;
}
