/**
 * HART-IP (FieldComm Group HCF_SPEC-085, "Message header"): version 1, message type (request 0, response 1, publish 2, NAK
 * 15), message id 0–4 (128 with security), status, sequence, byte count of the whole message; port 5094.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const hartIp: Protocol = {
  id: 72,
  name: 'HART-IP',
  tcp: { ports: [5094], first: [1, 2], firstServer: [1, 2], look },
  udp: { ports: [5094], first: [1, 2], firstServer: [1, 2], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 8) return view.tcp ? MORE : NO;
  const version = c.peek8(0);
  const kind = c.peek8(1) & 0x0f;
  const id = c.peek8(2);
  const size = c.peek16(6);
  if (version < 1 || version > 2 || (kind > 2 && kind !== 15) || (id > 5 && id !== 128)) return NO;
  if (size < 8 || (view.tcp ? size > 1024 : size !== view.wireLen)) return NO;
  if (view.port(5094)) return YES;
  // Elsewhere: opening a session (13 bytes: whether primary, the inactivity timer).
  return id === 0 && size === 13 && c.length >= 13 && c.peek8(8) <= 1 ? YES : NO;
}
