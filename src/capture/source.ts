/**
 * What every packet source offers to the engine: frames out, a state that a person can read, counters that do not lie.
 * Sources import nothing of ours but this file; they know nothing of protocols.
 */

/** libpcap's LINKTYPE_ numbers (https://www.tcpdump.org/linktypes.html); a frame carries one of them. */
export const LINKTYPE = {
  NULL: 0,
  ETHERNET: 1,
  PPP: 9,
  RAW_BSD: 12,
  PPP_HDLC: 50,
  RAW: 101,
  CHDLC: 104,
  IEEE802_11: 105,
  LOOP: 108,
  LINUX_SLL: 113,
  IEEE802_11_RADIOTAP: 127,
  PPI: 192,
  IPV4: 228,
  IPV6: 229,
  LINUX_SLL2: 276,
} as const;

/**
 * One captured frame. A source owns a single Frame and reuses it for every packet, and `buf` may be the kernel's ring:
 * nothing of it may be kept after the sink returns.
 */
export interface Frame {
  buf: Uint8Array;
  /** First byte of the frame in `buf`. */
  off: number;
  /** Bytes present in `buf` from `off` on. */
  capLen: number;
  /** Bytes the frame had on the wire, at least capLen; a tag given as vlanTci is not in it (count 4 bytes more). */
  wireLen: number;
  /** Capture time in microseconds since the epoch; a float, exact below 2^53. */
  timeUs: number;
  /** One of LINKTYPE, or a number that decode counts as unknown. */
  linkType: number;
  /** 802.1Q tag that the NIC or kernel took out of the frame (TCI, 16 bits), or -1. */
  vlanTci: number;
}

/** Makes the Frame that a source reuses for all its packets. */
export function newFrame(): Frame {
  return {
    buf: new Uint8Array(0),
    off: 0,
    capLen: 0,
    wireLen: 0,
    timeUs: 0.5,
    linkType: LINKTYPE.ETHERNET,
    vlanTci: -1,
  };
}

export interface PacketSink {
  /** Called once per frame, synchronously; must not throw. */
  packet(frame: Frame): void;
  /** Called after each slice of frames (a ring block, a batch) and when idle, so that the engine can run its timers. */
  endOfSlice(): void;
  /**
   * Asked by file sources after each slice: a promise makes the file wait for it, undefined lets it go on. A replay at full
   * speed uses this so that slower consumers see everything; live sources never ask, a wire does not wait.
   */
  hold?(): Promise<void> | undefined;
}

/** Why a source is not delivering, in words that the health page and the doctor map to advice. */
export type SourceReason =
  | 'starting'
  | 'no_such_interface'
  | 'interface_down'
  | 'no_carrier'
  | 'no_permission'
  | 'unsupported'
  | 'malformed_file'
  /** A file that ends within a record, after whole ones: its writer was cut off; what was read is good. */
  | 'cut_short'
  | 'io_error'
  | 'end_of_file'
  | 'stopped';

export interface SourceState {
  /** running: frames may arrive. waiting: will come back by itself. ended: a file is through. failed: needs a person. */
  status: 'running' | 'waiting' | 'ended' | 'failed';
  reason?: SourceReason;
  /** One lower-case sentence: what was attempted, on what, what to do. */
  text: string;
}

/** Counters since start; null where the source cannot know. */
export interface SourceStats {
  /** Frames handed to the sink. */
  received: number;
  /** Frames the kernel had for us and threw away because we were late; null = this source cannot tell. */
  kernelDropped: number | null;
  /** Frames the interface lost before the kernel saw them (missed, fifo errors, no buffer); null = unknown. */
  interfaceDropped: number | null;
  /** Frames cut to less than their wire length. */
  truncated: number;
  /** Times the source gave the event loop back with frames still waiting. */
  yields: number;
  /** Ring or buffer bytes in use by the source. */
  bufferBytes: number;
}

export interface PacketSource {
  readonly kind: 'ring' | 'cap' | 'file';
  /** Interface name or file path. */
  readonly name: string;
  /** Begins delivery. Never throws for a missing interface, carrier or privilege: those are states. */
  start(sink: PacketSink): Promise<void>;
  /** Ends delivery and frees the ring; afterwards the sink is not called again. */
  stop(): Promise<void>;
  state(): SourceState;
  stats(): SourceStats;
  /** Called whenever state() changes. */
  onState: ((state: SourceState) => void) | undefined;
}
