/** RADIUS, RFC 2865 section 3: code, identifier, length, authenticator, then attributes that fill the length. */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const radius: Protocol = {
  id: 146,
  name: 'Radius',
  udp: { ports: [1812, 1813, 1645, 1646, 3799], look },
  parse,
};

const PORTS = [1812, 1813, 1645, 1646, 3799];

function look(view: View) {
  const { c } = view;
  const code = c.peek8(0);
  const length = c.peek16(2);
  if (c.length < 20 || length < 20 || length > 4096) return NO;
  if (!((code >= 1 && code <= 5) || (code >= 11 && code <= 13) || (code >= 40 && code <= 45))) return NO;
  const onPort = PORTS.includes(view.serverPort) || PORTS.includes(view.clientPort);
  // A stranger's datagram may have that shape by chance: RADIUS is believed on its ports only.
  return onPort && length <= view.wireLen ? YES : NO;
}

const USER_NAME = 1;

function parse(view: View) {
  const { c } = view;
  c.skip(20);
  for (let n = 0; n < 64 && c.left >= 2; n++) {
    const type = c.u8();
    const size = c.u8();
    if (size < 2) break;
    if (type === USER_NAME && c.has(size - 2)) {
      view.more('radius.user', c.text(size - 2));
      return DONE;
    }
    c.skip(size - 2);
  }
  return view.packet >= 3 ? DONE : MORE;
}
