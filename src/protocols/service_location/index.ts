/**
 * Service Location Protocol, port 427. Version 2 (RFC 2608 section 8): version, function 1–11, length of 24 bits, flags,
 * extension offset, id, language tag; version 1 (RFC 2165 section 4): length of 16 bits, flags, dialect, language.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const serviceLocation: Protocol = {
  id: 347,
  name: 'Service_Location_Protocol',
  tcp: { ports: [427], first: [], firstServer: [], look },
  udp: { ports: [427], first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(427)) return NO;
  if (c.length < 12) return view.tcp && c.length < 2 ? MORE : NO;
  const version = c.peek8(0);
  const kind = c.peek8(1);
  if (kind < 1 || kind > 15) return NO;
  const size = view.tcp ? 0 : view.wireLen;
  if (version === 2) return size === 0 || c.peek24(2) === size ? YES : NO;
  return version === 1 && (size === 0 || c.peek16(2) === size) ? YES : NO;
}
