/**
 * Ethereum (devp2p). Discovery v4 over UDP (discv4.md, "Wire protocol"): hash (32), signature (65), type 1–6, an RLP list
 * to the end. RLPx over TCP (rlpx.md, "Initial handshake", EIP-8): a length of 16 bits that is the whole first message.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const PORTS = [30300, 30301, 30302, 30303, 30304, 30305];

export const ethereum: Protocol = {
  id: 354,
  name: 'ETHEREUM',
  tcp: { ports: PORTS, first: [], firstServer: [], look: lookTcp },
  udp: { ports: [30303], look: lookUdp },
};

const HEAD = 97;

function lookUdp({ c }: View) {
  const type = c.peek8(HEAD);
  const list = c.peek8(HEAD + 1);
  if (type < 1 || type > 6 || list < 0xc0 || c.length > 1280) return NO;
  // Recovery id of the signature.
  if (c.peek8(HEAD - 1) > 1) return NO;
  const sizeBytes = list > 0xf7 ? list - 0xf7 : 0;
  if (sizeBytes > 2) return NO;
  const size = sizeBytes === 0 ? list - 0xc0 : sizeBytes === 1 ? c.peek8(HEAD + 2) : c.peek16(HEAD + 2);
  const at = HEAD + 2 + sizeBytes;
  // More may stand behind the list (EIP-8).
  if (size <= 0 || at + size > c.length) return NO;
  return beginsAs(type, c.peek8(at)) ? YES : NO;
}

/**
 * RLP prefix of the list's first element, by type: Ping's version (a small number), Pong's endpoint (a list), FindNode's key
 * (64 bytes), Neighbors' nodes (a list), ENRRequest's expiration (a number of at most eight bytes), ENRResponse's hash (32 bytes).
 */
function beginsAs(type: number, first: number): boolean {
  if (type === 1) return first > 0 && first < 0x80;
  if (type === 2 || type === 4) return first >= 0xc0;
  if (type === 3) return first === 0xb8;
  return type === 5 ? first <= 0x88 : first === 0xa0;
}

/** The first message of either side: its size, then ECIES, which begins with an uncompressed key (04). */
function lookTcp(view: View) {
  const { c } = view;
  if (!PORTS.includes(view.serverPort) && !PORTS.includes(view.clientPort)) return NO;
  if (c.length < 3) return MORE;
  // Before EIP-8: such a key and the rest, 307 bytes.
  if (c.peek8(0) === 4 && c.length === 307) return YES;
  const size = c.peek16(0);
  if (size < 194 || size > 800 || c.peek8(2) !== 4 || c.length > size + 2) return NO;
  return c.length === size + 2 ? YES : MORE;
}
