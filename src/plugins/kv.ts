/**
 * The store behind ntop.getCache and its kin: what 4.2 keeps in Redis, in memory, bounded, on the packet clock. Keys are
 * shared by all plugins, as there; each plugin has an allowance of its own, so that a flood harms only its author.
 */

export const KV_LIMITS = {
  /** Bytes of keys and values one plugin may own. A site of 2,000 devices needs about 300 kB for device sets. */
  pluginBytes: 2 << 20,
  pluginEntries: 20_000,
  valueBytes: 128 << 10,
  keyBytes: 512,
} as const;

type Entry = { owner: string; bytes: number; expiresMs: number } & (
  | { type: 'string'; value: string }
  | { type: 'hash'; value: Map<string, string> }
  | { type: 'set'; value: Set<string> }
  | { type: 'list'; value: string[] }
);
type Kind = Entry['type'];
type Of<K extends Kind> = Extract<Entry, { type: K }>;

interface Use {
  bytes: number;
  entries: number;
}

const OVERHEAD = 48;

/** An entry as it is written down: key, type, plugin, value. */
export type StoredEntry =
  | [string, 'string', string, string]
  | [string, 'set' | 'list', string, string[]]
  | [string, 'hash', string, [string, string][]];

/** Keys that 4.2 empties when it starts are not kept. */
const isKept = (key: string): boolean => !key.startsWith('ntopng.cache.');

export class Kv {
  #entries = new Map<string, Entry>();
  #use = new Map<string, Use>();
  #nowMs: () => number;
  #calls = new Map<string, number>();
  /** Values refused because an allowance was used up. */
  refused = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  usage(owner: string): Use {
    let use = this.#use.get(owner);
    if (!use) this.#use.set(owner, (use = { bytes: 0, entries: 0 }));
    return use;
  }
  get size(): number {
    return this.#entries.size;
  }
  /** Bytes booked for keys and values of all plugins. */
  get bytes(): number {
    let sum = 0;
    for (const use of this.#use.values()) sum += use.bytes;
    return sum;
  }
  calls(): Map<string, number> {
    return this.#calls;
  }
  count(command: string): void {
    this.#calls.set(command, (this.#calls.get(command) ?? 0) + 1);
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry && entry.expiresMs !== 0 && entry.expiresMs <= this.#nowMs()) {
      this.delete(key);
      return undefined;
    }
    return entry;
  }
  #find<K extends Kind>(key: string, type: K): Of<K> | undefined {
    const entry = this.#live(key);
    return entry?.type === type ? (entry as Of<K>) : undefined;
  }
  /** Books `bytes` more for the owner; false when the allowance does not hold them. */
  #book(owner: string, bytes: number, entries: number): boolean {
    this.changes++;
    const use = this.usage(owner);
    if (use.bytes + bytes > KV_LIMITS.pluginBytes || use.entries + entries > KV_LIMITS.pluginEntries) {
      this.refused++;
      return false;
    }
    use.bytes += bytes;
    use.entries += entries;
    return true;
  }
  #fits(key: string, value: string): boolean {
    if (key.length <= KV_LIMITS.keyBytes && value.length <= KV_LIMITS.valueBytes) return true;
    this.refused++;
    return false;
  }
  /** The collection under a key, made if absent; undefined when the key holds something else or nothing more fits. */
  #open<K extends 'hash' | 'set' | 'list'>(owner: string, key: string, type: K): Of<K> | undefined {
    const entry = this.#live(key);
    if (entry) return entry.type === type ? (entry as Of<K>) : undefined;
    const bytes = key.length * 2 + OVERHEAD;
    if (key.length > KV_LIMITS.keyBytes || !this.#book(owner, bytes, 1)) return undefined;
    const value = type === 'hash' ? new Map() : type === 'set' ? new Set() : [];
    const made = { type, owner, bytes, expiresMs: 0, value } as Of<K>;
    this.#entries.set(key, made);
    return made;
  }
  #grow(entry: Entry, bytes: number): boolean {
    if (!this.#book(entry.owner, bytes, bytes > 0 ? 1 : -1)) return false;
    entry.bytes += bytes;
    return true;
  }
  #dropIfEmpty(key: string, entry: Of<'hash' | 'set' | 'list'>): void {
    const left = entry.type === 'list' ? entry.value.length : entry.value.size;
    if (left === 0) this.delete(key);
  }

  /** Grows with each change of what is kept over restarts. */
  changes = 0;

  /** What 4.2 keeps in its database over restarts: all but the cache and what expires. Entries of `but` are left out. */
  export(but: (owner: string) => boolean = () => false): StoredEntry[] {
    const out: StoredEntry[] = [];
    for (const [key, entry] of this.#entries) {
      if (!isKept(key) || entry.expiresMs !== 0 || but(entry.owner)) continue;
      const value = entry.type === 'hash' ? [...entry.value] : entry.type === 'set' ? [...entry.value] : entry.value;
      out.push([key, entry.type, entry.owner, value] as StoredEntry);
    }
    return out;
  }
  /** Takes back what export() gave; what does not look like it is left out. */
  import(entries: readonly unknown[]): void {
    for (const entry of entries) {
      if (!Array.isArray(entry)) continue;
      const [key, type, owner, value] = entry as unknown[];
      if (typeof key !== 'string' || typeof owner !== 'string' || !isKept(key)) continue;
      if (type === 'string' && typeof value === 'string') this.set(owner, key, value);
      if (!Array.isArray(value)) continue;
      for (const item of value as unknown[]) {
        if (type === 'set' && typeof item === 'string') this.sadd(owner, key, item);
        if (type === 'list' && typeof item === 'string') this.push(owner, key, item, false);
        if (type !== 'hash' || !Array.isArray(item)) continue;
        const [field, text] = item as unknown[];
        if (typeof field === 'string' && typeof text === 'string') this.hset(owner, key, field, text);
      }
    }
  }

  get(key: string): string {
    return this.#find(key, 'string')?.value ?? '';
  }
  set(owner: string, key: string, value: string, expireS = 0): boolean {
    if (!this.#fits(key, value)) return false;
    this.delete(key);
    const bytes = (key.length + value.length) * 2 + OVERHEAD;
    if (!this.#book(owner, bytes, 1)) return false;
    const expiresMs = expireS > 0 ? this.#nowMs() + expireS * 1000 : 0;
    this.#entries.set(key, { type: 'string', owner, bytes, expiresMs, value });
    return true;
  }
  /** True when the key was free and is set now. */
  setIfAbsent(owner: string, key: string, value: string, expireS = 0): boolean {
    return this.#live(key) === undefined && this.set(owner, key, value, expireS);
  }
  increment(owner: string, key: string, by: number): number {
    const next = (Number(this.get(key)) || 0) + by;
    this.set(owner, key, String(next));
    return next;
  }
  has(key: string): boolean {
    return this.#live(key) !== undefined;
  }
  delete(key: string): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    this.#entries.delete(key);
    this.changes++;
    const use = this.usage(entry.owner);
    use.bytes -= entry.bytes;
    use.entries -= entry.type === 'string' ? 1 : 1 + (entry.type === 'list' ? entry.value.length : entry.value.size);
    return true;
  }
  /** Keys that match a Redis glob (only * and ? are special), at most `limit`. */
  keys(pattern: string, limit = 1000): string[] {
    const match = globber(pattern);
    const out: string[] = [];
    for (const key of this.#entries.keys()) {
      if (match(key) && this.#live(key)) out.push(key);
      if (out.length >= limit) break;
    }
    return out;
  }

  hget(key: string, field: string): string {
    return this.#find(key, 'hash')?.value.get(field) ?? '';
  }
  hset(owner: string, key: string, field: string, value: string): boolean {
    if (!this.#fits(field, value)) return false;
    const hash = this.#open(owner, key, 'hash');
    if (!hash) return false;
    this.hdel(key, field, true);
    if (!this.#grow(hash, (field.length + value.length) * 2 + OVERHEAD)) {
      this.#dropIfEmpty(key, hash);
      return false;
    }
    hash.value.set(field, value);
    return true;
  }
  hdel(key: string, field: string, keep = false): boolean {
    const hash = this.#find(key, 'hash');
    const value = hash?.value.get(field);
    if (!hash || value === undefined) return false;
    hash.value.delete(field);
    this.#grow(hash, -((field.length + value.length) * 2 + OVERHEAD));
    if (!keep) this.#dropIfEmpty(key, hash);
    return true;
  }
  hall(key: string): Map<string, string> | undefined {
    return this.#find(key, 'hash')?.value;
  }

  sadd(owner: string, key: string, member: string): boolean {
    if (!this.#fits(member, '')) return false;
    const set = this.#open(owner, key, 'set');
    if (!set) return false;
    if (set.value.has(member)) return true;
    if (!this.#grow(set, member.length * 2 + OVERHEAD)) {
      this.#dropIfEmpty(key, set);
      return false;
    }
    set.value.add(member);
    return true;
  }
  srem(key: string, member: string): boolean {
    const set = this.#find(key, 'set');
    if (!set?.value.delete(member)) return false;
    this.#grow(set, -(member.length * 2 + OVERHEAD));
    this.#dropIfEmpty(key, set);
    return true;
  }
  smembers(key: string): string[] {
    return [...(this.#find(key, 'set')?.value ?? [])];
  }

  push(owner: string, key: string, value: string, left: boolean): boolean {
    if (!this.#fits('', value)) return false;
    const list = this.#open(owner, key, 'list');
    if (!list) return false;
    if (!this.#grow(list, value.length * 2 + OVERHEAD)) {
      this.#dropIfEmpty(key, list);
      return false;
    }
    if (left) list.value.unshift(value);
    else list.value.push(value);
    return true;
  }
  pop(key: string, left: boolean): string | undefined {
    const list = this.#find(key, 'list');
    const value = left ? list?.value.shift() : list?.value.pop();
    if (!list || value === undefined) return undefined;
    this.#grow(list, -(value.length * 2 + OVERHEAD));
    this.#dropIfEmpty(key, list);
    return value;
  }
  /** Redis LRANGE: both ends included, negative ones count from the end. */
  range(key: string, from: number, to: number): string[] {
    const list = this.#find(key, 'list')?.value ?? [];
    const start = from < 0 ? Math.max(0, list.length + from) : from;
    const end = to < 0 ? list.length + to : to;
    return list.slice(start, end + 1);
  }
  length(key: string): number {
    return this.#find(key, 'list')?.value.length ?? 0;
  }
  /** Redis LTRIM. */
  trim(key: string, from: number, to: number): void {
    const list = this.#find(key, 'list');
    if (!list) return;
    const kept = this.range(key, from, to);
    this.changes++;
    const dropped = list.value.length - kept.length;
    const bytes = kept.reduce((sum, value) => sum + value.length * 2 + OVERHEAD, key.length * 2 + OVERHEAD);
    const use = this.usage(list.owner);
    use.bytes -= list.bytes - bytes;
    use.entries -= dropped;
    list.bytes = bytes;
    list.value = kept;
    this.#dropIfEmpty(key, list);
  }
  /** Removes every element equal to `value`; how many. */
  remove(key: string, value: string): number {
    const list = this.#find(key, 'list');
    if (!list) return 0;
    let removed = 0;
    for (let at = list.value.indexOf(value); at >= 0; at = list.value.indexOf(value)) {
      list.value.splice(at, 1);
      this.#grow(list, -(value.length * 2 + OVERHEAD));
      removed++;
    }
    this.#dropIfEmpty(key, list);
    return removed;
  }
}

/** Matches a glob without backtracking over more than one star, so that no pattern is slow. */
function globber(pattern: string): (key: string) => boolean {
  return (key) => {
    let k = 0;
    let p = 0;
    let star = -1;
    let mark = 0;
    while (k < key.length) {
      if (p < pattern.length && pattern[p] === '*') {
        star = p++;
        mark = k;
      } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === key[k])) {
        p++;
        k++;
      } else if (star >= 0) {
        p = star + 1;
        k = ++mark;
      } else {
        return false;
      }
    }
    while (pattern[p] === '*') p++;
    return p === pattern.length;
  };
}
