/**
 * FastCGI (FastCGI specification sections 3.3 and 5.1): a request begins with the record version 1, BEGIN_REQUEST (1),
 * request id, length 8, padding; role 1 to 3, flags, five zero bytes.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const fastcgi: Protocol = {
  id: 310,
  name: 'FastCGI',
  tcp: { first: [1], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) return MORE;
  if (c.length < 16) return c.length >= 2 && c.peek16(0) !== 0x0101 ? NO : MORE;
  const role = c.peek16(8);
  return c.peek16(0) === 0x0101 && c.peek16(4) === 8 && role >= 1 && role <= 3 && c.peek8(10) <= 1 && c.peek32(12) === 0
    ? YES
    : NO;
}
