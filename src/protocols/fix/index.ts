/** FIX (FIX Protocol Ltd, "FIX TagValue encoding"): "8=<version>", SOH, "9=<length>", SOH, "35=". */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const fix: Protocol = {
  id: 230,
  name: 'FIX',
  tcp: { first: [0x38], firstServer: [0x38], look },
};

function look({ c }: View) {
  if (c.length < 2) return MORE;
  if (!c.startsWith('8=')) return NO;
  const soh = c.find(1, 16);
  if (soh < 0) return c.length < 16 ? MORE : NO;
  if (c.left < soh + 3) return MORE;
  return c.startsWith('9=', soh + 1) ? YES : NO;
}
