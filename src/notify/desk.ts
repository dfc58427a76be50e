/**
 * The desk that hands notices to destinations: filter, queue, rate, digest, retry. A destination has one message under way
 * at a time; what it cannot take now waits in its queue, and what is above its rate goes out gathered.
 */
import { log } from '../log.ts';
import { type Box, compose } from './message.ts';
import type { Destination, DestinationState, Notice, NotifyPort, Reply } from './notify.ts';
import { createQueue, QUEUE_LIMITS } from './queue.ts';
import type { Context, Message, Sender } from './sender.ts';
import { SENDERS } from './senders.ts';

export interface DeskOptions {
  /** Journal of the queue; undefined keeps it in memory. */
  file: string | undefined;
  destinations(): readonly Destination[];
  box(): Box & { id: string; version: string };
  /** Asked at the start about each notice that waited: false = its alert never reached the store, the engine tells it again. */
  stillTrue?(notice: Notice): boolean;
  now?(): number;
  senders?: { [type: string]: Sender };
}

export interface NotifyDesk extends NotifyPort {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Like tell; the notice is queued on the disk now and sent when `stored` resolved (or after a minute). */
  tellWhen(stored: Promise<void>, notices: readonly Notice[]): void;
  /** Resolves when all that was told is on the disk. */
  settled(): Promise<void>;
  /** To be called when the list of destinations changed. */
  changed(): void;
  health(): { ok: boolean; text: string };
  bytesWritten(): number;
}

const SEND_MS = 30_000;
const FIRST_RETRY_MS = 5000;
const LAST_RETRY_MS = 900_000;
/** Notices of one message; a digest lists thirty of them. */
const BATCH = 200;
/** A store that cannot write must not silence the box. */
const HOLD_MS = 60_000;

interface Line {
  sending: boolean;
  /** Notices whose alert is not stored yet. */
  held: Set<string>;
  tokens: number;
  filledMs: number;
  failures: number;
  nextTryMs: number;
  sent: number;
  failed: number;
  expired: number;
  last: Reply | undefined;
  lastAtMs: number;
  timer: NodeJS.Timeout | undefined;
  /** When the oldest that waits came in: digests count from there. */
  sinceMs: number;
}

/** True when a destination's filter takes the notice. */
export function takes(d: Destination, notice: Notice): boolean {
  if (!d.enabled) return false;
  if (notice.kind === 'over' && !d.tellOver) return false;
  if (notice.severity < d.minSeverity) return false;
  return d.entities.length === 0 || d.entities.includes(notice.entity);
}

export function createNotifyDesk(options: DeskOptions): NotifyDesk {
  const now = options.now ?? Date.now;
  const senders: { [type: string]: Sender } = options.senders ?? SENDERS;
  const queue = createQueue(options.file);
  const lines = new Map<string, Line>();
  const ending = new AbortController();
  let running = false;

  const find = (id: string): Destination | undefined => options.destinations().find((d) => d.id === id);

  function line(d: Destination): Line {
    let found = lines.get(d.id);
    if (found === undefined) {
      found = {
        sending: false,
        held: new Set(),
        tokens: d.perHour,
        filledMs: now(),
        failures: 0,
        nextTryMs: 0,
        sent: 0,
        failed: 0,
        expired: 0,
        last: undefined,
        lastAtMs: 0,
        timer: undefined,
        sinceMs: 0,
      };
      lines.set(d.id, found);
    }
    return found;
  }

  function context(signal: AbortSignal): Context {
    const { id, version } = options.box();
    return { signal, boxId: id, version };
  }

  /** Sends within SEND_MS; a sender's own fault becomes a reply too. */
  async function deliver(d: Destination, message: Message): Promise<Reply> {
    const signal = AbortSignal.any([AbortSignal.timeout(SEND_MS), ending.signal]);
    const late = Promise.withResolvers<Reply>();
    const onAbort = (): void => late.resolve({ ok: false, text: `no answer within ${SEND_MS / 1000} s` });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const sender = senders[d.type];
      if (sender === undefined) return { ok: false, text: `nobody sends ${d.type}`, permanent: true };
      return await Promise.race([sender.send(d.params, message, context(signal)), late.promise]);
    } catch (error) {
      return { ok: false, text: error instanceof Error ? error.message : String(error) };
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  function refill(d: Destination, l: Line): void {
    l.tokens = Math.min(d.perHour, l.tokens + ((now() - l.filledMs) * d.perHour) / 3_600_000);
    l.filledMs = now();
  }

  /** Milliseconds until the next message may go; 0 = now. */
  function waitMs(d: Destination, l: Line): number {
    refill(d, l);
    const digest = d.digestMinutes > 0 ? l.sinceMs + d.digestMinutes * 60_000 - now() : 0;
    const token = l.tokens >= 1 ? 0 : ((1 - l.tokens) * 3_600_000) / d.perHour;
    return Math.max(0, l.nextTryMs - now(), digest, token);
  }

  function expire(d: Destination, l: Line): void {
    const old = queue.waiting(d.id).filter((n) => now() - n.atMs > QUEUE_LIMITS.ageMs);
    if (old.length === 0) return;
    l.expired += old.length;
    queue.remove(
      d.id,
      old.map(({ key }) => key),
    );
  }

  /** What goes into the next message: one notice, or all that wait when gathering is asked for or the rate is nearly spent. */
  function batchOf(d: Destination, l: Line, ready: Notice[]): Notice[] {
    const gather = d.digestMinutes > 0 || l.tokens < 2 || ready.length > d.perHour;
    return ready.slice(0, gather ? BATCH : 1);
  }

  function settle(d: Destination, l: Line, batch: Notice[], reply: Reply): void {
    l.last = reply;
    l.lastAtMs = now();
    l.tokens -= 1;
    if (reply.ok) {
      l.failures = 0;
      l.nextTryMs = 0;
      l.sent += batch.length;
      l.sinceMs = now();
      queue.remove(
        d.id,
        batch.map(({ key }) => key),
      );
      return;
    }
    l.failures += 1;
    l.failed += 1;
    const pause = reply.permanent ? LAST_RETRY_MS : Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (l.failures - 1));
    l.nextTryMs = now() + Math.round(pause * (0.8 + Math.random() * 0.4));
    if (l.failures === 1) log('warn', 'notify', `${d.name} (${d.type}): ${reply.text}; trying again`);
  }

  function pump(d: Destination): void {
    if (!running || !d.enabled) return;
    const l = line(d);
    if (l.sending) return;
    clearTimeout(l.timer);
    expire(d, l);
    const ready = queue.waiting(d.id).filter(({ key }) => !l.held.has(key));
    if (ready.length === 0) return;
    const wait = waitMs(d, l);
    if (wait > 0) {
      l.timer = setTimeout(() => again(d.id), Math.min(wait, 3_600_000));
      l.timer.unref();
      return;
    }
    const batch = batchOf(d, l, ready);
    l.sending = true;
    void deliver(d, compose(batch, options.box())).then((reply) => {
      l.sending = false;
      if (!running) return;
      settle(d, l, batch, reply);
      again(d.id);
    });
  }

  /** Pumps a destination as it is configured now. */
  function again(id: string): void {
    const d = find(id);
    if (d !== undefined) pump(d);
  }

  function put(d: Destination, notice: Notice, held: boolean): void {
    const l = line(d);
    if (queue.waiting(d.id).length === 0) l.sinceMs = now();
    if (queue.add(d.id, notice) && held) l.held.add(notice.key);
  }

  function tellAll(notices: readonly Notice[], held: boolean): Destination[] {
    const touched: Destination[] = [];
    for (const d of options.destinations()) {
      const mine = notices.filter((n) => takes(d, n));
      for (const notice of mine) put(d, notice, held);
      if (mine.length > 0) touched.push(d);
    }
    return touched;
  }

  function release(touched: Destination[], notices: readonly Notice[]): void {
    for (const d of touched) {
      const l = lines.get(d.id);
      for (const { key } of notices) l?.held.delete(key);
      again(d.id);
    }
  }

  return {
    async start() {
      await queue.start();
      running = true;
      const { stillTrue } = options;
      for (const to of queue.names()) {
        const untrue = stillTrue === undefined ? [] : queue.waiting(to).filter((n) => !stillTrue(n));
        queue.remove(
          to,
          untrue.map(({ key }) => key),
        );
      }
      queue.keepOnly(new Set(options.destinations().map(({ id }) => id)));
      for (const d of options.destinations()) {
        if (queue.waiting(d.id).length > 0) line(d).sinceMs = now();
        pump(d);
      }
    },
    async stop() {
      running = false;
      ending.abort();
      for (const l of lines.values()) clearTimeout(l.timer);
      await queue.stop();
    },
    tell(notice) {
      for (const d of tellAll([notice], false)) pump(d);
    },
    tellTo(ids, notice) {
      for (const d of options.destinations()) {
        if (!ids.includes(d.id) || !d.enabled) continue;
        put(d, notice, false);
        pump(d);
      }
    },
    tellWhen(stored, notices) {
      if (notices.length === 0) return;
      const touched = tellAll(notices, true);
      if (touched.length === 0) return;
      let released = false;
      const go = (): void => {
        if (released) return;
        released = true;
        clearTimeout(timer);
        release(touched, notices);
      };
      const timer = setTimeout(go, HOLD_MS);
      timer.unref();
      void stored.then(go, go);
    },
    settled: () => queue.settled(),
    changed() {
      const ids = new Set(options.destinations().map(({ id }) => id));
      queue.keepOnly(ids);
      for (const [id, l] of lines) {
        if (ids.has(id)) continue;
        clearTimeout(l.timer);
        lines.delete(id);
      }
      for (const d of options.destinations()) {
        // A destination that was mended is tried at once.
        const l = lines.get(d.id);
        if (l !== undefined) Object.assign(l, { failures: 0, nextTryMs: 0 });
        pump(d);
      }
    },
    destinations: () => options.destinations(),
    state(id): DestinationState | undefined {
      const d = find(id);
      if (d === undefined) return undefined;
      const l = line(d);
      return {
        id,
        waiting: queue.waiting(id).length,
        sent: l.sent,
        failed: l.failed,
        dropped: queue.dropped(id) + l.expired,
        lastAtMs: l.lastAtMs,
        last: l.last,
        nextTryMs: l.failures > 0 ? l.nextTryMs : 0,
      };
    },
    async test(d) {
      const notice: Notice = {
        key: `test:${now()}`,
        atMs: now(),
        kind: 'test',
        entity: 'system',
        severity: 3,
        title: 'test message',
        text: 'Somebody pressed "send test" on the page. If you can read this, notifications arrive.',
        typeName: '',
        plugin: '',
        path: '/settings/notifications',
        subject: '',
      };
      const reply = await deliver(d, compose([notice], options.box()));
      const l = lines.get(d.id);
      if (l !== undefined && find(d.id) !== undefined) {
        l.last = reply;
        l.lastAtMs = now();
      }
      return reply;
    },
    health() {
      const bad = options.destinations().filter((d) => d.enabled && (lines.get(d.id)?.failures ?? 0) > 0);
      const count = options.destinations().filter((d) => d.enabled).length;
      if (bad.length === 0) return { ok: true, text: count === 0 ? 'nobody is told' : `${count} destinations` };
      const texts = bad.slice(0, 3).map((d) => `${d.name}: ${lines.get(d.id)?.last?.text ?? ''}`);
      return { ok: false, text: texts.join('; ') };
    },
    bytesWritten: () => queue.bytesWritten(),
  };
}
