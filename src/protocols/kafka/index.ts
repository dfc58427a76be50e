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

function look(view: View) {
  const { c, other } = view;
  if (c.length < 14) return c.peek8(0) === 0 ? MORE : NO;
  if (request(c) && (view.serverPort === 9092 || (view.midStream && view.port(9092)))) return YES;
  if (request(other) && !view.fromClient) return c.peek32(4) === other.peek32(8) && c.peek32(0) < 0x1000000 ? YES : NO;
  return view.fromClient && request(c) ? MORE : view.fromClient ? NO : MORE;
}

function request(c: Cursor): boolean {
  const length = c.peek32(0);
  const name = c.peek16(12);
  if (length < 10 || length > 0x1000000 || c.peek16(4) > 92 || c.peek16(6) > 20) return false;
  if (name === 0xffff) return true;
  if (name > 255 || name + 10 > length) return false;
  for (let i = 0; i < name; i++) {
    const byte = c.peek8(14 + i);
    if (byte < 0) return true;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}
