/** Zabbix (Zabbix manual, "Header and data length"): "ZBXD", flags (1, with 2 compressed, with 4 large), length. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const MAGIC = ['zbxd'];

export const zabbix: Protocol = {
  id: 248,
  name: 'Zabbix',
  tcp: { ports: [10050, 10051], first: [0x5a], firstServer: [0x5a], look },
};

function look({ c }: View) {
  if (c.length < 5) return beginsWith(c, MAGIC) === NO ? NO : MORE;
  return c.startsWith('ZBXD') && (c.peek8(4) & 0xf9) === 1 ? YES : NO;
}
