/**
 * Newline-delimited JSON with a bound: what both ends of the engine socket and the salvage of damaged files read with.
 */

export interface LineLimits {
  /** Longest line in bytes, newline excluded; a longer one is skipped up to its newline and counted. */
  lineBytes: number;
}

export interface LineReader {
  /** Takes any piece of the stream; calls `onLine` once per complete, non-empty line. */
  push(chunk: Uint8Array): void;
  /** Bytes of an unfinished last line, kept in memory; 0 when the stream ended on a newline. */
  pending(): Uint8Array;
  /** Lines that were longer than the limit. */
  tooLong(): number;
}

/** Splits a byte stream into UTF-8 lines; holds at most `lineBytes` of an unfinished one. */
export function lineReader(limits: LineLimits, onLine: (line: string) => void): LineReader {
  let parts: Uint8Array[] = [];
  let held = 0;
  let skipping = false;
  let tooLong = 0;

  function overflow(): void {
    tooLong += 1;
    skipping = true;
    parts = [];
    held = 0;
  }

  function finish(last: Uint8Array): void {
    const whole = parts.length === 0 ? last : Buffer.concat([...parts, last]);
    parts = [];
    held = 0;
    if (whole.length === 0) return;
    onLine(Buffer.from(whole.buffer, whole.byteOffset, whole.length).toString('utf8'));
  }

  return {
    push(chunk) {
      let from = 0;
      while (from < chunk.length) {
        const newline = chunk.indexOf(10, from);
        const to = newline === -1 ? chunk.length : newline;
        if (skipping) {
          if (newline === -1) return;
          skipping = false;
        } else if (held + to - from > limits.lineBytes) {
          overflow();
          if (newline !== -1) skipping = false;
        } else if (newline === -1) {
          parts.push(chunk.slice(from, to));
          held += to - from;
        } else {
          finish(chunk.subarray(from, to));
        }
        from = to + 1;
      }
    },
    pending: () => Buffer.concat(parts),
    tooLong: () => tooLong,
  };
}
