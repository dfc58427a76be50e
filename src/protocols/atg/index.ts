/** Automatic tank gauges (Veeder-Root TLS-350 serial interface manual, TCP 10001): SOH, I or S, five digits. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const atg: Protocol = {
  id: 423,
  name: 'ATG',
  tcp: { ports: [10001], first: [1], firstServer: [1], look },
};

function look({ c }: View) {
  if (c.length < 7) return MORE;
  const kind = c.peek8(1) & 0xdf;
  if (kind !== 0x49 && kind !== 0x53) return NO;
  for (let i = 2; i < 7; i++) {
    const byte = c.peek8(i);
    if ((byte < 0x30 || byte > 0x39) && (byte < 0x41 || byte > 0x46)) return NO;
  }
  return YES;
}
