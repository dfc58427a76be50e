/**
 * Bitcoin and its relatives (Bitcoin developer reference, "P2P network", "Message headers"): network magic, command of
 * twelve bytes padded with NUL, length, checksum. Conversations begin with "version".
 */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

/** Main, testnet 3 and 4, signet, regtest. */
const MAGICS = [0xf9beb4d9, 0x0b110907, 0x1c163f28, 0x0a03cf40, 0xfabfb5da];
/** First bytes of those, and of Bitcoin Cash, Litecoin, Dogecoin, Dash, Zcash, Namecoin. */
const FIRST = [0xf9, 0x0b, 0x1c, 0x0a, 0xfa, 0xe3, 0xfb, 0xc0, 0xbf, 0x24];

export const bitcoin: Protocol = {
  id: 343,
  name: 'BITCOIN',
  tcp: { ports: [8333], first: FIRST, firstServer: FIRST, look },
  parse,
};

const VERSION = 'version\0\0\0\0\0';

function look({ c }: View) {
  if (c.length < 16) return c.length < 4 || MAGICS.includes(c.peek32(0)) ? MORE : NO;
  if (c.startsWith(VERSION, 4)) return YES;
  return MAGICS.includes(c.peek32(0)) && c.peek8(4) >= 0x61 && c.peek8(4) <= 0x7a && c.peek8(15) === 0 ? YES : NO;
}

/** Behind the header: protocol version, services, time, two addresses, nonce; then the program's name. */
const USER_AGENT = 24 + 4 + 8 + 8 + 26 + 26 + 8;
const MOST = 6;

/** Sides that were read. */
interface Read {
  client?: boolean;
  server?: boolean;
}

function parse(view: View): typeof MORE | typeof DONE {
  const { c } = view;
  const read = (view.state ??= {}) as Read;
  const end = view.packet >= MOST;
  if (c.length >= 24 && !c.startsWith(VERSION, 4)) return DONE;
  if (c.length < USER_AGENT + 1 || c.length < USER_AGENT + 1 + c.peek8(USER_AGENT)) return end ? DONE : MORE;
  view.more(view.fromClient ? 'bitcoin.client_version' : 'bitcoin.server_version', c.peek32le(24));
  const length = c.skip(USER_AGENT).u8();
  if (length > 0 && length < 0xfd && c.has(length))
    view.more(view.fromClient ? 'bitcoin.client' : 'bitcoin.server', c.text(length));
  read[view.fromClient ? 'client' : 'server'] = true;
  return (read.client && read.server) || end ? DONE : MORE;
}
