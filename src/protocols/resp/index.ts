/** Redis' RESP (redis.io, "Redis serialization protocol"): requests are arrays of bulk strings, "*2\r\n$3\r\nGET\r\n…". */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

export const resp: Protocol = {
  id: 182,
  name: 'RESP',
  tcp: { ports: [6379], first: [0x2a], firstServer: [0x2a, 0x2b, 0x2d, 0x24, 0x3a], look },
};

const ANSWERS = ['+ok\r\n', '+pong\r\n', '-err ', '-noauth ', '-wrongpass '];

function look(view: View) {
  const { c } = view;
  if (c.peek8(0) === 0x2a) return array(c);
  if (!view.port(6379)) return NO;
  return beginsWith(c, ANSWERS);
}

function array(c: Cursor) {
  for (const sign of [0x2a, 0x24]) {
    if (c.left < 1) return MORE;
    if (c.u8() !== sign) return NO;
    let digits = 0;
    while (digits < 8 && c.peek8(0) >= 0x30 && c.peek8(0) <= 0x39) {
      c.skip(1);
      digits++;
    }
    if (c.left < 2) return MORE;
    if (digits === 0 || c.u16() !== 0x0d0a) return NO;
  }
  return YES;
}
