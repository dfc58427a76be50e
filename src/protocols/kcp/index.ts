/**
 * KCP (skywind3000/kcp, "protocol.txt"): segments of conversation, command 81–84, fragment, window, timestamp, sequence,
 * unacknowledged, length; they fill the datagram and share the conversation.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const kcp: Protocol = {
  id: 385,
  name: 'KCP',
  udp: { look },
};

function look(view: View) {
  const { c } = view;
  const conversation = c.peek32le(0);
  if (c.length < 24 || c.length !== view.wireLen || conversation === 0) return NO;
  let segments = 0;
  while (c.left >= 24) {
    const command = c.peek8(4);
    const length = c.peek32le(20);
    if (c.peek32le(0) !== conversation || command < 81 || command > 84 || length > c.left - 24) return NO;
    if (command !== 81 && length !== 0) return NO;
    c.skip(24 + length);
    segments++;
  }
  return segments > 0 && c.left === 0 ? YES : NO;
}
