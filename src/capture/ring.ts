/**
 * AF_PACKET's TPACKET_V3 ring, walked in place: the kernel fills blocks of frames, we read them where they are and give each
 * block back. Layout: struct tpacket_block_desc and struct tpacket3_hdr in linux/if_packet.h, in the machine's byte order.
 */
import { totalmem } from 'node:os';
import { ARPHRD, type LinkState, linkTypeOf } from './link.ts';
import { type Driver, LiveSource, OpenFailure } from './live.ts';
import { addonProblem, loadAddon, type OpenRing } from './native/addon.ts';
import { type Frame, newFrame, type PacketSink, type SourceStats } from './source.ts';

export interface RingOptions {
  /** Bytes of one block, a power of two of at least 64 kB; frames of a block are handed on together. */
  blockBytes?: number;
  /** Blocks in the ring. */
  blockCount?: number;
  /** Longest part of a frame to keep, 0 = all. */
  snapLen?: number;
  promiscuous?: boolean;
}

/** The kernel counts the ring to our resident memory, so a small machine gets a small one. */
const RING_BYTES = totalmem() >= 2.5e9 ? 32 << 20 : 16 << 20;
/**
 * Each wake costs a tenth of a millisecond, so that blocks should not fill before their time is over: at 100,000 frames of
 * 800 bytes a second 4 MB cost a quarter less CPU time than 1 MB, and 256 kB half as much again. Eight blocks leave room for
 * a pause of 100 ms at a gigabit.
 */
const BLOCK_BYTES = RING_BYTES / 8;
const LEAST_BLOCKS = 4;
/** A block that is not full is handed over after so long, so that a quiet link is heard promptly. */
const BLOCK_TIMEOUT_MS = 25;
/** Work for one wake; the event loop then gets its turn, and the poll wakes us again. */
const SLICE_MS = 4;

/** 32-bit words of struct tpacket_block_desc. */
const BLOCK = { STATUS: 2, PACKETS: 3, FIRST: 4 } as const;
/** 32-bit words of struct tpacket3_hdr; MAC is a 16-bit offset, the VLAN TCI fills a word. */
const PACKET = { NEXT: 0, SEC: 1, NSEC: 2, CAP_LEN: 3, WIRE_LEN: 4, STATUS: 5, MAC: 6, VLAN_TCI: 8 } as const;
/** struct sockaddr_ll follows the header at TPACKET_ALIGN(48); its packet type is the 11th byte. */
const PACKET_TYPE_BYTE = 48 + 10;
const PACKET_OUTGOING = 4;
const TP_STATUS_KERNEL = 0;
const TP_STATUS_USER = 1;
const TP_STATUS_VLAN_VALID = 1 << 4;

class RingDriver implements Driver {
  readonly kind = 'ring';
  readonly needsUp = false;
  readonly #options: RingOptions;
  readonly #frame: Frame = newFrame();
  readonly #counters = new Uint32Array(3);
  #ring: OpenRing | undefined;
  #sink: PacketSink | undefined;
  #words = new Uint32Array(0);
  #blockBytes = 0;
  #blockCount = 0;
  #block = 0;
  /** Loopback shows each packet twice, leaving and arriving. */
  #skipOutgoing = false;
  #received = 0;
  #truncated = 0;
  #kernelDropped = 0;
  #yields = 0;

  constructor(options: RingOptions) {
    this.#options = options;
  }

  open(name: string, link: LinkState, sink: PacketSink, trouble: (text: string) => void): void {
    const addon = loadAddon();
    if (addon === undefined) throw new OpenFailure('unsupported', addonProblem()!, true);
    if (linkTypeOf(link.hardwareType) === undefined) {
      throw new OpenFailure(
        'unsupported',
        `${name}: interfaces of hardware type ${link.hardwareType} cannot be read through the ring; choose another`,
        true,
      );
    }
    const { snapLen = 0, promiscuous = true } = this.#options;
    const blockBytes = this.#options.blockBytes ?? BLOCK_BYTES;
    let blockCount = this.#options.blockCount ?? RING_BYTES / BLOCK_BYTES;
    const onWake = (errno: number) => this.#onWake(errno, trouble);
    for (;;) {
      try {
        this.#ring = addon.open(name, blockBytes, blockCount, snapLen, promiscuous, BLOCK_TIMEOUT_MS, onWake);
        break;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ENOMEM' || blockCount <= LEAST_BLOCKS) throw explain(name, error as NodeJS.ErrnoException);
        // The kernel found no room for a ring of that size.
        blockCount = Math.max(LEAST_BLOCKS, blockCount >> 1);
      }
    }
    this.#sink = sink;
    this.#words = new Uint32Array(this.#ring.memory);
    this.#blockBytes = blockBytes;
    this.#blockCount = blockCount;
    this.#block = 0;
    this.#skipOutgoing = this.#ring.hardwareType === ARPHRD.LOOPBACK;
    this.#frame.buf = new Uint8Array(this.#ring.memory);
    this.#frame.linkType = linkTypeOf(this.#ring.hardwareType) ?? -1;
  }

  close(): void {
    if (this.#ring === undefined) return;
    this.#count();
    const { ring } = this.#ring;
    this.#ring = undefined;
    this.#sink = undefined;
    this.#words = new Uint32Array(0);
    this.#frame.buf = new Uint8Array(0);
    loadAddon()!.close(ring);
  }

  remark(): string {
    return '';
  }

  stats(): Omit<SourceStats, 'interfaceDropped'> {
    this.#count();
    return {
      received: this.#received,
      kernelDropped: this.#kernelDropped,
      truncated: this.#truncated,
      yields: this.#yields,
      bufferBytes: this.#ring === undefined ? 0 : this.#blockBytes * this.#blockCount,
    };
  }

  /** PACKET_STATISTICS starts again at zero each time it is read. */
  #count(): void {
    if (this.#ring === undefined) return;
    if (loadAddon()!.statistics(this.#ring.ring, this.#counters) === 0) this.#kernelDropped += this.#counters[1]!;
  }

  #onWake(errno: number, trouble: (text: string) => void): void {
    // ENETDOWN: switched off or gone. The socket hears the interface again when it comes up; LiveSource sees when it is gone.
    if (errno !== 0 && errno !== ENETDOWN) trouble(`the capture socket failed with errno ${errno}`);
    this.#drain();
  }

  #drain(): void {
    const until = performance.now() + SLICE_MS;
    while (this.#ring !== undefined) {
      const words = this.#words;
      const status = ((this.#block * this.#blockBytes) >>> 2) + BLOCK.STATUS;
      // Atomics: the frames of a block may be read only after its status, and given back only after they were read.
      if ((Atomics.load(words, status) & TP_STATUS_USER) === 0) return;
      if (performance.now() > until) {
        this.#yields++;
        return;
      }
      try {
        this.#walk(words, this.#block * this.#blockBytes);
      } finally {
        if (words.length > 0) Atomics.store(words, status, TP_STATUS_KERNEL);
        this.#block = this.#block + 1 === this.#blockCount ? 0 : this.#block + 1;
      }
      this.#sink?.endOfSlice();
    }
  }

  #walk(words: Uint32Array, base: number): void {
    const frame = this.#frame;
    const sink = this.#sink!;
    const bytes = frame.buf;
    const skipOutgoing = this.#skipOutgoing;
    const block = base >>> 2;
    let left = words[block + BLOCK.PACKETS]!;
    let at = base + words[block + BLOCK.FIRST]!;
    for (; left > 0; left--) {
      const head = at >>> 2;
      const next = words[head + PACKET.NEXT]!;
      if (!skipOutgoing || bytes[at + PACKET_TYPE_BYTE] !== PACKET_OUTGOING) {
        const capLen = words[head + PACKET.CAP_LEN]!;
        const wireLen = words[head + PACKET.WIRE_LEN]!;
        frame.off = at + (words[head + PACKET.MAC]! & 0xffff);
        frame.capLen = capLen;
        frame.wireLen = wireLen;
        frame.timeUs = words[head + PACKET.SEC]! * 1e6 + words[head + PACKET.NSEC]! / 1000;
        const tagged = (words[head + PACKET.STATUS]! & TP_STATUS_VLAN_VALID) !== 0;
        frame.vlanTci = tagged ? words[head + PACKET.VLAN_TCI]! & 0xffff : -1;
        if (capLen < wireLen) this.#truncated++;
        this.#received++;
        sink.packet(frame);
        // The sink may have stopped the source: the memory is gone then.
        if (this.#sink !== sink) return;
      }
      at += next;
    }
  }
}

const ENETDOWN = 100;

function explain(name: string, error: NodeJS.ErrnoException): OpenFailure {
  switch (error.code) {
    case 'EPERM':
    case 'EACCES':
      return new OpenFailure(
        'no_permission',
        `${name}: capturing needs the capability CAP_NET_RAW; run as the service, as root, or: setcap cap_net_raw+ep on the program`,
        true,
      );
    case 'ENODEV':
    case 'ENXIO':
      return new OpenFailure('no_such_interface', `${name}: the interface went away while it was being opened`, false);
    case 'ENOPROTOOPT':
    case 'EAFNOSUPPORT':
    case 'EPROTONOSUPPORT':
      return new OpenFailure('unsupported', `${name}: this kernel has no AF_PACKET ring (${error.message})`, true);
    default:
      return new OpenFailure('io_error', `opening a capture ring on ${name}: ${error.message}`, false);
  }
}

/** A source over the ring; whether the machine can do it turns up as its state. */
export function ringSource(name: string, options: RingOptions = {}): LiveSource {
  return new LiveSource(name, new RingDriver(options));
}
