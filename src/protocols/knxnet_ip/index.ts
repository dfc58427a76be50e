/** KNXnet/IP (ISO 22510 section 5.2.3): header length 6, version 10, service, length of the whole frame; port 3671. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const knxnetIp: Protocol = {
  id: 410,
  name: 'KNXnet_IP',
  tcp: { ports: [3671], first: [6], firstServer: [6], look },
  udp: { ports: [3671], first: [6], firstServer: [6], look },
};

/** Core, device management, tunnelling, routing, remote configuration, object server, secure. */
const isService = (service: number) => [0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09].includes(service >> 8);

function look(view: View) {
  const { c } = view;
  if (c.length < 6) return view.tcp && c.peek8(0) === 6 ? MORE : NO;
  const length = c.peek16(4);
  if (c.peek16(0) !== 0x0610 || !isService(c.peek16(2))) return NO;
  return view.tcp ? (length >= 6 && length < 2048 ? YES : NO) : length === view.wireLen ? YES : NO;
}
