/** What was not seen in the last minute: differences of growing counters, stamped on every alert. */
import type { CaptureQuality } from '../alerts/alert.ts';

const STEP_MS = 5000;
const STEPS = 12;

export class QualityWindow {
  readonly #read: () => CaptureQuality;
  readonly #past: CaptureQuality[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `read` gives the counters since start. */
  constructor(read: () => CaptureQuality) {
    this.#read = read;
  }

  start(): void {
    this.#past.push(this.#read());
    this.#timer = setInterval(() => {
      this.#past.push(this.#read());
      if (this.#past.length > STEPS + 1) this.#past.shift();
    }, STEP_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Over the last minute, or since start when that is shorter. */
  now(): CaptureQuality {
    const last = this.#read();
    const first = this.#past[0] ?? last;
    return {
      kernelDropped: last.kernelDropped - first.kernelDropped,
      interfaceDropped: last.interfaceDropped - first.interfaceDropped,
      truncated: last.truncated - first.truncated,
      evicted: last.evicted - first.evicted,
      hooksSkipped: last.hooksSkipped - first.hooksSkipped,
    };
  }
}
