/**
 * MapleStory: the game server's hello (length in little endian, version, patch text, two vectors of four bytes, locale).
 * The patcher's requests are HTTP's to read, see http/applications.ts.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const maplestory: Protocol = {
  id: 113,
  name: 'MapleStory',
  tcp: { ports: [8484], first: [], firstServer: [13, 14, 15, 16], look },
};

/** Thirteen bytes and the patch text, "1" or "2" mostly. */
function look(view: View) {
  const { c } = view;
  if (view.fromClient) return MORE;
  const length = c.peek16le(0);
  const patch = c.peek16le(4);
  if (c.length < 6) return c.length >= 2 && (c.peek8(1) !== 0 || c.peek8(0) < 13 || c.peek8(0) > 16) ? NO : MORE;
  if (view.other.length > 0 || patch < 1 || patch > 2 || length !== 13 + patch || c.length > length + 2) return NO;
  if (c.length < length + 2) return MORE;
  const digit = c.peek8(6);
  const locale = c.peek8(c.length - 1);
  return digit >= 0x30 && digit <= 0x39 && locale >= 1 && locale <= 9 ? YES : NO;
}
