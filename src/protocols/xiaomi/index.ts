/** Xiaomi's push service (MiPush's "slim" channel, com.xiaomi.slim in its client; TCP 5222): C2 FE, version 5, length up to 32 kB. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const xiaomi: Protocol = {
  id: 287,
  name: 'Xiaomi',
  tcp: { first: [0xc2], firstServer: [0xc2], look },
};

function look({ c }: View) {
  if (c.length < 12) return c.peek8(0) === 0xc2 ? MORE : NO;
  return c.peek32(0) === 0xc2fe0005 && c.peek32(4) <= 0x8000 ? YES : NO;
}
