/**
 * Toca Life's play together runs on Photon (Exit Games) over UDP 5055, in the ENet-like framing of Photon: peer id,
 * flags, command count, server time, challenge; then commands with type, channel, flags, reserved 4 or 0, length.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const tocaboca: Protocol = {
  id: 155,
  name: 'TocaBoca',
  udp: { ports: [5055], look },
};

/** Acknowledge, connect, verify connect, disconnect, ping, reliable, unreliable, fragment, … */
const MOST_TYPE = 16;

function look(view: View) {
  const { c } = view;
  if (!view.port(5055)) return NO;
  // Pings beside the protocol: eleven times the same byte, then another.
  if (c.length === 13) return c.peek32(0) === 0x7d7d7d7d ? YES : NO;
  if (c.length < 24 || c.peek8(2) > 1 || c.peek8(3) === 0) return NO;
  const type = c.peek8(12);
  const length = c.peek32(16);
  if (type === 0 || type > MOST_TYPE || length < 12 || length > c.length - 12) return NO;
  return YES;
}
