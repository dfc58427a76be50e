/** MongoDB wire protocol (manual, "Standard Message Header"): length, request id, answer to, operation, little endian. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

/** OP_REPLY, OP_UPDATE, OP_INSERT, (reserved), OP_QUERY, OP_GET_MORE, OP_DELETE, OP_KILL_CURSORS, COMMAND, COMMANDREPLY, COMPRESSED, MSG. */
const OPERATIONS = [1, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2010, 2011, 2012, 2013];

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
  if (length < 20 || length > 48_000_000 || !OPERATIONS.includes(operation)) return NO;
  if (operation === 1 && view.fromClient && !view.midStream) return NO;
  return YES;
}
