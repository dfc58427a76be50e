/** BGP-4, RFC 4271 section 4.1: a marker of sixteen 0xff, length 19..4096, type 1..5. */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const bgp: Protocol = {
  id: 13,
  name: 'BGP',
  tcp: { ports: [179], first: [0xff], firstServer: [0xff], look },
  parse,
};

function look({ c }: View) {
  for (let at = 0; at < 16; at++) {
    const byte = c.peek8(at);
    if (byte < 0) return MORE;
    if (byte !== 0xff) return NO;
  }
  if (c.length < 19) return MORE;
  const length = c.peek16(16);
  const type = c.peek8(18);
  return length >= 19 && length <= 4096 && type >= 1 && type <= 5 ? YES : NO;
}

function parse(view: View) {
  const { c } = view;
  if (c.peek8(18) === 1 && c.length >= 29) view.more(view.fromClient ? 'bgp.client_as' : 'bgp.server_as', c.peek16(20));
  return view.packet >= 4 ? DONE : MORE;
}
