/** Sonos' audio between players (UDP 7080): a running number, flags; the stream opens with nine bytes whose middle is zero. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const sonos: Protocol = {
  id: 430,
  name: 'Sonos',
  udp: { ports: [7080], first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  view.byBehaviour = true;
  return view.serverPort === 7080 && c.length === 9 && c.peek8(0) === 0 && c.peek32(4) === 0 ? YES : NO;
}
