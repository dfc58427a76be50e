/**
 * IPsec: ESP and AH (RFC 4303, RFC 4302) as IP protocols 50 and 51, IKE (RFC 7296 section 3.1, RFC 2408 section 3.1) on
 * UDP 500, and both on UDP 4500 (RFC 3948: IKE behind four zeros, keep-alives of one 0xff).
 */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const ipsec: Protocol = {
  id: 79,
  name: 'IPSec',
  ip: [50, 51],
  udp: { ports: [500, 4500], look },
  tcp: {
    ports: [4500],
    first: [0x49],
    look: (view) => (view.c.startsWith('IKETCP') ? YES : view.c.length < 6 ? MORE : NO),
  },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (view.port(4500)) {
    if (c.length === 1 && c.peek8(0) === 0xff) return view.packet > 2 ? YES : MORE;
    if (c.peek32(0) === 0) return ike(c.skip(4));
    if (view.port(500)) return ike(c);
    return esp(view);
  }
  return view.port(500) ? ike(c) : NO;
}

/** Initiator's cookie, version 1.0 or 2.x, a known exchange, length of the datagram. */
function ike(c: Cursor) {
  if (c.left < 28 || (c.peek32(0) === 0 && c.peek32(4) === 0)) return NO;
  const version = c.peek8(17);
  const exchange = c.peek8(18);
  if (version !== 0x10 && version >> 4 !== 2) return NO;
  const known = (exchange >= 1 && exchange <= 6) || (exchange >= 32 && exchange <= 47) || exchange === 243;
  const length = c.peek32(24);
  return known && length >= 28 && length <= 65_535 && c.left <= length ? YES : NO;
}

/** ESP in UDP: the security parameter index stays and the sequence number counts on by a little. */
function esp(view: View) {
  const { c, previous } = view;
  if (c.length < 16 || c.peek32(0) < 256) return NO;
  if (previous.length < 8) return MORE;
  const step = c.peek32(4) - previous.peek32(4);
  return c.peek32(0) === previous.peek32(0) && step > 0 && step < 64 ? YES : view.packetOfSide < 6 ? MORE : NO;
}

const EXCHANGES: Readonly<Record<number, string>> = {
  2: 'main mode',
  4: 'aggressive mode',
  5: 'informational',
  32: 'quick mode',
  34: 'sa init',
  35: 'auth',
  36: 'create child sa',
  37: 'informational',
};

/** IKE's header, RFC 7296 section 3.1. Aggressive mode gives the identity away: a stranger may try passwords on it offline. */
function parse(view: View): typeof DONE {
  const { c } = view;
  if (view.tcp) c.skip(6);
  if (view.port(4500) && c.peek32(0) === 0) c.skip(4);
  if (ike(c) !== YES) return DONE;
  const exchange = c.peek8(18);
  view.more('ike.version', c.peek8(17) >> 4);
  view.more('ike.exchange', EXCHANGES[exchange] ?? `exchange ${exchange}`);
  return DONE;
}
