/** JSON-RPC (jsonrpc.org specification 2.0, section 4) over bare TCP: an object that names "jsonrpc". */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const jsonRpc: Protocol = {
  id: 375,
  name: 'JSON-RPC',
  tcp: { first: [0x7b, 0x5b], firstServer: [0x7b, 0x5b], look },
};

const WITHIN = 512;
/** The last byte of an object or a batch. */
const ENDS = [0x7d, 0x5d];

function look({ c }: View) {
  // The whole object decides: its method may yet be that of a protocol that is written in JSON-RPC (mining).
  const whole = c.length >= WITHIN || c.find(0x0a) >= 0 || ENDS.includes(c.peek8(c.length - 1));
  if (!whole) return MORE;
  if (c.findText('"jsonrpc"', WITHIN) >= 0) return YES;
  return c.length < WITHIN ? MORE : NO;
}
