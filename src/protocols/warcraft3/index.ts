/** Warcraft III (W3GS, bnetdocs.org): f7, packet id, length in little endian that covers all; a stream of them over TCP. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const warcraft3: Protocol = {
  id: 116,
  name: 'Warcraft3',
  tcp: { ports: [6112, 6113, 6114], first: [0xf7], firstServer: [0xf7], look: lookTcp },
  udp: { ports: [6112], first: [0xf7], firstServer: [0xf7], look: lookUdp },
};

/** Two messages in a row, or the request to join (1e). */
function lookTcp({ c }: View) {
  let at = 0;
  for (let messages = 0; messages < 3; messages++) {
    if (c.length < at + 4) return messages > 1 ? YES : MORE;
    const length = c.peek16le(at + 2);
    if (c.peek8(at) !== 0xf7 || length < 4 || length > 8192) return NO;
    if (messages === 0 && c.peek8(1) === 0x1e && length >= 30) return YES;
    at += length;
  }
  return YES;
}

/** Search game 2f, game info 30, create game 31, refresh 32, decreate 33, and the lobby's pings. */
function lookUdp({ c }: View) {
  const id = c.peek8(1);
  return c.peek16le(2) === c.length && ((id >= 0x2f && id <= 0x37) || id === 0x46) ? YES : NO;
}
