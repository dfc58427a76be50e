/**
 * Lustre's LNET over sockets (Wireshark's lnet notes; lustre, socklnd.h): acceptor's magic ACCE7100 with version 1, hello
 * magic 45726963, messages C0 (no-op) and C1 (LNET) with zero checksum and zero-copy cookies; TCP 988.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const lustre: Protocol = {
  id: 425,
  name: 'Lustre',
  tcp: { ports: [988], first: [0, 0x63, 0xc0, 0xc1], firstServer: [0x63, 0xc0, 0xc1], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 8) return MORE;
  const magic = c.peek32le(0);
  if (magic === 0xacce7100) return c.peek32le(4) === 1 ? YES : NO;
  if (magic === 0x45726963) return c.peek32le(4) <= 3 ? YES : NO;
  if (magic !== 0xc0 && magic !== 0xc1) return NO;
  if (c.length < 24) return MORE;
  return view.port(988) && c.peek32(8) === 0 && c.peek32(16) === 0 ? YES : NO;
}
