/**
 * Beckhoff ADS over TCP (Beckhoff Information System, "AMS/TCP packet"): two zero bytes, length; AMS header: target and
 * source (net id, port), command up to 9, state flags, length of the data, 32 less than the whole.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const beckhoffAds: Protocol = {
  id: 365,
  name: 'BeckhoffADS',
  tcp: { ports: [48898], first: [0], firstServer: [0], look },
};

function look({ c }: View) {
  if (c.length < 38) return c.length >= 2 && c.peek16(0) !== 0 ? NO : MORE;
  const length = c.peek32le(2);
  if (c.peek16(0) !== 0 || length < 32 || length > 0x1000000) return NO;
  const flags = c.peek16le(24);
  return c.peek16le(22) <= 9 && (flags & 0x04) !== 0 && flags < 0x200 && c.peek32le(26) === length - 32 ? YES : NO;
}
