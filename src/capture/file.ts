/** Capture files as a packet source: pcap and pcapng, gzip or not, at full speed or paced, once or in a loop. */
import { Pace } from './pace.ts';
import { type FileFormat, openPcap, STEP } from './pcap.ts';
import { openPcapng } from './pcapng.ts';
import {
  type Frame,
  newFrame,
  type PacketSink,
  type PacketSource,
  type SourceReason,
  type SourceState,
  type SourceStats,
} from './source.ts';
import { WINDOW_BYTES, Window } from './window.ts';

export interface FileOptions {
  /** Start again at the end; time stamps go on from the last one. */
  loop?: boolean;
  /** 'max' (default), 'original', or a factor: 2 is twice the original speed. */
  speed?: 'max' | 'original' | number;
  /** Move the time stamps so that the first frame happens now. */
  shiftTimesToNow?: boolean;
}

/** The sink's timers run after so many frames ... */
const SLICE_FRAMES = 512;
/** ... or when packet time went on by so many µs, so that a replay fires timers where the live capture did. */
const SLICE_US = 1_000_000;
/** The event loop gets its turn after so many ms, between slices. */
const TURN_MS = 8;
/** While waiting for the next frame of a paced file the sink's timers run at this interval. */
const IDLE_MS = 100;

/** Why draining stopped: bytes used up, bad bytes, the next frame is not due, or the event loop's or the sink's turn. */
const PAUSE = { MORE: 0, BAD: 1, EARLY: 2, TURN: 3 } as const;
type Pause = (typeof PAUSE)[keyof typeof PAUSE];

export class FileSource implements PacketSource {
  readonly kind = 'file';
  readonly name: string;
  onState: ((state: SourceState) => void) | undefined;
  readonly #options: FileOptions;
  readonly #frame: Frame = newFrame();
  #window: Window | undefined;
  #format: FileFormat | undefined;
  #pace: Pace;
  #sink: PacketSink | undefined;
  #state: SourceState;
  #stopped = false;
  #run: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  /** #frame was read but is not due yet. */
  #pending = false;
  #received = 0;
  #truncated = 0;
  #yields = 0;
  #sliceFrames = 0;
  #sliceUs = 0.5;
  #turnEnds = 0.5;
  #passes = 0;

  constructor(path: string, options: FileOptions = {}) {
    this.name = path;
    this.#options = options;
    this.#pace = new Pace(options.speed ?? 'max', options.shiftTimesToNow ?? false);
    this.#state = { status: 'waiting', reason: 'starting', text: `opening ${path}` };
  }

  start(sink: PacketSink): Promise<void> {
    if (this.#run !== undefined) throw new Error(`starting to read ${this.name}: it was started before`);
    this.#sink = sink;
    this.#run = this.#passThrough();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#run;
    if (this.#state.status === 'running' || this.#state.status === 'waiting') {
      this.#set('ended', 'stopped', `${this.name}: stopped after ${this.#received} frames`);
    }
  }

  /** Resolves when the file is through, broken, or stopped. */
  async finished(): Promise<SourceState> {
    await this.#run;
    return this.#state;
  }

  state(): SourceState {
    return this.#state;
  }

  stats(): SourceStats {
    return {
      received: this.#received,
      kernelDropped: this.#format?.kernelDropped ?? null,
      interfaceDropped: this.#format?.interfaceDropped ?? null,
      truncated: this.#truncated,
      yields: this.#yields,
      bufferBytes: this.#window === undefined ? 0 : WINDOW_BYTES,
    };
  }

  #set(status: SourceState['status'], reason: SourceReason | undefined, text: string): void {
    this.#state = reason === undefined ? { status, text } : { status, reason, text };
    this.onState?.(this.#state);
  }

  async #passThrough(): Promise<void> {
    try {
      do {
        const before = this.#received;
        if (!(await this.#onePass())) break;
        if (this.#stopped) break;
        this.#passes++;
        if (this.#options.loop !== true || this.#received === before) {
          this.#set('ended', 'end_of_file', `${this.name}: read to its end, ${this.#received} frames`);
          break;
        }
        this.#pace.nextPass();
      } while (!this.#stopped);
    } catch (error) {
      this.#fail(error);
    } finally {
      await this.#window?.close().catch(() => {});
      this.#window = undefined;
    }
    if (!this.#stopped) this.#sink!.endOfSlice();
  }

  /** Reads the file once; false when it failed. */
  async #onePass(): Promise<boolean> {
    const window = (this.#window ??= new Window());
    await window.open(this.name === '-' ? '/dev/stdin' : this.name);
    this.#frame.buf = window.buf;
    let more = true;
    while (window.end - window.pos < 64 && more) more = await window.fill();
    const format = openPcap(window) ?? openPcapng(window) ?? unknownFormat(window);
    if (typeof format === 'string') return this.#malformed(format);
    this.#format = format;
    if (this.#passes === 0) this.#set('running', undefined, `reading ${this.name} (${format.name})`);
    this.#turnEnds = performance.now() + TURN_MS;
    while (!this.#stopped) {
      const pause = this.#drain(window, format);
      if (pause === PAUSE.BAD) return this.#malformed(format.problem);
      if (pause === PAUSE.MORE) {
        // Several reads may be needed where a stream gives a few bytes at a time.
        if (await window.fill()) continue;
        const cut = format.cut(window);
        if (cut !== '')
          return this.#malformed(`cut short at ${cut}`, this.#received > 0 ? 'cut_short' : 'malformed_file');
        break;
      }
      if (pause === PAUSE.EARLY) await this.#sleep(this.#pace.waitMs());
      else await this.#giveTurn();
    }
    await window.close();
    return true;
  }

  /** The hot loop: frames from the window to the sink until something has to be awaited. */
  #drain(window: Window, format: FileFormat): Pause {
    const frame = this.#frame;
    const sink = this.#sink!;
    const pace = this.#pace;
    while (!this.#stopped) {
      if (!this.#pending) {
        const step = format.next(window, frame);
        if (step !== STEP.FRAME) return step === STEP.MORE ? PAUSE.MORE : PAUSE.BAD;
        pace.stamp(frame);
      }
      this.#pending = pace.paced && pace.early(frame.timeUs);
      if (this.#pending) return PAUSE.EARLY;
      this.#received++;
      if (frame.capLen < frame.wireLen) this.#truncated++;
      sink.packet(frame);
      if (++this.#sliceFrames >= SLICE_FRAMES || frame.timeUs - this.#sliceUs >= SLICE_US) {
        this.#sliceFrames = 0;
        this.#sliceUs = frame.timeUs;
        sink.endOfSlice();
        if (sink.hold !== undefined || performance.now() > this.#turnEnds) return PAUSE.TURN;
      }
    }
    return PAUSE.TURN;
  }

  async #giveTurn(): Promise<void> {
    const hold = this.#sink!.hold?.();
    if (hold !== undefined) await hold;
    if (performance.now() < this.#turnEnds) return;
    this.#yields++;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#turnEnds = performance.now() + TURN_MS;
  }

  async #sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, Math.min(ms, IDLE_MS));
    });
    clearTimeout(timer);
    this.#wake = undefined;
    if (!this.#stopped) this.#sink!.endOfSlice();
    this.#turnEnds = performance.now() + TURN_MS;
  }

  #malformed(problem: string, reason: 'malformed_file' | 'cut_short' = 'malformed_file'): false {
    const unit = this.#window?.gzip ? ' (offsets after inflating)' : '';
    this.#set('failed', reason, `${this.name}: ${problem}${unit}; ${this.#received} frames before it were read`);
    return false;
  }

  #fail(error: unknown): void {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code.startsWith('Z_')) {
      const window = this.#window!;
      this.#malformed(`the gzip stream is broken (${message}) at byte ${window.base + window.end}`);
      return;
    }
    const advice = OPEN_ADVICE[code] ?? message;
    this.#set('failed', 'io_error', `reading ${this.name}: ${advice}`);
  }
}

const OPEN_ADVICE: Record<string, string> = {
  ENOENT: 'no such file; check the path',
  EACCES: 'no permission; make it readable for this user',
  EISDIR: 'it is a folder; give a pcap or pcapng file',
};

function unknownFormat(window: Window): FileFormat | string {
  const present = window.end - window.pos;
  if (present === 0) return 'byte 0: the file is empty';
  const head = Buffer.from(window.buf.subarray(window.pos, window.pos + Math.min(present, 4))).toString('hex');
  return `byte 0: neither pcap nor pcapng, it begins with ${head}`;
}
