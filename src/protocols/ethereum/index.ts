/**
 * Ethereum (devp2p). Discovery v4 over UDP (discv4.md, "Wire protocol"): hash (32), signature (65), type 1–6, an RLP list
 * to the end. RLPx over TCP (rlpx.md, "Initial handshake", EIP-8): a length of 16 bits that is the whole first message.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const ethereum: Protocol = {
  id: 354,
  name: 'ETHEREUM',
  tcp: { ports: [30303], first: [], firstServer: [], look: lookTcp },
  udp: { ports: [30303], look: lookUdp },
};

const HEAD = 97;

function lookUdp({ c }: View) {
  const type = c.peek8(HEAD);
  const list = c.peek8(HEAD + 1);
  if (type < 1 || type > 6 || list < 0xc0 || c.length > 1280) return NO;
  // Recovery id of the signature.
  if (c.peek8(HEAD - 1) > 1) return NO;
  const rest = c.length - HEAD - 2;
  if (list < 0xf8) return list - 0xc0 <= rest ? YES : NO;
  return list === 0xf8
    ? c.peek8(HEAD + 2) <= rest - 1
      ? YES
      : NO
    : list === 0xf9 && c.peek16(HEAD + 2) <= rest - 2
      ? YES
      : NO;
}

function lookTcp(view: View) {
  const { c } = view;
  if (view.serverPort !== 30303 || view.midStream || !view.fromClient) return view.serverPort === 30303 ? MORE : NO;
  if (c.length < 2) return MORE;
  // Before EIP-8: an uncompressed key (04) and the rest, 307 bytes.
  if (c.peek8(0) === 4 && c.length === 307) return YES;
  const size = c.peek16(0);
  if (size < 194 || size > 800 || c.length > size + 2) return NO;
  return c.length === size + 2 ? YES : MORE;
}
