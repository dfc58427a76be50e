/**
 * tinc VPN (tinc manual, "The meta-protocol"): ID, "0 <name> 17[.<minor>]\n". The packets of the network itself go over UDP,
 * encrypted from the first byte, between the same hosts, usually on the same port.
 */
import { IPPROTO } from '../../decode/packet.ts';
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const tinc: Protocol = {
  id: 209,
  name: 'TINC',
  tcp: { ports: [655], first: [0x30], firstServer: [0x30], look },
  parse,
};

const SECONDS = 3600;

function parse(view: View): typeof DONE {
  for (const end of [view.server, view.client])
    view.expectations.add(end, view.serverPort, IPPROTO.UDP, tinc.id, tinc.id, view.timeMs, SECONDS);
  return DONE;
}

function look({ c }: View) {
  if (c.length < 2) return MORE;
  if (!c.startsWith('0 ')) return NO;
  const end = c.find(10, 128);
  if (end < 0) return c.length < 128 ? MORE : NO;
  const space = c.skip(2).find(0x20, end - 2);
  return space > 0 && c.startsWith('17', space + 1) ? YES : NO;
}
