/** JSON-RPC (jsonrpc.org specification 2.0, section 4) over bare TCP: an object that names "jsonrpc". */
import { type Cursor, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const jsonRpc: Protocol = {
  id: 375,
  name: 'JSON-RPC',
  tcp: { first: [0x7b, 0x5b], firstServer: [0x7b, 0x5b], look },
};

const WITHIN = 512;
const BYTE = { QUOTE: 0x22, BACKSLASH: 0x5c, OPEN: [0x7b, 0x5b], CLOSE: [0x7d, 0x5d] };

function look({ c }: View) {
  // The whole object decides: its method may yet be that of a protocol that is written in JSON-RPC (mining).
  if (c.length < WITHIN && c.find(0x0a) < 0 && !closed(c)) return MORE;
  if (c.findText('"jsonrpc"', WITHIN) >= 0) return YES;
  return c.length < WITHIN ? MORE : NO;
}

/** The object or batch that the stream begins with has its last bracket; brackets in texts do not count. */
function closed(c: Cursor): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < Math.min(c.length, WITHIN); at++) {
    const byte = c.peek8(at);
    if (quoted && byte === BYTE.BACKSLASH) at++;
    else if (byte === BYTE.QUOTE) quoted = !quoted;
    else if (!quoted && BYTE.OPEN.includes(byte)) depth++;
    else if (!quoted && BYTE.CLOSE.includes(byte) && --depth === 0) return true;
  }
  return false;
}
