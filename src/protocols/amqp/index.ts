/**
 * AMQP. Protocol header "AMQP" and four bytes (0-9-1 specification section 4.2.2; AMQP 1.0 part 2 section 2.2). Frames of
 * 0-9-1 (section 4.2.3), for conversations that were met in their middle: type, channel, size, payload, CE.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const HEADER = ['amqp'];
const FIRST = [0x41, 1, 2, 3, 8];

export const amqp: Protocol = {
  id: 192,
  name: 'AMQP',
  tcp: { ports: [5672], first: FIRST, firstServer: FIRST, look },
};

/** connection, channel, access, exchange, queue, basic, confirm, tx. */
const CLASSES = [10, 20, 30, 40, 50, 60, 85, 90];
const MOST = 0x20000;

function look({ c }: View) {
  const type = c.peek8(0);
  if (type === 0x41) {
    if (c.length < 8) return beginsWith(c, HEADER) === NO ? NO : MORE;
    return c.startsWith('AMQP') && c.peek8(4) <= 3 ? YES : NO;
  }
  if (!FIRST.includes(type)) return NO;
  if (c.length < 8) return MORE;
  const size = c.peek32(3);
  if (size > MOST || (type === 8 && size !== 0) || (type === 1 && (size < 4 || !CLASSES.includes(c.peek16(7)))))
    return NO;
  const end = c.peek8(7 + size);
  return end < 0 ? (c.length < 4096 ? MORE : NO) : end === 0xce ? YES : NO;
}
