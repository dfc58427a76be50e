/** Configuration sets on the disk: one NeDB document each, so that a change appends one line. */
import { join } from 'node:path';
import { createCollection } from '../alerts/collection.ts';
import { emptySet } from '../plugins/configsets.ts';
import type { ConfigSet } from '../plugins/types.ts';

/** Script names and parameters may hold "." and "$", which NeDB refuses in field names: the set is kept as JSON text. */
interface SetDoc {
  _id: string;
  name: string;
  json: string;
}

/** Bounds: sets that can exist, and bytes of one (256 scripts with lists of hundreds of items). */
export const CONFIG_LIMITS = { sets: 64, setBytes: 2 * 1024 * 1024 } as const;

export interface ConfigStore {
  /** Reads the sets; a damaged file is set aside and said, set 0 exists afterwards in any case. */
  start(): Promise<void>;
  stop(): Promise<void>;
  sets(): ConfigSet[];
  /**
   * Replaces all sets by what `change` makes of them, one change after the other. Resolves with true when they are on the
   * disk, with false when `change` gave the same array; rejects (and keeps the old ones) when they cannot be written.
   */
  change(change: (sets: ConfigSet[]) => ConfigSet[]): Promise<boolean>;
  /** change() without looking at what is there. */
  save(sets: ConfigSet[]): Promise<void>;
  notices(): string[];
}

type Fields = { [key: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseConfig(json: string): ConfigSet['config'] | undefined {
  let config: unknown;
  try {
    config = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isFields(config)) return undefined;
  for (const scripts of Object.values(config)) {
    if (!isFields(scripts)) return undefined;
    for (const hooks of Object.values(scripts)) {
      if (!isFields(hooks)) return undefined;
      for (const hook of Object.values(hooks)) {
        if (!isFields(hook) || typeof hook['enabled'] !== 'boolean' || !isFields(hook['script_conf'])) return undefined;
      }
    }
  }
  return config as ConfigSet['config'];
}

function check(doc: Fields): boolean {
  const { _id, name, json } = doc;
  return (
    /^\d{1,9}$/.test(String(_id)) &&
    typeof name === 'string' &&
    typeof json === 'string' &&
    parseConfig(json) !== undefined
  );
}

/** Rewritten when it has grown to this many times of what it holds. */
const GARBAGE_FACTOR = 4;

export function createConfigStore(stateDir: string, now: () => number = Date.now): ConfigStore {
  const collection = createCollection<SetDoc>({
    file: join(stateDir, 'config.db'),
    check,
    lineBytes: CONFIG_LIMITS.setBytes * 2,
    now,
  });
  const notices: string[] = [];
  let sets: ConfigSet[] = [emptySet()];
  let usable = false;
  let writing: Promise<void> = Promise.resolve();

  const docOf = (set: ConfigSet): SetDoc => ({ _id: String(set.id), name: set.name, json: JSON.stringify(set.config) });

  async function write(next: ConfigSet[]): Promise<void> {
    if (!usable) throw new Error(`cannot save the configuration: ${notices.at(-1) ?? 'its file is not open'}`);
    if (next.length > CONFIG_LIMITS.sets) throw new Error(`there can be at most ${CONFIG_LIMITS.sets} configurations`);
    const docs = next.map(docOf);
    const huge = docs.find((doc) => doc.json.length > CONFIG_LIMITS.setBytes);
    if (huge) throw new Error(`configuration ${huge.name} is larger than ${CONFIG_LIMITS.setBytes} bytes`);
    const before = new Map(sets.map((set) => [String(set.id), JSON.stringify(docOf(set))]));
    const changed = docs.filter(
      // After a failed write the collection may hold what was refused: then everything is put again.
      (doc) =>
        collection.stats().broken ||
        before.get(doc._id) !== JSON.stringify(doc) ||
        collection.live(doc._id) === undefined,
    );
    const kept = new Set(docs.map((doc) => doc._id));
    await collection.write(
      changed,
      [...before.keys()].filter((id) => !kept.has(id)),
    );
    sets = structuredClone(next);
    const size = docs.reduce((sum, doc) => sum + doc.json.length + 100, 0);
    if (collection.stats().fileBytes > 64 * 1024 + size * GARBAGE_FACTOR) await collection.compact();
  }

  function change(compute: (sets: ConfigSet[]) => ConfigSet[]): Promise<boolean> {
    const done = writing.then(async () => {
      const next = compute(sets);
      if (next === sets) return false;
      await write(next);
      return true;
    });
    writing = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  return {
    async start() {
      try {
        const kept = await collection.open();
        notices.push(...collection.notices());
        usable = true;
        const read = kept.map(({ doc }) => ({
          id: Number(doc._id),
          name: doc.name,
          config: parseConfig(doc.json) ?? {},
        }));
        sets = read.sort((a, b) => a.id - b.id);
        if (sets[0]?.id !== 0) sets.unshift(emptySet());
      } catch (error) {
        notices.push(
          `cannot use ${join(stateDir, 'config.db')}: ${(error as Error).message}; plugins run with their defaults`,
        );
      }
    },
    stop: () => writing,
    sets: () => sets,
    change,
    async save(next) {
      await change(() => [...next]);
    },
    notices: () => notices,
  };
}
