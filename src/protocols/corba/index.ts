/** CORBA GIOP (OMG CORBA 3.3 part 2, section 9.4): "GIOP", version 1.0 to 1.2, flags, message type 0 to 7. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

export const corba: Protocol = {
  id: 168,
  name: 'Corba',
  tcp: { first: [0x47, 0x5a], firstServer: [0x47, 0x5a], look },
  // MIOP (OMG "unreliable multicast") puts "MIOP" before the GIOP message.
  udp: {
    first: [0x4d],
    firstServer: [0x4d],
    look: ({ c }: View) => (c.startsWith('MIOP') && c.peek8(4) === 0x10 ? YES : NO),
  },
};

/** ZIOP is GIOP compressed (CORBA 3.3 part 2, section 11). */
const MAGIC = ['giop', 'ziop'];

function look({ c }: View) {
  if (c.length < 8) return beginsWith(c, MAGIC) === NO ? NO : MORE;
  return (c.startsWith('GIOP') || c.startsWith('ZIOP')) && c.peek8(4) === 1 && c.peek8(5) <= 3 && c.peek8(7) <= 7
    ? YES
    : NO;
}
