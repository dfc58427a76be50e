/** OpenWire (ActiveMQ, "OpenWire version 2 specification"): length, WIREFORMAT_INFO (1), "ActiveMQ". */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const openWire: Protocol = {
  id: 421,
  name: 'OpenWire',
  tcp: { ports: [61616], first: [0], firstServer: [0], look },
};

function look({ c }: View) {
  if (c.length < 13) return c.length >= 5 && c.peek8(4) !== 1 ? NO : MORE;
  return c.peek8(4) === 1 && c.startsWith('ActiveMQ', 5) ? YES : NO;
}
