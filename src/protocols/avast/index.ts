/** Avast's cloud look-ups (TCP 80): "NOSA", length of the whole message, kind. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const MAGIC = ['nosa'];

export const avast: Protocol = {
  id: 307,
  name: 'AVAST',
  tcp: { first: [0x4e], firstServer: [0x4e], look },
};

function look({ c }: View) {
  if (c.length < 6) return beginsWith(c, MAGIC) === NO ? NO : MORE;
  return c.startsWith('NOSA') && c.peek16(4) >= 8 ? YES : NO;
}
