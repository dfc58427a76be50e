/**
 * Heroes of the Storm over UDP with Blizzard's servers (ports 1119 and 3724): a header of 20 bytes whose fifteenth is 40,
 * followed by 00 or 10.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

const PORTS = [1119, 3724];

export const heroesOfTheStorm: Protocol = {
  id: 336,
  name: 'Heroes_of_the_Storm',
  udp: { ports: PORTS, first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  view.byBehaviour = true;
  const ours = PORTS.includes(view.serverPort) || PORTS.includes(view.clientPort);
  return ours && c.length >= 20 && c.peek8(14) === 0x40 && (c.peek8(15) & 0xef) === 0 ? YES : NO;
}
