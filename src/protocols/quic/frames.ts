/** The frames of an Initial packet: RFC 9000 section 12.4 names those that it may bear. */
import { Cursor } from '../kit.ts';
import { varint } from '../tls/client-hello.ts';
import type { CryptoStream } from './crypto-stream.ts';
import type { InitialPacket } from './initial.ts';

const FRAME = { PADDING: 0, PING: 1, ACK: 2, ACK_ECN: 3, CRYPTO: 6, CLOSE: 0x1c, CLOSE_APP: 0x1d } as const;
/** Google's T05x number CRYPTO 8 and kept their old ACK. */
const GOOGLE = { CRYPTO: 8, ACK: 0x40 } as const;

const MAX_RANGES = 256;
/** A frame's head: type and up to four integers of eight bytes. */
const HEAD = 33;
/** A handshake has no more; an offset beyond it means that the keys do not fit. */
const MAX_OFFSET = 1 << 20;

const c = new Cursor();

/**
 * Puts what CRYPTO frames carry into `stream`, until the frames end or the stream holds its first handshake message whole.
 * False when there are bytes that no such packet has: then the keys did not fit, and what came into the stream is to be thrown away.
 */
export function readFrames(packet: InitialPacket, stream: CryptoStream, google: boolean): boolean {
  c.set(packet.plain, 0, packet.length);
  let frames = 0;
  while (c.left > 0) {
    packet.need(c.pos + HEAD);
    const type = c.u8();
    if (type === FRAME.PADDING) continue;
    frames++;
    if (type === FRAME.PING) continue;
    if (type === FRAME.ACK || type === FRAME.ACK_ECN) skipAck(packet, type === FRAME.ACK_ECN);
    else if (type === FRAME.CRYPTO || (google && type === GOOGLE.CRYPTO)) {
      const offset = varint(c);
      const length = varint(c);
      if (!c.has(length) || offset > MAX_OFFSET) return false;
      packet.need(c.pos + length);
      stream.add(offset, c.bytes(length));
      if (stream.whole) return true;
    } else if (type === FRAME.CLOSE || type === FRAME.CLOSE_APP) skipClose(packet, type === FRAME.CLOSE);
    else if (google && type === GOOGLE.ACK) c.skip(5);
    else return false;
    if (c.short) return false;
  }
  return frames > 0;
}

/** Section 19.3. */
function skipAck(packet: InitialPacket, ecn: boolean): void {
  varint(c);
  varint(c);
  const ranges = varint(c);
  varint(c);
  if (ranges > MAX_RANGES) c.short = true;
  for (let i = 0; i < ranges * 2 + (ecn ? 3 : 0) && !c.short; i++) {
    packet.need(c.pos + 8);
    varint(c);
  }
}

/** Section 19.19. */
function skipClose(packet: InitialPacket, withType: boolean): void {
  varint(c);
  if (withType) varint(c);
  const reason = varint(c);
  packet.need(c.pos + reason);
  c.skip(reason);
}
