/**
 * Where a flow's state lies. A flow is a number; its words lie at number * stride + offset in a few typed arrays, so
 * that the packets of one flow touch two or three cache lines. Side A is the sender of the first packet seen.
 */

/** Int32: the key, the hash chain, the timer wheel, the state bits. 64 bytes, one cache line. */
export const KEY = {
  A: 0,
  B: 4,
  PORTS: 8,
  META: 9,
  HASH: 10,
  NEXT: 11,
  WHEEL_NEXT: 12,
  WHEEL_PREV: 13,
  WHEEL_SLOT: 14,
  BITS: 15,
} as const;
export const KEY_STRIDE = 16;

/** Float64: times in microseconds of packet time, counters as on the wire. */
export const NUM = {
  FIRST: 0,
  LAST: 1,
  BYTES: 2,
  PACKETS: 4,
  PAYLOAD: 6,
  SYN_AT: 8,
  SYN_ACK_AT: 9,
  PERIODIC_AT: 10,
  ID: 11,
} as const;
export const NUM_STRIDE = 12;

/**
 * Int32: TCP sequence tracking per side (A, B), round-trip times in microseconds, flags seen. Word 13 serves two masters:
 * ICMP type and code, or segments with a closed window of side A (low half) and B, up to 65,535 each.
 */
export const TRACK = {
  SEQ: 0,
  GAP: 2,
  RETRANS: 4,
  OUT_OF_ORDER: 6,
  LOST: 8,
  CLIENT_RTT: 10,
  SERVER_RTT: 11,
  FLAGS: 12,
  ICMP: 13,
  ZERO_WINDOWS: 13,
  /** Payload bytes that were sent again, per side. */
  REPEATED: 14,
} as const;
export const TRACK_STRIDE = 16;

/** Uint16: the verdict of detection. */
export const ID = { MASTER: 0, APP: 1, CATEGORY: 2, CONFIDENCE: 3 } as const;
export const ID_STRIDE = 4;

/** KEY.BITS */
export const BIT = {
  USED: 1 << 0,
  /** The client is side B. */
  CLIENT_B: 1 << 1,
  SYN: 1 << 2,
  SYN_ACK: 1 << 3,
  ESTABLISHED: 1 << 4,
  FIN_A: 1 << 5,
  FIN_B: 1 << 6,
  RST: 1 << 7,
  /** Detection has given its last word. */
  DETECTED: 1 << 8,
  /** protocolDetected was announced. */
  ANNOUNCED: 1 << 9,
  SEQ_A: 1 << 10,
  SEQ_B: 1 << 11,
  /** What made one side the client: two bits, index into EVIDENCE. */
  EVIDENCE_SHIFT: 12,
  EVIDENCE_MASK: 3 << 12,
  /** periodicUpdate or flowEnd of this flow was announced: protocolDetected must not come any more. */
  LATER_HOOK: 1 << 14,
} as const;

export const EVIDENCE = ['first_seen', 'port', 'syn', 'protocol'] as const;
export const CONFIDENCE = ['none', 'port', 'address', 'behaviour', 'content'] as const;
export const CONFIDENCE_OF = { none: 0, port: 1, address: 2, behaviour: 3, content: 4 } as const;
