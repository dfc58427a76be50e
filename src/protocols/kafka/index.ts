/**
 * Apache Kafka (protocol guide, "Request header"): length, API key, its version, correlation id, client id. On another
 * port than 9092 the response, which begins with the same correlation id, is awaited.
 */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const kafka: Protocol = {
  id: 377,
  name: 'Kafka',
  tcp: { ports: [9092], first: [0], firstServer: [0], look },
};

/** Longest message that we believe. */
const MOST = 0x1000000;

function look(view: View) {
  const { c, other } = view;
  if (!view.fromClient) {
    if (c.length < 8) return MORE;
    if (view.midStream && view.port(9092)) return request(c) ? YES : MORE;
    if (c.peek32(0) > MOST) return NO;
    return request(other) ? (c.peek32(4) === other.peek32(8) ? YES : NO) : MORE;
  }
  if (c.length < 14) return c.peek8(0) === 0 ? MORE : NO;
  if (!request(c)) return NO;
  return view.port(9092) ? YES : MORE;
}

function request(c: Cursor): boolean {
  const length = c.peek32(0);
  const name = c.peek16(12);
  if (length < 10 || length > MOST || c.peek16(4) > 92 || c.peek16(6) > 20) return false;
  if (name === 0xffff) return true;
  if (name > 255 || name + 10 > length) return false;
  for (let i = 0; i < name; i++) {
    const byte = c.peek8(14 + i);
    if (byte < 0) return true;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}
