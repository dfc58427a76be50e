/**
 * EAQ, the Brazilian "Entidade Aferidora da Qualidade" speed probe: UDP port 6000, 16-byte datagrams that begin with a
 * running number, echoed by the server. Believed after four in sequence.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const eaq: Protocol = {
  id: 190,
  name: 'EAQ',
  udp: { ports: [6000], first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(6000) || c.length !== 16 || c.peek32(0) !== view.packetOfSide - 1) return NO;
  return view.packet >= 4 ? YES : MORE;
}
