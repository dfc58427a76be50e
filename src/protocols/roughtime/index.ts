/**
 * Roughtime: Google's (roughtime.googlesource.com, PROTOCOL.md): number of tags, offsets, tags of four letters in rising
 * order (NONC and PAD, or SREP); the IETF draft's puts "ROUGHTIM" and a length before. UDP 2002.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

/** Number of tags, or the R of the magic. */
const FIRST = [...Array.from({ length: 16 }, (_, i) => i + 1), 0x52];

export const roughtime: Protocol = {
  id: 383,
  name: 'Roughtime',
  udp: { ports: [2002], first: FIRST, firstServer: FIRST, look },
};

function look({ c }: View) {
  if (c.startsWith('ROUGHTIM')) return YES;
  const tags = c.peek32le(0);
  if (tags < 1 || tags > 16 || c.length < 8 * tags) return NO;
  for (let i = 0; i < tags; i++) {
    const at = 4 * (tags + i);
    if (c.startsWith('NONC', at) || c.startsWith('SREP', at)) return YES;
  }
  return NO;
}
