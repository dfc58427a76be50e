/** How long garbage collections hold the capture loop: each one's duration, in a histogram. */
import { createHistogram, PerformanceObserver, type RecordableHistogram } from 'node:perf_hooks';

export interface PauseFigures {
  count: number;
  p999Ms: number;
  maxMs: number;
}

export class Pauses {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  readonly #observer = new PerformanceObserver((list) => {
    // Microseconds; V8 reports the part of a collection that stops the thread.
    for (const entry of list.getEntries()) this.#histogram.record(Math.max(1, Math.round(entry.duration * 1000)));
  });

  start(): void {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  stop(): void {
    this.#observer.disconnect();
  }

  /** Since start. */
  figures(): PauseFigures {
    const h = this.#histogram;
    if (h.count === 0) return { count: 0, p999Ms: 0, maxMs: 0 };
    return { count: h.count, p999Ms: h.percentile(99.9) / 1000, maxMs: h.max / 1000 };
  }
}
