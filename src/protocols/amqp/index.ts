/**
 * AMQP. Protocol header "AMQP" and four bytes (0-9-1 specification section 4.2.2; AMQP 1.0 part 2 section 2.2); 0-9-1's
 * server answers Connection.Start, class and method 10, on channel 0.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const HEADER = ['amqp'];

export const amqp: Protocol = {
  id: 192,
  name: 'AMQP',
  tcp: { ports: [5672], guess: false, first: [0x41, 1], firstServer: [0x41, 1], look },
};

function look({ c }: View) {
  if (c.peek8(0) === 0x41) {
    if (c.length < 8) return beginsWith(c, HEADER) === NO ? NO : MORE;
    return c.startsWith('AMQP') && c.peek8(4) <= 3 ? YES : NO;
  }
  if (c.length < 11) return MORE;
  // Method frame: type 1, channel, size, class, method.
  return c.peek8(0) === 1 && c.peek16(1) === 0 && c.peek32(7) === 0x000a000a ? YES : NO;
}
