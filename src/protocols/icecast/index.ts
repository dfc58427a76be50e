/** Icecast and SHOUTcast where they are not HTTP: a source that logs in ("SOURCE /mount ICE/1.0"), an answer "ICY 200 OK". */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const SOURCE = ['source /'];
const ANSWER = ['icy 200 ok', 'icy 4'];

export const icecast: Protocol = {
  id: 52,
  name: 'IceCast',
  tcp: { first: [0x53], firstServer: [0x49], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) return beginsWith(c, ANSWER);
  const verdict = beginsWith(c, SOURCE);
  if (verdict !== YES) return verdict;
  const end = c.find(10, 512);
  if (end < 0) return c.length < 512 ? MORE : NO;
  return c.findText(' ICE/1.', end) > 0 || c.findText(' HTTP/1.', end) > 0 ? YES : NO;
}
