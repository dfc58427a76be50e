/** Writes classic pcap, little-endian, microseconds: for fixtures and for the evidence kept with an alert. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type Frame, LINKTYPE } from './source.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const VLAN_TAG = 4;
const FLUSH_BYTES = 256 << 10;
/** Snap length written into the header; the largest that readers accept. */
const SNAPLEN = 262_144;

/** Bytes that `frame` takes in a file, header included. */
function recordBytes(frame: Frame): number {
  return RECORD_HEADER + frame.capLen + (isTagged(frame) ? VLAN_TAG : 0);
}

/** The kernel took an 802.1Q tag out of the frame; it is put back after the two MAC addresses. */
function isTagged(frame: Frame): boolean {
  return frame.vlanTci >= 0 && frame.linkType === LINKTYPE.ETHERNET && frame.capLen >= 12;
}

function writeHeader(view: DataView, linkType: number): void {
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, SNAPLEN, true);
  view.setUint32(20, linkType, true);
}

/** Writes one record at `at`, gives the offset behind it. */
function writeRecord(buf: Uint8Array, view: DataView, at: number, frame: Frame): number {
  const tagged = isTagged(frame);
  const extra = tagged ? VLAN_TAG : 0;
  const seconds = Math.floor(frame.timeUs / 1e6);
  view.setUint32(at, seconds, true);
  view.setUint32(at + 4, Math.floor(frame.timeUs - seconds * 1e6), true);
  view.setUint32(at + 8, frame.capLen + extra, true);
  view.setUint32(at + 12, frame.wireLen + extra, true);
  let to = at + RECORD_HEADER;
  let from = frame.off;
  const end = frame.off + frame.capLen;
  if (tagged) {
    buf.set(frame.buf.subarray(from, from + 12), to);
    view.setUint16(to + 12, 0x8100);
    view.setUint16(to + 14, frame.vlanTci);
    from += 12;
    to += 16;
  }
  buf.set(frame.buf.subarray(from, end), to);
  return to + end - from;
}

/** A capture file in memory, never larger than the bytes it is given. All frames have one link type. */
export class PcapBuffer {
  readonly #buf: Uint8Array;
  readonly #view: DataView;
  readonly #linkType: number;
  #end = FILE_HEADER;
  /** Frames that did not fit or were of another link type. */
  refused = 0;

  constructor(linkType: number, maxBytes: number) {
    this.#buf = new Uint8Array(Math.max(maxBytes, FILE_HEADER));
    this.#view = new DataView(this.#buf.buffer);
    this.#linkType = linkType;
    writeHeader(this.#view, linkType);
  }

  /** Copies the frame; false when it was refused. */
  add(frame: Frame): boolean {
    if (frame.linkType !== this.#linkType || this.#end + recordBytes(frame) > this.#buf.length) {
      this.refused++;
      return false;
    }
    this.#end = writeRecord(this.#buf, this.#view, this.#end, frame);
    return true;
  }

  /** The file so far; a view that later adds do not change. */
  bytes(): Uint8Array {
    return this.#buf.subarray(0, this.#end);
  }
}

/** A capture file on disk, written in pieces of 256 kB. Throws the system's error where the disk refuses. */
export class PcapFile {
  readonly #fd: number;
  readonly #buf = new Uint8Array(FLUSH_BYTES + SNAPLEN + RECORD_HEADER + VLAN_TAG);
  readonly #view = new DataView(this.#buf.buffer);
  #end = FILE_HEADER;

  constructor(path: string, linkType: number) {
    this.#fd = openSync(path, 'w');
    writeHeader(this.#view, linkType);
  }

  /** Copies the frame, which must have the file's link type and at most 262,144 bytes. */
  add(frame: Frame): void {
    this.#end = writeRecord(this.#buf, this.#view, this.#end, frame);
    if (this.#end >= FLUSH_BYTES) this.#flush();
  }

  #flush(): void {
    let done = 0;
    while (done < this.#end) done += writeSync(this.#fd, this.#buf, done, this.#end - done);
    this.#end = 0;
  }

  close(): void {
    this.#flush();
    closeSync(this.#fd);
  }
}
