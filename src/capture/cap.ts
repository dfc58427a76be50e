/**
 * libpcap through the npm package cap: the fallback where our ring does not go (other systems, other link types, no native
 * module). What the package cannot do, read in its source (0.2.1, src/binding.cc), and how it is fenced here:
 *  - it keeps a raw pointer to the buffer given to open(), and its destructor touches handles that were never started or are
 *    still linked into the event loop: every Cap object and its buffer stay referenced until the process ends;
 *  - a failed open() kills the process later, at garbage collection: interface, state and privilege are checked before;
 *  - it asserts that polling never fails, so an interface that goes down would abort the process: scripts/build-native compiles
 *    it without assertions, and the interface's state is watched here;
 *  - it reads until the kernel has nothing more, one call into JavaScript for each packet, and returns to the event loop only
 *    then. Work cannot be bounded: under a flood timers stand still. This is said in the source's state;
 *  - packets come without time stamp and wire length, drops are not counted: time is taken on arrival, the length of a cut
 *    packet from its IP header, and kernelDropped is null.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { LinkState } from './link.ts';
import { type Driver, LiveSource, OpenFailure } from './live.ts';
import { type Frame, LINKTYPE, newFrame, type PacketSink, type SourceStats } from './source.ts';

/** The part of the package that is used. */
interface Cap {
  open(device: string, filter: string, bufferBytes: number, buffer: Buffer): string;
  close(): boolean;
  on(event: 'packet', listener: (length: number, truncated: boolean) => void): void;
  removeAllListeners(): void;
}

/** The package's own snap length. */
const SNAPLEN = 65_535;
const KERNEL_BUFFER_BYTES = 32 << 20;
/** Slices as the ring makes them. */
const SLICE_FRAMES = 256;
const CAP_NET_RAW = 13n;

/** Everything that must outlive garbage collection; see above. Grows with each time an interface comes back. */
const keptForEver: unknown[] = [];

let capClass: (new () => Cap) | undefined;
let problem: string | undefined;

function loadCap(): (new () => Cap) | undefined {
  if (capClass !== undefined || problem !== undefined) return capClass;
  try {
    const here: string | undefined = import.meta.url;
    capClass = (createRequire(here ?? process.execPath)('cap') as { Cap: new () => Cap }).Cap;
  } catch (error) {
    const first = (error as Error).message.split('\n')[0];
    problem = `loading libpcap's fallback: ${first}; install libpcap-dev and run scripts/build-native`;
  }
  return capClass;
}

/** Why libpcap's fallback cannot be used; undefined when it can. */
export function capProblem(): string | undefined {
  loadCap();
  return problem;
}

/** Whether the process holds CAP_NET_RAW; true where /proc does not say. */
function mayCapture(): boolean {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    return effective === undefined || ((BigInt(`0x${effective}`) >> CAP_NET_RAW) & 1n) === 1n;
  } catch {
    return true;
  }
}

/** The package's names of link types; others come as "Unknown linktype N". */
function linkTypeByName(name: string): number {
  switch (name) {
    case 'NULL':
      return LINKTYPE.NULL;
    case 'ETHERNET':
      return LINKTYPE.ETHERNET;
    case 'IEEE802_11_RADIO':
      return LINKTYPE.IEEE802_11_RADIOTAP;
    case 'LINKTYPE_LINUX_SLL':
      return LINKTYPE.LINUX_SLL;
    case 'RAW':
      return LINKTYPE.RAW;
    default: {
      const number = /(\d+)$/.exec(name)?.[1];
      return number === undefined ? -1 : Number(number);
    }
  }
}

/** Length of a cut frame as its IP header tells it (RFC 791, section 3.1; RFC 8200, section 3), or what is there. */
export function wireLengthOf(frame: Uint8Array, capLen: number, linkType: number): number {
  let ip = 0;
  if (linkType === LINKTYPE.ETHERNET) {
    ip = 14;
    // 802.1Q and 802.1ad tags.
    while (ip <= 22 && ip <= capLen && isTag((frame[ip - 2]! << 8) | frame[ip - 1]!)) ip += 4;
  } else if (linkType === LINKTYPE.LINUX_SLL) ip = 16;
  else if (linkType === LINKTYPE.NULL) ip = 4;
  else if (linkType !== LINKTYPE.RAW) return capLen;
  if (ip + 6 > capLen) return capLen;
  const version = frame[ip]! >> 4;
  let length = 0;
  if (version === 4) length = ip + ((frame[ip + 2]! << 8) | frame[ip + 3]!);
  else if (version === 6) length = ip + 40 + ((frame[ip + 4]! << 8) | frame[ip + 5]!);
  return Math.max(capLen, length);
}

function isTag(etherType: number): boolean {
  return etherType === 0x8100 || etherType === 0x88a8;
}

class CapDriver implements Driver {
  readonly kind = 'cap';
  readonly needsUp = true;
  readonly #frame: Frame = newFrame();
  #cap: Cap | undefined;
  #received = 0;
  #truncated = 0;
  #slice = 0;
  /** Wall clock minus monotonic clock, renewed with each slice so that a corrected clock is followed. */
  #wallUs = 0.5;
  #wallAtMs = -1;

  open(name: string, _link: LinkState, sink: PacketSink): void {
    const CapClass = loadCap();
    if (CapClass === undefined) throw new OpenFailure('unsupported', problem!, true);
    if (!mayCapture()) {
      throw new OpenFailure(
        'no_permission',
        `${name}: capturing needs the capability CAP_NET_RAW; run as the service, as root, or: setcap cap_net_raw+ep on the program`,
        true,
      );
    }
    const cap = new CapClass();
    const buffer = Buffer.alloc(SNAPLEN + 1);
    keptForEver.push(cap, buffer);
    let linkType: number;
    try {
      linkType = linkTypeByName(cap.open(name, '', KERNEL_BUFFER_BYTES, buffer));
    } catch (error) {
      throw new OpenFailure('io_error', `opening ${name} through libpcap: ${(error as Error).message}`, false);
    }
    const frame = this.#frame;
    frame.buf = buffer;
    frame.linkType = linkType;
    cap.on('packet', (length, truncated) => {
      if (this.#cap !== cap) return;
      this.#received++;
      const cut = truncated || length >= SNAPLEN;
      frame.capLen = length;
      frame.wireLen = cut ? wireLengthOf(buffer, length, linkType) : length;
      if (frame.wireLen > length) this.#truncated++;
      frame.timeUs = this.#now();
      sink.packet(frame);
      if (++this.#slice >= SLICE_FRAMES) {
        this.#slice = 0;
        sink.endOfSlice();
      }
    });
    this.#cap = cap;
  }

  close(): void {
    const cap = this.#cap;
    this.#cap = undefined;
    cap?.close();
  }

  remark(): string {
    return ' through libpcap: drops are not counted and a flood holds up everything else; the native ring has neither fault';
  }

  stats(): Omit<SourceStats, 'interfaceDropped'> {
    return {
      received: this.#received,
      kernelDropped: null,
      truncated: this.#truncated,
      yields: 0,
      bufferBytes: this.#cap === undefined ? 0 : KERNEL_BUFFER_BYTES,
    };
  }

  #now(): number {
    const now = performance.now();
    if (this.#wallAtMs < 0 || now - this.#wallAtMs > 1000) {
      this.#wallUs = Date.now() * 1000 - now * 1000;
      this.#wallAtMs = now;
    }
    return Math.floor(this.#wallUs + now * 1000);
  }
}

/** A source over libpcap; whether the machine can do it turns up as its state. */
export function capSource(name: string): LiveSource {
  return new LiveSource(name, new CapDriver());
}
