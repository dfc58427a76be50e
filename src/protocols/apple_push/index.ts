/** Apple Push Notification service (Apple support article 102266): TLS on TCP port 5223 to Apple's network 17.0.0.0/8. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const applePush: Protocol = {
  id: 238,
  name: 'ApplePush',
  tcp: { ports: [5223], first: [], firstServer: [], look },
};

function look(view: View) {
  if (view.ipVersion !== 4 || view.serverPort !== 5223 || view.server[3]! >>> 24 !== 17) return NO;
  const { c } = view;
  if (c.length < 3) return MORE;
  // A handshake is TLS' to read; a session that was met in its middle is told by where it goes.
  return c.peek8(0) === 0x17 && c.peek8(1) === 3 ? YES : NO;
}
