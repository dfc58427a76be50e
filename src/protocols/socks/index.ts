/**
 * SOCKS. Version 5 (RFC 1928 section 3): 5, number of methods, methods; the server answers 5 and the chosen method.
 * Version 4 (NEC's SOCKS4 memo, 4A's addition): 4, command, port, address, user id, NUL; the server answers 0, code 90–93.
 */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const socks: Protocol = {
  id: 172,
  name: 'SOCKS',
  tcp: { ports: [1080], first: [4, 5], firstServer: [0, 5], look },
};

/** The few bytes prove something only together with the answer to them. */
function look(view: View) {
  const { c, other } = view;
  if (view.fromClient) {
    if (c.length < (c.peek8(0) === 5 ? 2 + Math.max(0, c.peek8(1)) : 9))
      return c.peek8(0) === 5 || c.peek8(0) === 4 ? MORE : NO;
    return greeting5(c) || request4(c) ? MORE : NO;
  }
  if (c.peek8(0) === 5) {
    if (c.length < 2) return MORE;
    const method = c.peek8(1);
    return greeting5(other) && (method === 0xff || offered(other, method)) ? YES : NO;
  }
  if (c.length < 8) return MORE;
  return request4(other) && c.peek8(1) >= 90 && c.peek8(1) <= 93 ? YES : NO;
}

function greeting5(c: Cursor): boolean {
  const methods = c.peek8(1);
  // What follows the greeting comes after the server's answer: nothing, or the request (5) or RFC 1929's login (1).
  const next = c.peek8(2 + methods);
  return (
    c.peek8(0) === 5 &&
    methods > 0 &&
    methods <= 16 &&
    c.length >= 2 + methods &&
    (next < 0 || next === 5 || next === 1)
  );
}

function offered(c: Cursor, method: number): boolean {
  for (let i = 0; i < c.peek8(1); i++) if (c.peek8(2 + i) === method) return true;
  return false;
}

function request4(c: Cursor): boolean {
  const command = c.peek8(1);
  if (c.peek8(0) !== 4 || (command !== 1 && command !== 2) || c.peek16(2) < 1 || c.length < 9) return false;
  c.seek(8);
  const end = c.find(0, 256);
  const open = end < 0 && c.left < 256;
  c.reset();
  return end >= 0 || open;
}
