/**
 * FLUTE (RFC 6726 section 3.4.1 over ALC and LCT, RFC 5651 section 5.1): LCT version 1, header length in words; the file
 * table has header extension 192 (C0) and an "<?xml" or "<FDT-Instance" payload.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

/** LCT version 1 in the high four bits. */
const FIRST = Array.from({ length: 16 }, (_, i) => 0x10 + i);

export const flute: Protocol = {
  id: 406,
  name: 'FLUTE',
  udp: { first: FIRST, firstServer: FIRST, look },
};

const PATIENCE = 4;

function look(view: View) {
  const { c } = view;
  const header = c.peek8(2) * 4;
  if (c.peek8(0) >> 4 !== 1 || header < 12 || header > c.length) return NO;
  c.skip(header);
  if (c.findText('<?xml', 24) >= 0 || c.findText('<FDT-Instance', 24) >= 0) return YES;
  return view.group && view.packet < PATIENCE ? MORE : NO;
}
