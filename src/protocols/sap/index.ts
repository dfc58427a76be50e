/**
 * SAP's network interface layer (SAP note 500235; pysap documentation, "NI"): a length of 32 bits, then DIAG (ports 32nn),
 * RFC (33nn), the message server (36nn) or the router (3299).
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const sap: Protocol = {
  id: 151,
  name: 'SAP',
  tcp: { first: [0x00], firstServer: [0x00], look },
};

const NAMES = ['NI_ROUTE\0', 'NI_PING\0', 'NI_PONG\0', 'NI_RTERR\0'];
const MESSAGE_SERVER = '**MESSAGE**\0';

function look(view: View) {
  const { c } = view;
  const port = view.serverPort;
  const ours = (port >= 3200 && port <= 3399) || (port >= 3600 && port <= 3699);
  if (c.length < 16) return ours || c.length < 4 ? MORE : NO;
  if (c.peek16(0) > 1) return NO;
  if (NAMES.some((name) => c.startsWith(name, 4)) || c.startsWith(MESSAGE_SERVER, 4)) return YES;
  if (!ours || c.peek32(0) !== c.length - 4) return NO;
  // DIAG behind the dispatcher's header of ones, or at once: mode 0, flags; RFC: gateway versions 2 to 6.
  if (port < 3300) return c.peek32(4) === 0xffffffff || c.peek8(4) === 0 ? YES : NO;
  return c.peek8(4) >= 2 && c.peek8(4) <= 6 ? YES : NO;
}
