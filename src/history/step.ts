/** A step that is still growing: minutes are added to their hour and their day. */
import { GAUGES, type HostBytes, type StepRecord, TOP, TRAFFIC } from './record.ts';

/** Hosts followed within a step; beyond that the smaller half is given up. */
const MAX_HOSTS = 1024;
const MAX_PROTOCOLS = 1024;

export class Step {
  readonly beginMs: number;
  readonly #traffic = TRAFFIC.map(() => 0);
  readonly #protocols = new Map<number, number>();
  readonly #hosts = new Map<string, HostBytes>();

  constructor(beginMs: number) {
    this.beginMs = beginMs;
  }

  /** Adds what moved; protocols and hosts may be more than a record holds. */
  add(part: Omit<StepRecord, 'beginMs'>): void {
    for (const [i, value] of part.traffic.entries()) {
      this.#traffic[i] = GAUGES.includes(i) ? Math.max(this.#traffic[i]!, value) : this.#traffic[i]! + value;
    }
    for (const { id, bytes } of part.protocols) {
      const known = this.#protocols.get(id);
      if (known !== undefined || this.#protocols.size < MAX_PROTOCOLS) this.#protocols.set(id, (known ?? 0) + bytes);
    }
    for (const host of part.hosts) {
      const key = hostKey(host);
      const known = this.#hosts.get(key);
      if (known) known.bytes += host.bytes;
      else this.#hosts.set(key, { ...host });
    }
    if (this.#hosts.size > MAX_HOSTS) {
      const kept = largest([...this.#hosts.values()], MAX_HOSTS >> 1);
      this.#hosts.clear();
      for (const host of kept) this.#hosts.set(hostKey(host), host);
    }
  }

  /** As it stands, with the largest TOP of each. */
  record(): StepRecord {
    const protocols = [...this.#protocols].map(([id, bytes]) => ({ id, bytes }));
    return {
      beginMs: this.beginMs,
      traffic: [...this.#traffic],
      protocols: largest(protocols, TOP),
      hosts: largest([...this.#hosts.values()], TOP).map((host) => ({ ...host })),
    };
  }
}

export const hostKey = (h: HostBytes): string => `${h.words.join(',')},${h.version},${h.vlan}`;

export function largest<T extends { bytes: number }>(list: T[], most: number): T[] {
  return list.sort((a, b) => b.bytes - a.bytes).slice(0, most);
}
