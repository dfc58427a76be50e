/** Cisco's Skinny Client Control Protocol: length (little endian), header version 0, 0x11 … 0x16, message id. TCP 2000. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const skinny: Protocol = {
  id: 164,
  name: 'CiscoSkinny',
  tcp: { ports: [2000], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(2000)) return NO;
  if (c.length < 12) return MORE;
  const length = c.peek32le(0);
  const version = c.peek32le(4);
  const message = c.peek32le(8);
  return length >= 4 && length <= 4096 && (version === 0 || (version >= 0x11 && version <= 0x17)) && message <= 0x0200
    ? YES
    : NO;
}
