/** ClickHouse's native protocol (ClickHouse documentation, "Native protocol", client hello): 0, name "ClickHouse …". */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const clickHouse: Protocol = {
  id: 419,
  name: 'ClickHouse',
  tcp: { first: [0], firstServer: [0], look },
};

function look({ c }: View) {
  if (c.length < 12) return c.length >= 3 && c.peek8(2) !== 0x43 ? NO : MORE;
  return c.startsWith('ClickHouse', 2) && c.peek8(1) >= 10 ? YES : NO;
}
