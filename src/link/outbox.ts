/**
 * Alerts on their way to the store: kept in order until the appliance says that they are flushed, so that a crash of
 * the appliance loses none. Bounded; what does not fit pushes the oldest out and is counted.
 */
import type { AlertEvent } from '../alerts/alert.ts';

/** A minute of the fastest stream the store is tested with (500 alerts/s), about 32 MB at most. */
export const OUTBOX_LIMITS = { items: 30_000, bytes: 32 * 1024 * 1024, itemBytes: 64 * 1024 } as const;

export interface Outbox {
  add(item: AlertEvent): void;
  /** Forgets what is flushed. */
  ack(keys: string[]): void;
  /** Next JSON texts that were not sent on this connection yet, at most `bytes` long in all (but at least one). */
  take(bytes: number): string[];
  /** After a reconnect: all that is not acknowledged goes out again, oldest first. */
  rewind(): void;
  waiting(): number;
  bytes(): number;
  counters(): { dropped: number; tooLarge: number };
}

export function createOutbox(limits: { items: number; bytes: number; itemBytes: number } = OUTBOX_LIMITS): Outbox {
  /** Insertion order is sending order. */
  const kept = new Map<string, string>();
  let unsent = new Set<string>();
  let bytes = 0;
  let dropped = 0;
  let tooLarge = 0;

  function forget(key: string): void {
    const text = kept.get(key);
    if (text === undefined) return;
    bytes -= text.length;
    kept.delete(key);
    unsent.delete(key);
  }

  function serialise(item: AlertEvent): string | undefined {
    const text = JSON.stringify(item);
    if (text.length <= limits.itemBytes) return text;
    const { params: _, ...bare } = item;
    const shorter = JSON.stringify(bare);
    return shorter.length <= limits.itemBytes ? shorter : undefined;
  }

  return {
    add(item) {
      const text = serialise(item);
      if (text === undefined) {
        tooLarge += 1;
        return;
      }
      forget(item.key);
      kept.set(item.key, text);
      unsent.add(item.key);
      bytes += text.length;
      while (kept.size > limits.items || bytes > limits.bytes) {
        const oldest = kept.keys().next();
        if (oldest.done) break;
        forget(oldest.value);
        dropped += 1;
      }
    },
    ack(keys) {
      for (const key of keys) forget(key);
    },
    take(budget) {
      const texts: string[] = [];
      let used = 0;
      for (const key of unsent) {
        const text = kept.get(key)!;
        if (texts.length > 0 && used + text.length > budget) break;
        texts.push(text);
        used += text.length;
        unsent.delete(key);
      }
      return texts;
    },
    rewind() {
      unsent = new Set(kept.keys());
    },
    waiting: () => kept.size,
    bytes: () => bytes,
    counters: () => ({ dropped, tooLarge }),
  };
}
