/** Steam's own connections: "VS01" over UDP, a length and "VT01" over TCP (SteamKit documentation), and the discovery of remote play. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const steam: Protocol = {
  id: 74,
  name: 'Steam',
  udp: { ports: [27036], first: [0x56, 0xff], firstServer: [0x56, 0xff], look: lookUdp },
  tcp: { ports: [27017, 27018, 27019], look: lookTcp },
};

function lookUdp({ c }: View) {
  if (c.startsWith('VS01')) return c.length >= 36 ? YES : NO;
  return c.peek32(0) === 0xffffffff && c.peek32(4) === 0x214c5fa0 ? YES : NO;
}

function lookTcp({ c }: View) {
  if (c.length < 8) return c.length >= 4 && c.peek8(3) !== 0 ? NO : MORE;
  return c.startsWith('VT01', 4) && c.peek32le(0) < 0x100000 ? YES : NO;
}
