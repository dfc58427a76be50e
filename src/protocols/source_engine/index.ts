/**
 * Valve's server queries (Valve developer wiki, "Server queries"): FFFFFFFF, a header letter; A2S_INFO carries "Source
 * Engine Query". The short ones (players U, rules V, challenge A, answers I, D, E) need a game server's port.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const sourceEngine: Protocol = {
  id: 333,
  name: 'Source_Engine',
  udp: { ports: [27015], first: [0xff], firstServer: [0xff], look },
};

function look(view: View) {
  const { c } = view;
  if (c.peek32(0) !== 0xffffffff) return NO;
  if (c.startsWith('TSource Engine Query', 4)) return YES;
  const gamePort = (view.serverPort >= 27015 && view.serverPort <= 27030) || view.clientPort === 27015;
  const letter = c.peek8(4);
  if (letter === 0x55 || letter === 0x56 || letter === 0x41) return gamePort && c.length === 9 ? YES : NO;
  return gamePort && letter === 0x49 && c.length > 20 ? YES : NO;
}
