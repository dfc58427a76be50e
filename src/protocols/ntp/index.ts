/** NTP, RFC 5905 section 7.3: 48-byte header, version 1..4, mode 1..5; modes 6 and 7 are control messages (RFC 9327). */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const ntp: Protocol = {
  id: 9,
  name: 'NTP',
  udp: { ports: [123], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(123)) return NO;
  const first = c.peek8(0);
  const version = (first >> 3) & 7;
  const mode = first & 7;
  if (version < 1 || version > 4) return NO;
  if (mode >= 1 && mode <= 5) {
    if (c.length < 48) return MORE;
    const stratum = c.peek8(1);
    return stratum <= 16 ? YES : NO;
  }
  return mode === 6 || mode === 7 ? YES : NO;
}
