/**
 * What one flow says of another to come: FTP names the data port, SDP the media port, a DNS reply the addresses of a
 * name. Bounded; the oldest go first.
 */

export interface Expected {
  master: number;
  app: number;
  untilMs: number;
}

interface Entry extends Expected {
  words: Int32Array;
  port: number;
  proto: number;
}

const MOST = 4096;

export class Expectations {
  /** By hash of the endpoint; of two with the same hash the later stays. */
  readonly #byEndpoint = new Map<number, Entry>();
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
    const hash = hashOf(address, 0, port, proto);
    this.#byEndpoint.delete(hash);
    if (this.#byEndpoint.size >= MOST) {
      for (const oldest of this.#byEndpoint.keys()) {
        this.#byEndpoint.delete(oldest);
        this.#evicted++;
        break;
      }
    }
    const words = Int32Array.from([address[0]!, address[1]!, address[2]!, address[3]!]);
    this.#byEndpoint.set(hash, { words, port, proto, master, app, untilMs: nowMs + seconds * 1000 });
  }

  /** The address are the four words from address[at] on. */
  find(
    address: Int32Array | readonly number[],
    port: number,
    proto: number,
    nowMs: number,
    at = 0,
  ): Expected | undefined {
    if (this.#byEndpoint.size === 0) return undefined;
    const found = this.#byEndpoint.get(hashOf(address, at, port, proto));
    if (!found || found.untilMs < nowMs || found.port !== port || found.proto !== proto) return undefined;
    const w = found.words;
    const same =
      w[3] === address[at + 3] && w[2] === address[at + 2] && w[1] === address[at + 1] && w[0] === address[at];
    return same ? found : undefined;
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

/** Seeded: a stranger must not be able to choose an endpoint that takes the place of another. */
const SEED = (Math.random() * 0x1_0000_0000) | 0;

function hashOf(a: Int32Array | readonly number[], at: number, port: number, proto: number): number {
  let h = Math.imul(SEED ^ a[at + 3]!, 0x9e3779b1);
  h = Math.imul(h ^ a[at + 2]! ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ a[at + 1]! ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ a[at]! ^ (h >>> 16), 0x27d4eb2f);
  h = Math.imul(h ^ ((port << 8) | proto) ^ (h >>> 15), 0x165667b1);
  return (h ^ (h >>> 16)) & 0x3fff_ffff;
}
