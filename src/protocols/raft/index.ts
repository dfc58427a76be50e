/**
 * Raft as Canonical's C library speaks it (canonical/raft, "uv_encoding"): words of 64 bits, little endian; a connection
 * opens with protocol 1, the server's id, the length of its address and the address.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const raft: Protocol = {
  id: 392,
  name: 'Raft',
  tcp: { first: [1], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) return MORE;
  if (c.length < 32) return c.length >= 8 && (c.peek32le(0) !== 1 || c.peek32(4) !== 0) ? NO : MORE;
  const length = c.peek32le(16);
  if (c.peek32le(0) !== 1 || c.peek32(4) !== 0 || c.peek32(20) !== 0 || length < 8 || length > 128 || length % 8 !== 0)
    return NO;
  if (c.length < 24 + length) return MORE;
  c.seek(24);
  return c.find(0x3a, length) > 0 ? YES : NO;
}
