/** When the frames of a file are due, and which time stamps they carry: shifting, looping, pacing. */
import type { Frame } from './source.ts';

/** Time between the last frame of one pass and the first of the next. */
const LOOP_GAP_US = 1_000_000;
/** A paced file does not wait out a longer silence, nor a step of the capturing machine's clock; it goes on after a second. */
const LONGEST_GAP_US = 3600e6;
/** Frames due within this time are delivered together: a timer is no finer. */
const GRAIN_MS = 1;

export class Pace {
  readonly paced: boolean;
  readonly #speed: number;
  readonly #shiftToNow: boolean;
  /** Added to the file's time stamps. */
  #shiftUs = 0.5;
  /** Where the next frame's time stamp shall be, or -1: as it is. */
  #placeUs = -1.5;
  #lastUs = -1.5;
  #newestUs = 0.5;
  /** Monotonic milliseconds at which #anchorUs is due. */
  #anchorMs = 0.5;
  #anchorUs = 0.5;
  #nowMs = 0.5;
  #waitMs = 0.5;

  constructor(speed: 'max' | 'original' | number, shiftToNow: boolean) {
    const factor = speed === 'original' ? 1 : speed;
    if (factor !== 'max' && !(factor > 0 && factor < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`pacing a capture file: ${speed} is not a speed, give a factor above 0`);
    }
    this.paced = factor !== 'max';
    this.#speed = factor === 'max' ? 1 : factor;
    this.#shiftToNow = shiftToNow;
    this.#shiftUs = 0;
    if (shiftToNow) this.#placeUs = 0;
  }

  /** The file begins again: its first frame follows the newest one so far. */
  nextPass(): void {
    this.#placeUs = this.#newestUs + LOOP_GAP_US;
  }

  /** Moves the frame's time stamp. */
  stamp(frame: Frame): void {
    if (this.#placeUs >= 0) this.#place(frame.timeUs);
    let timeUs = frame.timeUs + this.#shiftUs;
    if (this.paced) {
      const step = timeUs - this.#lastUs;
      if (this.#lastUs < 0) this.#anchor(timeUs, 0);
      else if (step > LONGEST_GAP_US || step < -LONGEST_GAP_US) {
        if (this.#shiftToNow) {
          this.#shiftUs += LOOP_GAP_US - step;
          timeUs = this.#lastUs + LOOP_GAP_US;
        } else this.#anchor(timeUs, LOOP_GAP_US / 1000 / this.#speed);
      }
    }
    if (timeUs < 0) timeUs = 0;
    this.#lastUs = timeUs;
    if (timeUs > this.#newestUs) this.#newestUs = timeUs;
    frame.timeUs = timeUs;
  }

  #place(fileUs: number): void {
    const first = this.#lastUs < 0 && this.#shiftToNow;
    this.#shiftUs = (first ? Date.now() * 1000 : this.#placeUs) - fileUs;
    this.#placeUs = -1;
  }

  #anchor(timeUs: number, inMs: number): void {
    this.#anchorUs = timeUs;
    this.#anchorMs = performance.now() + inMs;
  }

  /** Whether a frame of that (moved) time is not due yet; waitMs() then says for how long. */
  early(timeUs: number): boolean {
    const dueMs = this.#anchorMs + (timeUs - this.#anchorUs) / 1000 / this.#speed - GRAIN_MS;
    if (dueMs <= this.#nowMs) return false;
    this.#nowMs = performance.now();
    this.#waitMs = dueMs - this.#nowMs + GRAIN_MS;
    return dueMs > this.#nowMs;
  }

  waitMs(): number {
    return Math.max(1, this.#waitMs);
  }
}
