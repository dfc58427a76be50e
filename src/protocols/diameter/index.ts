/** Diameter (RFC 6733 section 3): version 1, length (a multiple of four), flags whose low four bits are reserved, command. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const diameter: Protocol = {
  id: 237,
  name: 'Diameter',
  tcp: { ports: [3868], first: [1], firstServer: [1], look },
};

/** Base commands, credit control, NASREQ, EAP, SIP, 3GPP (300–399) and vendor-specific ones (8388600–8388735). */
const isCommand = (code: number) => (code >= 257 && code <= 399) || (code >= 8388600 && code <= 8388735);

function look({ c }: View) {
  if (c.length < 20) return c.peek8(0) === 1 ? MORE : NO;
  const length = c.peek24(1);
  if (c.peek8(0) !== 1 || length < 20 || length % 4 !== 0 || (c.peek8(4) & 0x0f) !== 0) return NO;
  if (!isCommand(c.peek24(5))) return NO;
  if (length === 20) return YES;
  // First attribute: its flags' low five bits are reserved, its length lies within the message.
  if (c.length < 28) return MORE;
  return (c.peek8(24) & 0x1f) === 0 && c.peek24(25) >= 8 && c.peek24(25) <= length - 20 ? YES : NO;
}
