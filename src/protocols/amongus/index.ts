/** Among Us: the Hazel transport (hazel-networking, "Packet types") on UDP 22023, 22123 …: hello 8, reliable 1, acknowledgement 10, ping 12. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const PORTS = [22023, 22123, 22223, 22323, 22423, 22523, 22623, 22723, 22823, 22923];

export const amongus: Protocol = {
  id: 69,
  name: 'AmongUs',
  udp: { ports: PORTS, look },
};

/** A hello has a nonce and zero; acknowledgements are four bytes, pings three. */
function look(view: View) {
  const { c } = view;
  if (!PORTS.includes(view.serverPort)) return NO;
  const kind = c.peek8(0);
  if (kind === 8) return c.length >= 8 && c.peek8(3) <= 1 ? YES : NO;
  if ((kind === 10 && c.length === 4) || (kind === 12 && c.length === 3)) return view.packet > 1 ? YES : MORE;
  return view.packet < 4 ? MORE : NO;
}
