/** JSON lines to a file or to standard output. */
import { closeSync, openSync, writeSync } from 'node:fs';

/** Collects lines and writes them in large pieces; a line a write would cost more than the engine. */
export class LineWriter {
  readonly #fd: number;
  #pending = '';

  constructor(path: string) {
    this.#fd = path === '-' ? 1 : openSync(path, 'w');
  }

  line(value: object): void {
    this.#pending += `${JSON.stringify(value)}\n`;
    if (this.#pending.length > 1 << 16) this.flush();
  }

  flush(): void {
    let bytes: Uint8Array = Buffer.from(this.#pending);
    this.#pending = '';
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(writeSync(this.#fd, bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
    }
  }

  close(): void {
    this.flush();
    if (this.#fd !== 1) closeSync(this.#fd);
  }
}
