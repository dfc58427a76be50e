/**
 * Live parts of pages and figures for programs, pushed as server-sent events (WHATWG HTML, 9.2). Whatever is watched by
 * many is made once: a part is rendered at its own pace while somebody watches it, and sent when it changed.
 */
import type { Writable } from 'node:stream';
import { log } from '../log.ts';

/** Bounds of the streams, one reason each. */
export const LIVE_LIMITS = {
  /** Open pages: a browser holds one each; more than a hundred are no people. */
  streams: 100,
  /** Parts rendered at once, each at its own pace. */
  parts: 48,
  /** Parts that one page watches. */
  perStream: 8,
  /** Characters of a part's name. */
  name: 400,
  /** Bytes that wait for a slow browser; what comes meanwhile it misses, the next one is whole again. */
  backlog: 512 * 1024,
} as const;

/** A comment line keeps proxies from closing, and shows us that the browser is gone. */
const BEAT_MS = 5000;

/** How a part is made. `undefined` from `render`: nothing to say now. */
export interface PartKind {
  /** First piece of its name: "/live/flows" of "/live/flows?search=dns". */
  name: string;
  everyMs: number;
  render(params: URLSearchParams): string | undefined | Promise<string | undefined>;
}

interface Part {
  name: string;
  kind: PartKind;
  watchers: Set<Stream>;
  last: string;
  message: Buffer;
  timer: NodeJS.Timeout | undefined;
  failed: boolean;
  /** Watchers that have had nothing yet: they get the next rendering, changed or not. */
  fresh: Set<Stream>;
  /** A rendering is under way; `again`: somebody came meanwhile and must not get what may be older than his page. */
  busy: boolean;
  again: boolean;
}

interface Stream {
  out: Writable;
  parts: Part[];
  /** False once the session behind it ended. */
  valid(): boolean;
}

const encode = (name: string, data: string): Buffer =>
  Buffer.from(`event: part\ndata: ${JSON.stringify({ part: name, data })}\n\n`);

export class LiveHub {
  readonly #kinds = new Map<string, PartKind>();
  readonly #parts = new Map<string, Part>();
  readonly #streams = new Set<Stream>();
  #beat: NodeJS.Timeout | undefined;
  /** Messages that slow browsers missed. */
  skipped = 0;

  register(kind: PartKind): void {
    this.#kinds.set(kind.name, kind);
  }

  get size(): number {
    return this.#streams.size;
  }

  get parts(): number {
    return this.#parts.size;
  }

  /**
   * Begins a stream of the named parts. False when a name is unknown or a bound is reached. The first message of each part
   * comes at once.
   */
  open(names: readonly string[], out: Writable, valid: () => boolean): boolean {
    const wanted = [...new Set(names)];
    if (wanted.length === 0 || wanted.length > LIVE_LIMITS.perStream || this.#streams.size >= LIVE_LIMITS.streams)
      return false;
    const fresh = wanted.filter((name) => !this.#parts.has(name));
    if (this.#parts.size + fresh.length > LIVE_LIMITS.parts) return false;
    const kinds = new Map<string, PartKind>();
    for (const name of wanted) {
      const kind = this.#kinds.get(name.split('?', 1)[0]!);
      if (kind === undefined || name.length > LIVE_LIMITS.name) return false;
      kinds.set(name, kind);
    }
    const stream: Stream = { out, parts: [], valid };
    this.#streams.add(stream);
    out.once('close', () => this.#close(stream));
    out.on('error', () => this.#close(stream));
    out.write('retry: 3000\n\n');
    for (const [name, kind] of kinds) this.#watch(stream, name, kind);
    this.#beat ??= setInterval(() => this.#heartbeat(), BEAT_MS).unref();
    return true;
  }

  /** Ends all streams. */
  stop(): void {
    clearInterval(this.#beat);
    this.#beat = undefined;
    for (const stream of [...this.#streams]) {
      this.#close(stream);
      stream.out.end();
    }
  }

  #watch(stream: Stream, name: string, kind: PartKind): void {
    let part = this.#parts.get(name);
    if (part === undefined) {
      part = {
        name,
        kind,
        watchers: new Set(),
        last: '',
        message: Buffer.alloc(0),
        timer: undefined,
        failed: false,
        fresh: new Set(),
        busy: false,
        again: false,
      };
      this.#parts.set(name, part);
    }
    part.watchers.add(stream);
    part.fresh.add(stream);
    stream.parts.push(part);
    if (part.busy) part.again = true;
    else void this.#turn(part);
  }

  /** Makes the part, sends it when it changed, and plans the next turn: a slow render delays itself, not the others. */
  async #turn(part: Part): Promise<void> {
    clearTimeout(part.timer);
    part.busy = true;
    part.again = false;
    const fresh = [...part.fresh];
    const query = part.name.indexOf('?');
    let text: string | undefined;
    try {
      text = await part.kind.render(new URLSearchParams(query < 0 ? '' : part.name.slice(query + 1)));
      part.failed = false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!part.failed) log('error', 'admin', `cannot make ${part.kind.name}: ${why}`);
      part.failed = true;
    }
    part.busy = false;
    if (this.#parts.get(part.name) !== part) return;
    if (text !== undefined) {
      const changed = text !== part.last;
      if (changed) part.message = encode(part.name, text);
      part.last = text;
      for (const stream of changed ? part.watchers : fresh)
        if (part.watchers.has(stream)) this.#send(stream, part.message);
      for (const stream of fresh) part.fresh.delete(stream);
    }
    part.timer = setTimeout(() => void this.#turn(part), part.again ? 0 : part.kind.everyMs);
    part.timer.unref();
  }

  #send(stream: Stream, message: Buffer): void {
    if (stream.out.writableLength > LIVE_LIMITS.backlog) this.skipped += 1;
    else stream.out.write(message);
  }

  #heartbeat(): void {
    for (const stream of [...this.#streams]) {
      if (stream.valid() && stream.out.writableLength <= LIVE_LIMITS.backlog * 2) stream.out.write(': \n\n');
      else {
        this.#close(stream);
        stream.out.end();
      }
    }
  }

  #close(stream: Stream): void {
    if (!this.#streams.delete(stream)) return;
    for (const part of stream.parts) {
      part.watchers.delete(stream);
      part.fresh.delete(stream);
      if (part.watchers.size > 0) continue;
      clearTimeout(part.timer);
      this.#parts.delete(part.name);
    }
    if (this.#streams.size > 0) return;
    clearInterval(this.#beat);
    this.#beat = undefined;
  }
}
