/** Guild Wars 2 logs in over the STS protocol, lines like "P /Sts/Connect STS/1.0"; Guild Wars with short binary messages. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const LINES = ['p /sts/', 'p /auth/', 'sts/1.0 '];

export const guildwars: Protocol = {
  id: 109,
  name: 'Guildwars',
  tcp: { ports: [6112], first: [0x50, 0x53, 0x00, 0x01], firstServer: [0x53], look },
};

function look(view: View) {
  const { c } = view;
  const verdict = beginsWith(c, LINES);
  if (verdict === YES && !c.startsWith('STS/')) {
    const end = c.find(10, 128);
    return end < 0 ? (c.length < 128 ? MORE : NO) : c.findText(' STS/1.', end) > 0 ? YES : NO;
  }
  if (verdict !== NO) return verdict;
  if (c.length < 16) return view.port(6112) ? MORE : NO;
  if (c.length === 64 && c.peek16(1) === 0x050c && c.startsWith('@2&P', 50)) return YES;
  if (c.length === 16 && c.peek16(1) === 0x040c && c.peek16(4) === 0xa672 && c.peek8(8) === 1 && c.peek8(12) === 4)
    return YES;
  return c.length === 21 && c.peek16(0) === 0x0100 && c.peek32(5) === 0xf1001000 && c.peek8(9) === 1 ? YES : NO;
}
