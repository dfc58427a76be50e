/** CryEngine's CryNetwork (Crysis, Warface): connection set-up 3C, version, eleven zero bytes, then 1 and 7, little endian. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const cryNetwork: Protocol = {
  id: 314,
  name: 'CryNetwork',
  udp: { first: [0x3c], firstServer: [0x3c], look },
};

function look({ c }: View) {
  if (c.length < 40 || c.peek16(1) !== 0) return NO;
  for (let i = 5; i < 16; i++) if (c.peek8(i) !== 0) return NO;
  return c.peek32le(16) === 1 && c.peek32le(20) === 7 ? YES : NO;
}
