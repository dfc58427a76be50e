/**
 * imo calls over UDP: keep-alives of 10 (09 02) or 11 bytes (00 09 03), a number and five zero bytes. Probes of one byte
 * and encrypted packets around them say nothing.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const imo: Protocol = {
  id: 216,
  name: 'IMO',
  udp: { look },
};

const PATIENCE = 5;

function look(view: View) {
  const { c } = view;
  view.byBehaviour = true;
  if ((c.length === 11 && c.peek24(0) === 0x000903) || (c.length === 10 && c.peek16(0) === 0x0902)) {
    return c.peek32(c.length - 4) === 0 && c.peek8(c.length - 5) === 0 ? YES : NO;
  }
  return view.packet < PATIENCE ? MORE : NO;
}
