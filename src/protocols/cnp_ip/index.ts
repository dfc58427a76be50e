/** LonWorks over IP (EN 14908-4 section 9): length of the packet, version 1, kind 1 (data) or 6x/7x, extension, flags; UDP 1628. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const cnpIp: Protocol = {
  id: 422,
  name: 'CNP-IP',
  udp: { ports: [1628, 1629], first: [0, 1, 2, 3, 4, 5], firstServer: [0, 1, 2, 3, 4, 5], look },
};

function look(view: View) {
  const { c } = view;
  const kind = c.peek8(3);
  if (c.length < 20 || c.peek16(0) !== view.wireLen || c.peek8(2) !== 1) return NO;
  const known =
    kind === 1 || kind === 3 || kind === 4 || kind === 6 || kind === 7 || kind === 8 || (kind >= 0x60 && kind <= 0x7f);
  return known && (view.port(1628) || view.port(1629) || c.peek16(6) === 0) ? YES : NO;
}
