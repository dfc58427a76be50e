/** Zattoo's own transports: media over UDP 5003 and over TCP, both with a small set of headers that begin with 3. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const zattoo: Protocol = {
  id: 55,
  name: 'Zattoo',
  tcp: { first: [0x03], look: lookTcp },
  udp: { ports: [5003], first: [0x03], firstServer: [0x03], look: lookUdp },
};

function lookTcp(view: View) {
  const { c } = view;
  if (c.length < 6) return c.length >= 4 && c.peek32(0) !== 0x03040004 ? NO : MORE;
  return view.fromClient && c.length > 50 && c.peek32(0) === 0x03040004 && c.peek16(4) === 0x0a00 ? YES : NO;
}

function lookUdp(view: View) {
  const { c } = view;
  if (!view.port(5003) || c.length <= 20) return NO;
  const head = c.peek16(0);
  const known =
    head === 0x037a || head === 0x0378 || head === 0x0305 || c.peek32(0) === 0x03040004 || c.peek32(0) === 0x03010005;
  return known ? YES : NO;
}
