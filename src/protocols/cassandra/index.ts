/**
 * Cassandra's native protocol (native_protocol_v4.spec section 2): version (80 set by the server), flags, stream, opcode,
 * length. Conversations begin with OPTIONS (5), answered by SUPPORTED (6), or STARTUP (1), which names CQL_VERSION.
 */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const CLIENT = [3, 4, 5, 66];
const SERVER = CLIENT.map((version) => version | 0x80);

export const cassandra: Protocol = {
  id: 264,
  name: 'Cassandra',
  tcp: { ports: [9042], first: [...CLIENT, ...SERVER], firstServer: [...CLIENT, ...SERVER], look },
};

const OPCODE = { STARTUP: 1, OPTIONS: 5, SUPPORTED: 6 } as const;

function look(view: View) {
  const { c, other } = view;
  const version = c.peek8(0);
  if (SERVER.includes(version)) {
    if (c.length < 9) return MORE;
    return c.peek8(4) === OPCODE.SUPPORTED && isOptions(other) && other.peek8(0) === (version & 0x7f) ? YES : MORE;
  }
  if (!CLIENT.includes(version)) return NO;
  if (c.length < 9) return MORE;
  if (isOptions(c)) return view.port(9042) ? YES : MORE;
  if (c.peek8(4) !== OPCODE.STARTUP || c.peek32(5) > 4096) return NO;
  return c.findText('CQL_VERSION', 256) >= 0 ? YES : c.length < 9 + c.peek32(5) ? MORE : NO;
}

const isOptions = (c: Cursor) => c.peek8(1) <= 0x10 && c.peek8(4) === OPCODE.OPTIONS && c.peek32(5) === 0;
