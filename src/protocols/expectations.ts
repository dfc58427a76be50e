/**
 * What one flow says of another to come: FTP names the data port, SDP the media port, a DNS reply the addresses of a
 * name. Bounded; the oldest go first.
 */

export interface Expected {
  master: number;
  app: number;
  untilMs: number;
}

const MOST = 4096;

export class Expectations {
  readonly #byEndpoint = new Map<string, Expected>();
  #evicted = 0;

  /** Expects flows of `proto` (6 or 17) with this address (four words) and port to be master/app, for `seconds`. */
  add(
    address: Int32Array | readonly number[],
    port: number,
    proto: number,
    master: number,
    app: number,
    nowMs: number,
    seconds = 120,
  ): void {
    const key = keyOf(address, port, proto);
    this.#byEndpoint.delete(key);
    if (this.#byEndpoint.size >= MOST) {
      for (const oldest of this.#byEndpoint.keys()) {
        this.#byEndpoint.delete(oldest);
        this.#evicted++;
        break;
      }
    }
    this.#byEndpoint.set(key, { master, app, untilMs: nowMs + seconds * 1000 });
  }

  find(address: Int32Array | readonly number[], port: number, proto: number, nowMs: number): Expected | undefined {
    if (this.#byEndpoint.size === 0) return undefined;
    const found = this.#byEndpoint.get(keyOf(address, port, proto));
    return found && found.untilMs >= nowMs ? found : undefined;
  }

  /** Forgets all; for replays that must not know of each other. */
  clear(): void {
    this.#byEndpoint.clear();
  }

  get size(): number {
    return this.#byEndpoint.size;
  }

  get evicted(): number {
    return this.#evicted;
  }
}

function keyOf(a: Int32Array | readonly number[], port: number, proto: number): string {
  return `${a[0]},${a[1]},${a[2]},${a[3]},${port},${proto}`;
}
