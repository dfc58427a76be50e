/** What was counted of a mirror, in two halves so that a switch that was put right is believed after a while. */

/** Numbers that add up over time. */
export const FACT = {
  /** Packets looked at one by one; the others below up to LONGEST are of these. */
  LOOKED: 0,
  /** To a group address, and to one station. */
  GROUP: 1,
  UNICAST: 2,
  /** The same packet within a moment: bit for bit, with another TTL or MAC (routed), with another tag. */
  TWIN_SAME: 3,
  TWIN_ROUTED: 4,
  TWIN_TAG: 5,
  /** From or to this machine. */
  OWN: 6,
  TAGGED: 7,
  /** The IP header says more than the frame holds though the capture did not cut it. */
  CUT_BEFORE: 8,
  /** Longer than a standard frame, and longer than a jumbo frame. */
  LONG: 9,
  HUGE: 10,
  /** Older than the packet before. */
  BACKWARDS: 11,
  /** All packets, bytes; TCP flows seen both ways and one way; their segments and those never seen. */
  PACKETS: 12,
  BYTES: 13,
  BOTH_WAYS: 14,
  ONE_WAY: 15,
  SEGMENTS: 16,
  LOST: 17,
  CUT_BY_CAPTURE: 18,
  KERNEL_DROPPED: 19,
  INTERFACE_DROPPED: 20,
  ERSPAN_1: 21,
  ERSPAN_2: 22,
  ERSPAN_3: 23,
  ERSPAN_LOST: 24,
  ERSPAN_CUT: 25,
} as const;
const FACTS = 26;

/** A half lasts so long; a report speaks of one to two of them. */
export const HALF_US = 300_000_000;

export class Facts {
  #now = new Float64Array(FACTS);
  #before = new Float64Array(FACTS);
  #turnAtUs = 0;
  readonly #turns: boolean;

  /** `turns` false keeps all: for files. */
  constructor(turns: boolean) {
    this.#turns = turns;
  }

  add(fact: number, by = 1): void {
    this.#now[fact]! += by;
  }

  get(fact: number): number {
    return this.#now[fact]! + this.#before[fact]!;
  }

  /** Packet time; true when a half ended. */
  time(nowUs: number): boolean {
    if (!this.#turns || (nowUs < this.#turnAtUs && this.#turnAtUs - nowUs <= HALF_US)) return false;
    const first = this.#turnAtUs === 0;
    this.#turnAtUs = nowUs + HALF_US;
    if (first) return false;
    [this.#now, this.#before] = [this.#before, this.#now];
    this.#now.fill(0);
    return true;
  }
}
