/** Check Point's cluster control protocol, UDP 8116: magic 1a 90, version, cluster number. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const cpha: Protocol = {
  id: 53,
  name: 'CPHA',
  udp: { ports: [8116], first: [0x1a], firstServer: [0x1a], look },
};

function look(view: View) {
  return view.port(8116) && view.c.peek16(0) === 0x1a90 ? YES : NO;
}
