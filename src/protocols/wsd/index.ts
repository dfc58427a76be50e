/** WS-Discovery 1.1 (OASIS), section 2.4: SOAP over UDP, port 3702, in the discovery namespace. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const wsd: Protocol = {
  id: 153,
  name: 'WSD',
  udp: { ports: [3702], first: [0x3c, 0xef], firstServer: [0x3c, 0xef], look },
};

function look(view: View) {
  const { c } = view;
  if (c.startsWith('<?xml') && view.port(3702)) return YES;
  return c.findText('/ws/2005/04/discovery', 1024) > 0 || c.findText('/ws-dd/ns/discovery', 1024) > 0 ? YES : NO;
}
