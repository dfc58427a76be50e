/**
 * Riot Games (League of Legends, Valorant) over UDP: latency probes of 36 bytes that end in AAAAAAAA BBBBBBBB, echoed; the
 * game's hello of 53 bytes, two numbers, 1, zeros up to its last 17 bytes.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const riotGames: Protocol = {
  id: 302,
  name: 'RiotGames',
  udp: { look },
};

function look(view: View) {
  const { c } = view;
  view.byBehaviour = true;
  if (c.length === 36) return c.peek32(28) === 0xaaaaaaaa && c.peek32(32) === 0xbbbbbbbb ? YES : NO;
  if (c.length !== 53 || c.peek8(8) !== 1) return NO;
  for (let i = 9; i < 36; i++) if (c.peek8(i) !== 0) return NO;
  return c.peek32(36) !== 0 ? YES : NO;
}
