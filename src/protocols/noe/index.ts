/**
 * Alcatel-Lucent's New Office Environment: UA over UDP (Wireshark's UAUDP, public description), usually ports 32512 and
 * 32640: an opcode, for data two sequence numbers of 16 bits, then UA messages.
 */
import { type Cursor, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const PORTS = [32512, 32640];

export const noe: Protocol = {
  id: 160,
  name: 'NOE',
  udp: { ports: PORTS, first: [0, 1, 2, 4, 5, 7], firstServer: [0, 1, 2, 4, 5, 7], look },
};

const KEEP_ALIVE = 4;
const KEEP_ALIVE_ACK = 5;
const DATA = 7;

function look(view: View) {
  const { c, other } = view;
  const op = c.peek8(0);
  const ours = PORTS.includes(view.serverPort) || PORTS.includes(view.clientPort);
  if (c.length === 1 && (op === KEEP_ALIVE || op === KEEP_ALIVE_ACK)) {
    if (ours) return YES;
    if (other.length === 0) return view.packet < 4 ? MORE : NO;
    return view.otherLen === 1 && other.peek8(0) === (op === KEEP_ALIVE ? KEEP_ALIVE_ACK : KEEP_ALIVE) ? YES : NO;
  }
  if (!ours) return op === DATA && follows(c, other) ? YES : op === DATA && view.packet < 4 ? MORE : NO;
  if (op === DATA && c.length >= 5) return YES;
  return op <= 2 && c.length >= 3 ? YES : NO;
}

/** Data of one side expects next what comes behind the data of the other: sequence expected, sequence sent. */
const follows = (c: Cursor, other: Cursor): boolean =>
  other.peek8(0) === DATA && c.length >= 5 && other.length >= 5 && c.peek16(1) === ((other.peek16(3) + 1) & 0xffff);
