/**
 * DCE RPC (The Open Group C706, chapter 12). Connection-oriented: version 5, minor 0 or 1, type, flags, data representation,
 * fragment length. Connectionless: version 4, type, flags, …, object, interface, activity, body length at byte 74.
 * PROFINET (IEC 61158-6-10) uses the latter with objects DEA00000-6C97-11D1-8271-….
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const PROFINET_IO = 371;

export const dcerpc: Protocol = {
  id: 370,
  name: 'DCERPC',
  tcp: { ports: [135], first: [5], firstServer: [5], look: lookTcp },
  udp: { ports: [135, 34964], first: [4], firstServer: [4], look: lookUdp },
};

function lookTcp({ c }: View) {
  if (c.length < 16) return c.length >= 2 && (c.peek8(0) !== 5 || c.peek8(1) > 1) ? NO : MORE;
  const type = c.peek8(2);
  const little = c.peek8(4) === 0x10;
  if (
    c.peek8(0) !== 5 ||
    c.peek8(1) > 1 ||
    type > 20 ||
    (!little && c.peek8(4) !== 0) ||
    c.peek8(5) > 3 ||
    c.peek16(6) !== 0
  )
    return NO;
  const length = little ? c.peek16le(8) : c.peek16(8);
  return length >= 16 && (little ? c.peek16le(10) : c.peek16(10)) < length ? YES : NO;
}

function lookUdp(view: View) {
  const { c } = view;
  if (c.length < 80 || c.peek8(0) !== 4 || c.peek8(1) > 10 || c.peek8(5) > 3) return NO;
  const little = c.peek8(4) === 0x10;
  if (!little && c.peek8(4) !== 0) return NO;
  const body = little ? c.peek16le(74) : c.peek16(74);
  if (body > view.wireLen - 80 || c.peek8(79) !== 0) return NO;
  const profinet = little
    ? c.peek32le(8) === 0xdea00000 && c.peek16le(12) === 0x6c97
    : c.peek32(8) === 0xdea00000 && c.peek16(12) === 0x6c97;
  if (profinet) view.app = PROFINET_IO;
  return YES;
}
