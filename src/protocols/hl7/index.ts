/** HL7 version 2 in MLLP (HL7 implementation support guide, appendix C): 0B, then the segment "MSH|". */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const hl7: Protocol = {
  id: 380,
  name: 'HL7',
  tcp: { ports: [2575], first: [0x0b], firstServer: [0x0b], look },
};

function look({ c }: View) {
  if (c.length < 5) return MORE;
  return c.startsWith('MSH', 1) ? YES : NO;
}
