/**
 * pcapng files: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html. Sections of either byte order, many
 * interfaces, blocks that are not needed skipped by their length.
 */
import type { FileFormat, Step } from './pcap.ts';
import { STEP } from './pcap.ts';
import type { Frame } from './source.ts';
import { MAX_FRAME, MAX_RECORD, type Window } from './window.ts';

const BLOCK = {
  SECTION: 0x0a0d0d0a,
  INTERFACE: 1,
  /** Obsolete packet block (draft-02, section 4.9 of older drafts). */
  PACKET: 2,
  SIMPLE: 3,
  STATISTICS: 5,
  ENHANCED: 6,
} as const;

const OPTION = { END: 0, TSRESOL: 9, TSOFFSET: 14, IFDROP: 5, OSDROP: 7 } as const;

/** Interfaces of one section; a description costs 20 bytes of file and a hundred of memory. */
const MAX_INTERFACES = 4096;

/** Latest time handed on: beyond it a double no longer holds every microsecond. */
const MAX_TIME_US = Number.MAX_SAFE_INTEGER;

/** 0x0a0d0d0a reads the same in both byte orders. */
export function openPcapng(window: Window): FileFormat | undefined {
  if (window.end - window.pos < 4) return undefined;
  return window.view.getUint32(window.pos, true) === BLOCK.SECTION ? new Pcapng() : undefined;
}

/** Turns 64-bit timestamps of one interface into microseconds; the upper half changes rarely, so its share is kept. */
class InterfaceClock {
  readonly #unitsPerSecond: bigint;
  readonly #scale: number;
  readonly #offsetUs: number;
  #high = -1;
  #highUs = 0.5;

  constructor(unitsPerSecond: bigint, offsetSeconds: number) {
    this.#unitsPerSecond = unitsPerSecond;
    this.#scale = 1e6 / Number(unitsPerSecond);
    this.#offsetUs = offsetSeconds * 1e6;
  }

  timeUs(high: number, low: number): number {
    if (high !== this.#high) {
      this.#high = high;
      const scaled = (BigInt(high) << 32n) * 1_000_000n;
      const whole = scaled / this.#unitsPerSecond;
      const rest = Number(scaled - whole * this.#unitsPerSecond) / Number(this.#unitsPerSecond);
      this.#highUs = Number(whole) + rest;
    }
    const time = this.#highUs + low * this.#scale + this.#offsetUs;
    return time > 0 ? Math.min(time, MAX_TIME_US) : 0;
  }
}

interface Interface {
  linkType: number;
  snapLen: number;
  clock: InterfaceClock;
}

class Pcapng implements FileFormat {
  readonly name = 'pcapng';
  problem = '';
  kernelDropped: number | null = null;
  interfaceDropped: number | null = null;
  #little = true;
  #interfaces: Interface[] = [];
  /** Bytes still to pass over of a block that is not needed, without its trailing length. */
  #skip = 0;
  /** Trailing length expected after #skip; 0 when none is pending. */
  #trailer = 0;
  /** Simple packets have no time: they get that of the packet before. */
  #lastUs = 0.5;

  next(window: Window, frame: Frame): Step {
    for (;;) {
      if (this.#trailer !== 0) {
        const step = this.#passOver(window);
        if (step !== STEP.FRAME) return step;
      }
      const { pos, view } = window;
      const room = window.end - pos;
      if (room < 12) return STEP.MORE;
      const type = view.getUint32(pos, this.#little);
      if (type === BLOCK.SECTION) {
        const step = this.#section(window, room);
        if (step !== STEP.FRAME) return step;
        continue;
      }
      const length = view.getUint32(pos + 4, this.#little);
      if (length < 12 || (length & 3) !== 0) {
        return this.#bad(
          window,
          `a block claims ${length} bytes, which is ${length < 12 ? 'less than 12' : 'no multiple of 4'}`,
        );
      }
      const known = type === BLOCK.ENHANCED || type === BLOCK.PACKET || type === BLOCK.SIMPLE;
      if (!known && type !== BLOCK.INTERFACE && type !== BLOCK.STATISTICS) {
        this.#startSkip(window, length, 8);
        continue;
      }
      if (length > MAX_RECORD) {
        return this.#bad(window, `a block of type ${type} claims ${length} bytes, the most is ${MAX_RECORD}`);
      }
      if (length > room) return STEP.MORE;
      if (view.getUint32(pos + length - 4, this.#little) !== length) {
        return this.#bad(window, `the two lengths of a block of type ${type} differ`);
      }
      let step: Step;
      if (known) step = this.#packet(window, frame, type, length);
      else step = type === BLOCK.INTERFACE ? this.#describe(window, length) : this.#statistics(window, length);
      if (step === STEP.BAD) return step;
      window.pos = pos + length;
      if (known) return step;
    }
  }

  cut(window: Window): string {
    const present = window.end - window.pos;
    const at = `byte ${window.base + window.pos}`;
    if (this.#trailer !== 0)
      return `${at}: a block of ${this.#trailer} bytes lacks its last ${this.#skip + 4 - present}`;
    if (present === 0) return '';
    if (present < 12) return `${at}: a block needs at least 12 bytes, ${present} are there`;
    return `${at}: a block needs ${window.view.getUint32(window.pos + 4, this.#little)} bytes, ${present} are there`;
  }

  #bad(window: Window, problem: string): Step {
    this.problem = `byte ${window.base + window.pos}: ${problem}`;
    return STEP.BAD;
  }

  #startSkip(window: Window, length: number, read: number): void {
    window.pos += read;
    this.#skip = length - read - 4;
    this.#trailer = length;
  }

  #passOver(window: Window): Step {
    const n = Math.min(this.#skip, window.end - window.pos);
    window.pos += n;
    this.#skip -= n;
    if (this.#skip > 0 || window.end - window.pos < 4) return STEP.MORE;
    if (window.view.getUint32(window.pos, this.#little) !== this.#trailer) {
      return this.#bad(window, 'the two lengths of a block differ');
    }
    window.pos += 4;
    this.#trailer = 0;
    return STEP.FRAME;
  }

  /** Section 4.1: byte order, version; interfaces are numbered from 0 again. Options are of no use here. */
  #section(window: Window, room: number): Step {
    const { pos, view } = window;
    if (room < 28) return STEP.MORE;
    const magic = view.getUint32(pos + 8, true);
    if (magic !== 0x1a2b3c4d && magic !== 0x4d3c2b1a) return this.#bad(window, 'a section has no byte-order magic');
    this.#little = magic === 0x1a2b3c4d;
    const length = view.getUint32(pos + 4, this.#little);
    const major = view.getUint16(pos + 12, this.#little);
    if (major !== 1) return this.#bad(window, `pcapng version ${major} is not known, 1 is`);
    if (length < 28 || (length & 3) !== 0) return this.#bad(window, `a section header claims ${length} bytes`);
    this.#interfaces = [];
    this.#startSkip(window, length, 24);
    return STEP.FRAME;
  }

  /** Section 4.2. */
  #describe(window: Window, length: number): Step {
    const { pos, view } = window;
    if (length < 20) return this.#bad(window, `an interface description claims ${length} bytes, it needs 20`);
    if (this.#interfaces.length === MAX_INTERFACES) {
      return this.#bad(window, `more than ${MAX_INTERFACES} interfaces in one section`);
    }
    let unitsPerSecond = 1_000_000n;
    let offsetSeconds = 0;
    this.#options(window, pos + 16, pos + length - 4, (code, at, size) => {
      if (code === OPTION.TSRESOL && size === 1) {
        const value = view.getUint8(at);
        unitsPerSecond = (value & 0x80 ? 2n : 10n) ** BigInt(value & 0x7f);
      } else if (code === OPTION.TSOFFSET && size === 8) {
        offsetSeconds = Number(view.getBigInt64(at, this.#little));
      }
    });
    this.#interfaces.push({
      linkType: view.getUint16(pos + 8, this.#little),
      snapLen: view.getUint32(pos + 12, this.#little),
      clock: new InterfaceClock(unitsPerSecond, offsetSeconds),
    });
    return STEP.FRAME;
  }

  /** Section 4.6: what the capturing machine lost; each block holds totals of one interface, the last one counts. */
  #statistics(window: Window, length: number): Step {
    const { pos, view } = window;
    if (length < 24) return STEP.FRAME;
    this.#options(window, pos + 20, pos + length - 4, (code, at, size) => {
      if (size !== 8) return;
      const value = Number(view.getBigUint64(at, this.#little));
      if (code === OPTION.IFDROP) this.interfaceDropped = Math.max(this.interfaceDropped ?? 0, value);
      else if (code === OPTION.OSDROP) this.kernelDropped = Math.max(this.kernelDropped ?? 0, value);
    });
    return STEP.FRAME;
  }

  /** Section 3.5; stops quietly at the first option that does not fit. */
  #options(window: Window, from: number, to: number, each: (code: number, at: number, size: number) => void): void {
    let at = from;
    while (to - at >= 4) {
      const code = window.view.getUint16(at, this.#little);
      const size = window.view.getUint16(at + 2, this.#little);
      at += 4;
      if (code === OPTION.END || size > to - at) return;
      each(code, at, size);
      at += (size + 3) & ~3;
    }
  }

  /** Sections 4.3 and 4.4, and the obsolete packet block, which differs from the enhanced one in its first word only. */
  #packet(window: Window, frame: Frame, type: number, length: number): Step {
    const { pos, view } = window;
    const little = this.#little;
    const simple = type === BLOCK.SIMPLE;
    const header = simple ? 12 : 28;
    const room = length - header - 4;
    if (room < 0) return this.#bad(window, `a packet block claims ${length} bytes, it needs ${header + 4}`);
    let id = 0;
    if (type === BLOCK.ENHANCED) id = view.getUint32(pos + 8, little);
    else if (type === BLOCK.PACKET) id = view.getUint16(pos + 8, little);
    const from = this.#interfaces[id];
    if (from === undefined) return this.#bad(window, `a packet names interface ${id}, which is not described`);
    const wireLen = view.getUint32(pos + header - 4, little);
    let capLen: number;
    if (simple) {
      capLen = Math.min(wireLen, room);
      if (from.snapLen > 0 && capLen > from.snapLen) capLen = from.snapLen;
    } else {
      capLen = view.getUint32(pos + 20, little);
      this.#lastUs = from.clock.timeUs(view.getUint32(pos + 12, little), view.getUint32(pos + 16, little));
    }
    if (capLen > room || capLen > MAX_FRAME) {
      return this.#bad(window, `a packet claims ${capLen} bytes, its block has room for ${Math.min(room, MAX_FRAME)}`);
    }
    frame.timeUs = this.#lastUs;
    frame.off = pos + header;
    frame.capLen = capLen;
    frame.wireLen = Math.max(wireLen, capLen);
    frame.linkType = from.linkType;
    frame.vlanTci = -1;
    return STEP.FRAME;
  }
}
