/** JSON-RPC (jsonrpc.org specification 2.0, section 4) over bare TCP: an object that names "jsonrpc". */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const jsonRpc: Protocol = {
  id: 375,
  name: 'JSON-RPC',
  tcp: { first: [0x7b, 0x5b], firstServer: [0x7b, 0x5b], look },
};

const WITHIN = 512;

function look({ c }: View) {
  if (c.findText('"jsonrpc"', WITHIN) >= 0) return YES;
  return c.length < WITHIN ? MORE : NO;
}
