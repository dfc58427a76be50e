/**
 * TRDP (IEC 61375-2-3 annex A.6.2): sequence, protocol version 1.x, message type Pd, Pp, Pr, Pe, Mn, Mr, Mp, Mq, Mc or Me,
 * communication id. UDP 17224 process data, UDP and TCP 17225 messages.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const trdp: Protocol = {
  id: 424,
  name: 'TRDP',
  tcp: { ports: [17225], look },
  udp: { ports: [17224, 17225], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 40) return view.tcp && (c.length < 6 || c.peek8(4) === 1) ? MORE : NO;
  const kind = c.peek8(6);
  const letter = String.fromCharCode(c.peek8(7));
  if (c.peek8(4) !== 1 || c.peek8(5) > 9) return NO;
  return (kind === 0x50 && 'dpre'.includes(letter)) || (kind === 0x4d && 'nrpqce'.includes(letter)) ? YES : NO;
}
