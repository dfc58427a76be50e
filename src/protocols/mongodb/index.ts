/** MongoDB wire protocol (manual, "Standard Message Header"): length, request id, answer to, operation, little endian. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

/**
 * The shortest message of each operation, header included, with an empty name and empty documents of five bytes (manual,
 * "MongoDB Wire Protocol", "Legacy Opcodes"): OP_REPLY, OP_UPDATE, OP_INSERT, OP_QUERY, OP_GET_MORE, OP_DELETE, OP_KILL_CURSORS,
 * COMMAND, COMMANDREPLY, COMPRESSED, MSG. 2003 is reserved: no more than a header is known of it.
 */
const SHORTEST: ReadonlyMap<number, number> = new Map([
  [1, 36],
  [2001, 35],
  [2002, 26],
  [2003, 20],
  [2004, 33],
  [2005, 33],
  [2006, 30],
  [2007, 24],
  [2010, 28],
  [2011, 26],
  [2012, 25],
  [2013, 26],
]);

export const mongodb: Protocol = {
  id: 60,
  name: 'MongoDB',
  tcp: { ports: [27017, 27018, 27019], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 16) return c.length >= 4 && c.peek8(3) > 2 ? NO : MORE;
  const length = c.peek32le(0);
  const operation = c.peek32le(12);
  const shortest = SHORTEST.get(operation);
  if (shortest === undefined || length < shortest || length > 48_000_000) return NO;
  if (operation === 1 && view.fromClient && !view.midStream) return NO;
  return YES;
}
