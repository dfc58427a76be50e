/**
 * The last packets, in memory of a fixed size: what an alert freezes into a small capture file. The beginning of each flow
 * is kept whole; of what follows, as much as lets the ring reach back half a minute or more.
 */
import { type Frame, newFrame } from '../capture/source.ts';
import { PcapBuffer } from '../capture/writer.ts';
import { type Packet, TCP } from '../decode/packet.ts';
import { NUM, NUM_STRIDE } from '../flows/layout.ts';

export const LIMITS = {
  /** Packets of a flow, both ways together, that are always kept: handshake, hello, certificate, first request. */
  first: 32,
  /** Bytes kept of each of these; a hello or a request fits. */
  firstBytes: 1024,
  /** Bytes kept of later ones: their headers. */
  laterBytes: 160,
  /** While the ring reaches back less than this, µs, fewer of the later packets are kept ... */
  leastUs: 30_000_000,
  /** ... and more again when it reaches back further than this. */
  mostUs: 120_000_000,
} as const;

/** Every so much packet time the share that is kept is judged anew. */
const JUDGE_US = 100_000;
/** One of 1024 at the least. */
const MAX_MASK = 1023;

/** A record: eight 32-bit words, then the frame. Numbers of flows and times are doubles in words 0 to 3. */
const WORD = { SIZE: 4, CAP_LEN: 5, WIRE_LEN: 6, KIND: 7 } as const;
const HEAD_WORDS = 8;
/** A record of this flow number only fills up the end of the ring. */
const FILLER = -1;

/** Memory for the ring by the machine's: 8 MB on a box of 1 GB. */
export function ringBytes(totalMemoryBytes: number): number {
  return Math.min(16 << 20, Math.max(4 << 20, Math.floor(totalMemoryBytes / 1024) * 8));
}

export interface Frozen {
  /** A pcap file. */
  file: Uint8Array;
  packets: number;
  /** Packets of the flow that were in the ring but did not fit. */
  left: number;
}

export class EvidenceRing {
  readonly #doubles: Float64Array;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  /** Next word to write and the oldest record, both even. */
  #write = 0;
  #oldest = 0;
  /** Words in use; equal positions may mean full or empty. */
  #used = 0;
  /** A later packet is kept when its number in the flow has none of these bits. */
  #mask = 0;
  #judgedAt = 0.5;
  #source: Uint8Array = EMPTY;
  #sourceWords: Int32Array = new Int32Array(0);
  readonly #frame: Frame = newFrame();
  kept = 0;

  constructor(bytes: number) {
    const buffer = new ArrayBuffer(bytes & ~7);
    this.#doubles = new Float64Array(buffer);
    this.#words = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#frame.buf = this.#bytes;
  }

  /** Of the later packets of long flows one in so many is kept now. */
  get thinning(): number {
    return this.#mask + 1;
  }

  /** Offers the frame of flow f, which lies in `nums` (see flows/layout.ts); keeps it or not. */
  offer(frame: Frame, p: Packet, f: number, nums: Float64Array): void {
    const n = f * NUM_STRIDE;
    const nth = nums[n + NUM.PACKETS]! + nums[n + NUM.PACKETS + 1]!;
    if (nth > LIMITS.first && (nth & this.#mask) !== 0 && (p.tcpFlags & (TCP.FIN | TCP.RST)) === 0) return;
    if (Math.abs(frame.timeUs - this.#judgedAt) > JUDGE_US) this.#judge(frame.timeUs);
    this.#keep(frame, nums[n + NUM.ID]!, nth > LIMITS.first ? LIMITS.laterBytes : LIMITS.firstBytes);
  }

  /** The flow's packets as a capture of at most `maxBytes`: its beginning and its end when not all fits. */
  freeze(flowId: number, maxBytes: number): Frozen | undefined {
    const sizes: number[] = [];
    let linkType = -1;
    this.#each(flowId, () => {
      if (linkType < 0) linkType = this.#frame.linkType;
      // Record header, and the tag that may be put back.
      sizes.push(this.#frame.capLen + 20);
    });
    if (sizes.length === 0) return undefined;
    const [head, tail] = ends(sizes, maxBytes - 24);
    const pcap = new PcapBuffer(linkType, Math.min(maxBytes, 24 + sizes.reduce((sum, size) => sum + size, 0)));
    let packets = 0;
    let i = 0;
    this.#each(flowId, () => {
      if ((i < head || i >= tail) && pcap.add(this.#frame)) packets++;
      i++;
    });
    return { file: pcap.bytes(), packets, left: sizes.length - packets };
  }

  /** Calls back with #frame set for each record of the flow, oldest first. */
  #each(flowId: number, found: () => void): void {
    const words = this.#words;
    const frame = this.#frame;
    let at = this.#oldest;
    for (let left = this.#used; left > 0; ) {
      const size = words[at + WORD.SIZE]!;
      if (this.#doubles[at >> 1] === flowId) {
        const kind = words[at + WORD.KIND]!;
        frame.timeUs = this.#doubles[(at >> 1) + 1]!;
        frame.capLen = words[at + WORD.CAP_LEN]!;
        frame.wireLen = words[at + WORD.WIRE_LEN]!;
        frame.linkType = kind & 0x3ff;
        frame.off = (at + HEAD_WORDS) * 4 + ((kind >> 10) & 3);
        frame.vlanTci = (kind >> 12) - 1;
        found();
      }
      left -= size;
      at += size;
      if (at === words.length) at = 0;
    }
  }

  #judge(nowUs: number): void {
    this.#judgedAt = nowUs;
    const reach = nowUs - this.#doubles[(this.#oldest >> 1) + 1]!;
    // Only a ring that has gone round tells how far back it reaches.
    if (this.#used < this.#words.length * 0.9) return;
    if (reach < LIMITS.leastUs) this.#mask = Math.min(MAX_MASK, this.#mask * 2 + 1);
    else if (reach > LIMITS.mostUs) this.#mask >>= 1;
  }

  #keep(frame: Frame, flowId: number, most: number): void {
    const length = Math.min(frame.capLen, most);
    const from = frame.buf.byteOffset + frame.off;
    const skew = from & 3;
    const copy = (skew + length + 3) >> 2;
    let size = (HEAD_WORDS + copy + 1) & ~1;
    const words = this.#words;
    if (this.#write + size > words.length) this.#fill();
    const at = this.#write;
    // What is left at the end must hold the head of a filler.
    if (words.length - at - size < HEAD_WORDS) size = words.length - at;
    this.#free(at, size);
    this.#doubles[at >> 1] = flowId;
    this.#doubles[(at >> 1) + 1] = frame.timeUs;
    words[at + WORD.SIZE] = size;
    words[at + WORD.CAP_LEN] = length;
    words[at + WORD.WIRE_LEN] = frame.wireLen;
    words[at + WORD.KIND] = (frame.linkType & 0x3ff) | (skew << 10) | ((frame.vlanTci + 1) << 12);
    this.#copy(frame, from >> 2, at + HEAD_WORDS, copy);
    this.#used += size;
    this.#write = at + size === words.length ? 0 : at + size;
    this.kept++;
  }

  /** Copies whole words, which is four times as fast as bytes; up to three bytes before the frame come along. */
  #copy(frame: Frame, from: number, to: number, count: number): void {
    if (frame.buf.buffer !== this.#source.buffer) {
      this.#source = frame.buf;
      this.#sourceWords = new Int32Array(frame.buf.buffer, 0, frame.buf.buffer.byteLength >> 2);
    }
    const source = this.#sourceWords;
    const words = this.#words;
    if (from + count <= source.length) {
      for (let i = 0; i < count; i++) words[to + i] = source[from + i]!;
      return;
    }
    // The last bytes of a buffer whose length is no multiple of four.
    const bytes = new Uint8Array(frame.buf.buffer);
    for (let i = 0; i < count * 4; i++) this.#bytes[to * 4 + i] = bytes[from * 4 + i] ?? 0;
  }

  /** Fills the end of the ring, too short for the next record, and goes on at its begin. */
  #fill(): void {
    const at = this.#write;
    const size = this.#words.length - at;
    this.#free(at, size);
    this.#doubles[at >> 1] = FILLER;
    this.#doubles[(at >> 1) + 1] = this.#judgedAt;
    this.#words[at + WORD.SIZE] = size;
    this.#used += size;
    this.#write = 0;
  }

  /** Forgets records until `size` words from `at` on are free. */
  #free(at: number, size: number): void {
    const words = this.#words;
    const total = words.length;
    for (;;) {
      const ahead = this.#oldest - at;
      const room = this.#used === 0 ? total : this.#used === total ? 0 : ahead > 0 ? ahead : total - at;
      if (room >= size) return;
      const gone = words[this.#oldest + WORD.SIZE]!;
      this.#used -= gone;
      this.#oldest = this.#oldest + gone === total ? 0 : this.#oldest + gone;
      if (this.#used === 0) this.#oldest = at;
    }
  }
}

const EMPTY = new Uint8Array(0);

/** Which of the sizes, in order, fit into `room`: those before the first number and those from the second on. */
function ends(sizes: readonly number[], room: number): [number, number] {
  let sum = sizes.reduce((total, size) => total + size, 0);
  if (sum <= room) return [sizes.length, sizes.length];
  let head = 0;
  for (sum = 0; sum + sizes[head]! <= room / 2; head++) sum += sizes[head]!;
  let tail = sizes.length;
  while (tail > head && sum + sizes[tail - 1]! <= room) sum += sizes[--tail]!;
  return [head, tail];
}
