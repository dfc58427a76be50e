/** Path of Exile's login (TCP 6112 and 20481): message 3, four bytes, 2, length of the account's name, the name. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const pathOfExile: Protocol = {
  id: 403,
  name: 'PathofExile',
  tcp: { first: [0], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) return MORE;
  if (c.length < 10) return c.length >= 2 && c.peek16(0) !== 3 ? NO : MORE;
  const length = c.peek16(8);
  if (c.peek16(0) !== 3 || c.peek16(6) !== 2 || length < 3 || length > 32) return NO;
  if (c.length < 10 + length) return MORE;
  for (let i = 0; i < length; i++) if (c.peek8(10 + i) < 0x20) return NO;
  return YES;
}
