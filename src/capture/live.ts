/**
 * The life of a source on a network interface, the same for every way to capture: interfaces that are missing, down, without
 * carrier, vanish and come back are states with advice, looked after once a second.
 */
import { type LinkState, readInterfaceDrops, readLink, readSys } from './link.ts';
import type { PacketSink, PacketSource, SourceReason, SourceState, SourceStats } from './source.ts';

/** The sink's timers run at least this often. */
const TICK_MS = 100;
const TICKS_PER_WATCH = 10;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;
const DEAF_WATCHES = 2;

/** Thrown by Driver.open. `final`: trying again cannot help. */
export class OpenFailure extends Error {
  readonly reason: SourceReason;
  readonly final: boolean;

  constructor(reason: SourceReason, text: string, final: boolean) {
    super(text);
    this.reason = reason;
    this.final = final;
  }
}

/** One way to get frames from an interface. Counters go on over close and open. */
export interface Driver {
  readonly kind: 'ring' | 'cap';
  /** open() fails on an interface that is down, and one that was down for a moment must be opened again. */
  readonly needsUp: boolean;
  /** Begins delivery; `trouble` may be called with a sentence when it will not go on by itself. Throws an OpenFailure. */
  open(name: string, link: LinkState, sink: PacketSink, trouble: (text: string) => void): void;
  /** Ends delivery; harmless when not open. */
  close(): void;
  /** What a person should know while it runs: "" or a clause that follows "capturing on IF". */
  remark(): string;
  stats(): Omit<SourceStats, 'interfaceDropped'>;
}

export class LiveSource implements PacketSource {
  readonly name: string;
  onState: ((state: SourceState) => void) | undefined;
  readonly #driver: Driver;
  #sink: PacketSink | undefined;
  #state: SourceState;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  #open = false;
  /** Index of the interface that is open. */
  #index = 0;
  #trouble: string | undefined;
  #retryMs = FIRST_RETRY_MS;
  #retryAt = 0;
  /** The interface's own drop counter when it was opened, null when unknown; and what earlier openings added up to. */
  #dropsBefore: number | null = null;
  #drops: number | null = null;

  /** Frames that the interface had counted and that we had received at the last watch. */
  #arrived = 0;
  #heard = 0;
  #deafFor = 0;

  constructor(name: string, driver: Driver) {
    this.name = name;
    this.#driver = driver;
    this.#state = { status: 'waiting', reason: 'starting', text: `opening ${name}` };
  }

  get kind(): 'ring' | 'cap' {
    return this.#driver.kind;
  }

  start(sink: PacketSink): Promise<void> {
    if (this.#timer !== undefined) throw new Error(`starting to capture on ${this.name}: it was started before`);
    this.#sink = sink;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#watch();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#close();
    this.#set('ended', 'stopped', `${this.name}: capture stopped`);
    return Promise.resolve();
  }

  state(): SourceState {
    return this.#state;
  }

  stats(): SourceStats {
    return { ...this.#driver.stats(), interfaceDropped: this.#drops };
  }

  #set(status: SourceState['status'], reason: SourceReason | undefined, text: string): void {
    const old = this.#state;
    if (old.status === status && old.reason === reason && old.text === text) return;
    this.#state = reason === undefined ? { status, text } : { status, reason, text };
    this.onState?.(this.#state);
  }

  #tick(): void {
    this.#sink!.endOfSlice();
    if (++this.#ticks % TICKS_PER_WATCH === 0) this.#watch();
  }

  #watch(): void {
    if (this.#state.status === 'failed' || this.#state.status === 'ended') return;
    const link = readLink(this.name);
    this.#countDrops();
    if (this.#open && (!link.exists || link.index !== this.#index)) this.#close();
    if (this.#open && this.#driver.needsUp && (!link.up || this.#isDeaf())) this.#close();
    if (this.#open && this.#trouble !== undefined && link.up) {
      this.#close();
      this.#retryLater('io_error', `${this.name}: ${this.#trouble}`);
      return;
    }
    if (!link.exists) {
      this.#set('waiting', 'no_such_interface', `${this.name}: no such interface; plug it in or choose another`);
      return;
    }
    if (!this.#open) this.#tryOpen(link);
    if (this.#open) this.#tell(link);
  }

  #tryOpen(link: LinkState): void {
    if (this.#driver.needsUp && !link.up) {
      this.#tell(link);
      return;
    }
    const now = performance.now();
    if (now < this.#retryAt) return;
    try {
      this.#trouble = undefined;
      this.#driver.open(this.name, link, this.#sink!, (text) => {
        this.#trouble = text;
      });
    } catch (error) {
      if (!(error instanceof OpenFailure)) throw error;
      if (error.final) this.#set('failed', error.reason, error.message);
      else this.#retryLater(error.reason, error.message);
      return;
    }
    this.#open = true;
    this.#index = link.index;
    this.#retryMs = FIRST_RETRY_MS;
    this.#dropsBefore = readInterfaceDrops(this.name);
    if (this.#dropsBefore !== null) this.#drops ??= 0;
  }

  #retryLater(reason: SourceReason, text: string): void {
    this.#set('waiting', reason, `${text}; trying again in ${Math.round(this.#retryMs / 1000)} s`);
    this.#retryAt = performance.now() + this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #tell(link: LinkState): void {
    const { name } = this;
    if (!link.up) {
      this.#set('waiting', 'interface_down', `${name}: the interface is switched off; run: ip link set ${name} up`);
    } else if (!link.carrier) {
      this.#set(
        'waiting',
        'no_carrier',
        `${name}: no signal on the line; check the cable and the switch's mirror port`,
      );
    } else {
      this.#set('running', undefined, `capturing on ${name}${this.#driver.remark()}`);
    }
  }

  /** The interface receives and we do not: it was down for less than the watch's second. */
  #isDeaf(): boolean {
    const arrived = Number(readSys(this.name, 'statistics/rx_packets') ?? 0);
    const { received } = this.#driver.stats();
    this.#deafFor = arrived > this.#arrived && received === this.#heard ? this.#deafFor + 1 : 0;
    this.#arrived = arrived;
    this.#heard = received;
    return this.#deafFor >= DEAF_WATCHES;
  }

  #close(): void {
    this.#deafFor = 0;
    if (!this.#open) return;
    this.#open = false;
    this.#driver.close();
  }

  #countDrops(): void {
    if (!this.#open || this.#dropsBefore === null) return;
    const now = readInterfaceDrops(this.name);
    if (now === null) return;
    // A counter that went back belongs to a fresh interface of the same name.
    this.#drops! += now >= this.#dropsBefore ? now - this.#dropsBefore : now;
    this.#dropsBefore = now;
  }
}
