/** Elasticsearch's transport (TcpHeader in its documentation of TransportService): "ES", length, request id, status, version. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const elasticsearch: Protocol = {
  id: 330,
  name: 'Elasticsearch',
  tcp: { first: [0x45], firstServer: [0x45], look },
};

function look({ c }: View) {
  if (c.length < 10) return c.startsWith('ES') || c.length < 2 ? MORE : NO;
  // A ping is "ES" and FFFFFFFF; request ids count up from 1, so their high word is zero.
  return c.startsWith('ES') && c.peek32(2) < 0x10000000 && c.peek32(6) === 0 ? YES : NO;
}
