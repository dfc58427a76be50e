/**
 * Classic libpcap files: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html, microseconds and nanoseconds, both
 * byte orders, and Kuznetzov's variant with longer record headers.
 */
import type { Frame } from './source.ts';
import { MAX_FRAME, type Window } from './window.ts';

/** What `next` of a format gives: a frame was read, more bytes are needed, or the bytes make no sense. */
export const STEP = { MORE: 0, FRAME: 1, BAD: 2 } as const;
export type Step = (typeof STEP)[keyof typeof STEP];

/** A file format read record by record out of a window. */
export interface FileFormat {
  readonly name: 'pcap' | 'pcapng';
  /** Why the last `next` gave BAD; names the byte offset. */
  problem: string;
  /** Counted by the capturing machine and written into the file; null when the file does not say. */
  kernelDropped: number | null;
  interfaceDropped: number | null;
  /**
   * Reads one frame at window.pos into `frame` (all but frame.buf, which is the window's) and moves pos behind it. MORE leaves
   * pos at the start of the record that is not complete.
   */
  next(window: Window, frame: Frame): Step;
  /** At the end of the file after MORE: what was cut off, or "" when the file ends between two records. */
  cut(window: Window): string;
}

const FILE_HEADER = 24;

/** Reads the file header of a classic pcap; a string says what is wrong with it, undefined that it is another format. */
export function openPcap(window: Window): FileFormat | string | undefined {
  const { view } = window;
  if (window.end - window.pos < 4) return undefined;
  let little = true;
  let magic = view.getUint32(window.pos, true);
  if ((magic & 0xffff) === 0xa1b2 || (magic & 0xffff) === 0xb2a1) {
    little = false;
    magic = view.getUint32(window.pos, false);
  }
  const nano = magic === 0xa1b23c4d;
  const modified = magic === 0xa1b2cd34;
  if (magic !== 0xa1b2c3d4 && !nano && !modified) return undefined;
  const present = window.end - window.pos;
  if (present < FILE_HEADER)
    return `cut short at byte 0: the pcap header needs ${FILE_HEADER} bytes, ${present} are there`;
  const major = view.getUint16(window.pos + 4, little);
  if (major !== 2) return `byte 4: pcap version ${major} is not known, 2 is`;
  const minor = view.getUint16(window.pos + 6, little);
  // The upper bits carry the length of the frame check sequence and class data.
  const linkType = view.getUint32(window.pos + 20, little) & 0x03ffffff;
  window.pos += FILE_HEADER;
  return new Pcap(little, nano, modified ? 24 : 16, linkType, minor);
}

class Pcap implements FileFormat {
  readonly name = 'pcap';
  problem = '';
  kernelDropped = null;
  interfaceDropped = null;
  readonly #little: boolean;
  readonly #nano: boolean;
  readonly #header: number;
  readonly #linkType: number;

  readonly #minor: number;

  constructor(little: boolean, nano: boolean, header: number, linkType: number, minor: number) {
    this.#minor = minor;
    this.#little = little;
    this.#nano = nano;
    this.#header = header;
    this.#linkType = linkType;
  }

  next(window: Window, frame: Frame): Step {
    const { pos, view } = window;
    const room = window.end - pos - this.#header;
    if (room < 0) return STEP.MORE;
    const little = this.#little;
    let capLen = view.getUint32(pos + 8, little);
    let wireLen = view.getUint32(pos + 12, little);
    // Files older than version 2.4 may have the two lengths the other way round; before 2.3 they always have.
    if (this.#minor < 3 || (this.#minor === 3 && capLen > wireLen)) [capLen, wireLen] = [wireLen, capLen];
    if (capLen > MAX_FRAME) {
      this.problem = `byte ${window.base + pos}: a record claims ${capLen} bytes, the most is ${MAX_FRAME}`;
      return STEP.BAD;
    }
    if (capLen > room) return STEP.MORE;
    const fraction = view.getUint32(pos + 4, little);
    frame.timeUs = view.getUint32(pos, little) * 1e6 + (this.#nano ? fraction / 1000 : fraction);
    frame.off = pos + this.#header;
    frame.capLen = capLen;
    frame.wireLen = Math.max(wireLen, capLen);
    frame.linkType = this.#linkType;
    frame.vlanTci = -1;
    window.pos = pos + this.#header + capLen;
    return STEP.FRAME;
  }

  cut(window: Window): string {
    const present = window.end - window.pos;
    if (present === 0) return '';
    const at = `byte ${window.base + window.pos}`;
    if (present < this.#header) return `${at}: a record header needs ${this.#header} bytes, ${present} are there`;
    const capLen = window.view.getUint32(window.pos + (this.#minor < 3 ? 12 : 8), this.#little);
    return `${at}: a record needs ${this.#header + capLen} bytes, ${present} are there`;
  }
}
