/**
 * TCP as the flow books need it: handshake with its round-trip times, close, and what sequence numbers tell of loss.
 * RFC 9293; a mirror port sees segments late, twice or not at all, so nothing here assumes a clean stream.
 */
import { IPPROTO, type Packet, TCP } from '../decode/packet.ts';
import { BIT, KEY, KEY_STRIDE, NUM, NUM_STRIDE, TRACK, TRACK_STRIDE } from './layout.ts';
import type { FlowTable } from './table.ts';

/** Books one segment of flow f. True when the segment ended the connection (RST, or the second FIN). */
export function trackTcp(t: FlowTable, f: number, fromB: boolean, p: Packet): boolean {
  const key = f * KEY_STRIDE;
  const track = f * TRACK_STRIDE;
  const side = fromB ? 1 : 0;
  const flags = p.tcpFlags;
  let bits = t.keys[key + KEY.BITS]!;
  const before = bits;
  t.track[track + TRACK.FLAGS]! |= flags << (side * 8);

  if (flags & TCP.SYN) bits = handshakeBegins(t, f, p, bits);
  else if ((bits & (BIT.SYN | BIT.SYN_ACK | BIT.ESTABLISHED)) === (BIT.SYN | BIT.SYN_ACK) && flags & TCP.ACK) {
    const fromClient = fromB === ((bits & BIT.CLIENT_B) !== 0);
    if (fromClient) {
      bits |= BIT.ESTABLISHED;
      const rtt = p.timeUs - t.nums[f * NUM_STRIDE + NUM.SYN_ACK_AT]!;
      t.track[track + TRACK.CLIENT_RTT] = Math.max(0, Math.min(0x7fffffff, rtt));
    }
  } else if (p.window === 0 && (flags & (TCP.FIN | TCP.RST)) === 0) closedWindow(t.track, track, side);
  const seen = fromB ? BIT.SEQ_B : BIT.SEQ_A;
  const length = p.payloadWire + (flags & TCP.SYN ? 1 : 0) + (flags & TCP.FIN ? 1 : 0);
  if (length > 0) {
    const end = (p.seq + length) | 0;
    if (bits & seen) sequence(t.track, track, side, p, end);
    else {
      bits |= seen;
      t.track[track + TRACK.SEQ + side] = end;
    }
  }
  if (flags & TCP.FIN) bits |= fromB ? BIT.FIN_B : BIT.FIN_A;
  if (flags & TCP.RST) bits |= BIT.RST;
  if (bits !== before) t.keys[key + KEY.BITS] = bits;
  return closed(bits) && !closed(before);
}

/**
 * True when this SYN without ACK opens another connection between the ports of flow f, which is closed; a SYN with the
 * number of the first one is that one again. Call after FlowTable.find().
 */
export function reusesPorts(t: FlowTable, f: number, p: Packet): boolean {
  const first = t.track[f * TRACK_STRIDE + TRACK.SEQ + (t.fromB ? 1 : 0)]!;
  return p.proto === IPPROTO.TCP && closed(t.keys[f * KEY_STRIDE + KEY.BITS]!) && ((p.seq + 1) | 0) !== first;
}

function closed(bits: number): boolean {
  return (bits & BIT.RST) !== 0 || (bits & (BIT.FIN_A | BIT.FIN_B)) === (BIT.FIN_A | BIT.FIN_B);
}

function handshakeBegins(t: FlowTable, f: number, p: Packet, bits: number): number {
  const num = f * NUM_STRIDE;
  if ((p.tcpFlags & TCP.ACK) === 0) {
    t.nums[num + NUM.SYN_AT] = p.timeUs;
    return bits | BIT.SYN;
  }
  if (bits & BIT.SYN && !(bits & BIT.SYN_ACK)) {
    const rtt = p.timeUs - t.nums[num + NUM.SYN_AT]!;
    t.track[f * TRACK_STRIDE + TRACK.SERVER_RTT] = Math.max(0, Math.min(0x7fffffff, rtt));
  }
  t.nums[num + NUM.SYN_ACK_AT] = p.timeUs;
  return bits | BIT.SYN_ACK;
}

/** The receiver's buffer is full (RFC 9293 section 3.8.6.1). A SYN's window is no promise yet, a RST's none at all. */
function closedWindow(track: Int32Array, at: number, side: number): void {
  const shift = side * 16;
  if (((track[at + TRACK.ZERO_WINDOWS]! >>> shift) & 0xffff) < 0xffff) track[at + TRACK.ZERO_WINDOWS]! += 1 << shift;
}

/** Compares a segment with what was expected next from its side: ahead = something is missing, behind = seen or late. */
function sequence(track: Int32Array, at: number, side: number, p: Packet, end: number): void {
  const { seq, payloadWire: payload } = p;
  const expected = track[at + TRACK.SEQ + side]!;
  const ahead = (seq - expected) | 0;
  if (ahead === 0) {
    track[at + TRACK.SEQ + side] = end;
    return;
  }
  if (ahead > 0) {
    // More than a window ahead is another connection or an answer to garbage: start anew without blame.
    if (ahead < 1 << 24) {
      track[at + TRACK.LOST + side]!++;
      track[at + TRACK.GAP + side] = expected;
    }
    track[at + TRACK.SEQ + side] = end;
    return;
  }
  // A keep-alive repeats the byte before the expected one.
  if (payload <= 1 && ahead === -1 && (p.tcpFlags & (TCP.SYN | TCP.FIN)) === 0) {
    track[at + TRACK.REPEATED + side]! += payload;
    return;
  }
  if (track[at + TRACK.LOST + side]! > 0 && ((seq - track[at + TRACK.GAP + side]!) | 0) >= 0) {
    track[at + TRACK.LOST + side]!--;
    track[at + TRACK.OUT_OF_ORDER + side]!++;
    track[at + TRACK.GAP + side] = end;
  } else {
    track[at + TRACK.RETRANS + side]!++;
    track[at + TRACK.REPEATED + side]! += Math.min(payload, -ahead);
  }
  if (((end - expected) | 0) > 0) track[at + TRACK.SEQ + side] = end;
}
