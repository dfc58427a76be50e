/**
 * Where a flow's state lies. A flow is a number; its record is 256 bytes of one buffer, seen through arrays of several
 * types: a word lies at number * stride + offset of its array. Four cache lines, the first three touched by a packet, all in
 * one page of memory: with a line here and a line there each packet paid for eight lines and five pages. Side A is the
 * sender of the first packet seen.
 */

/** Bytes of a flow's record. */
export const FLOW_BYTES = 256;

/** Int32, first line: the key, the hash chain, the timer wheel, the state bits. */
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
export const KEY_STRIDE = FLOW_BYTES / 4;

/** Float64: times in microseconds of packet time, counters as on the wire. Second line, and seldom used ones in the fourth. */
export const NUM = {
  FIRST: 8,
  LAST: 9,
  BYTES: 10,
  PACKETS: 12,
  PAYLOAD: 14,
  SYN_AT: 24,
  SYN_ACK_AT: 25,
  PERIODIC_AT: 26,
  ID: 27,
} as const;
export const NUM_STRIDE = FLOW_BYTES / 8;

/**
 * Int32, third line: TCP sequence tracking per side (A, B), round-trip times in microseconds, flags seen. One word serves
 * two masters: ICMP type and code, or segments with a closed window of side A (low half) and B, up to 65,535 each.
 */
export const TRACK = {
  SEQ: 32,
  GAP: 34,
  RETRANS: 36,
  OUT_OF_ORDER: 38,
  LOST: 40,
  CLIENT_RTT: 42,
  SERVER_RTT: 43,
  FLAGS: 44,
  ICMP: 45,
  ZERO_WINDOWS: 45,
  /** Payload bytes that were sent again, per side. */
  REPEATED: 46,
} as const;
export const TRACK_STRIDE = FLOW_BYTES / 4;

/** Uint16, fourth line: the verdict of detection. */
export const ID = { MASTER: 112, APP: 113, CATEGORY: 114, CONFIDENCE: 115 } as const;
export const ID_STRIDE = FLOW_BYTES / 2;

/** Uint8, fourth line: six bytes each, all zero where the link has none. */
export const MAC = { A: 232, B: 238 } as const;
export const MAC_STRIDE = FLOW_BYTES;

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
