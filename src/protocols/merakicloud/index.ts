/** Cisco Meraki devices and their cloud, UDP 7351: a header that begins fe f7. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const merakicloud: Protocol = {
  id: 66,
  name: 'MerakiCloud',
  udp: { ports: [7351, 9350], first: [0xfe], firstServer: [0xfe], look },
};

function look(view: View) {
  const { c } = view;
  return view.port(7351) && c.length > 6 && c.peek16(0) === 0xfef7 ? YES : NO;
}
