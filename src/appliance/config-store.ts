/** Configuration sets on the disk: one NeDB document each, so that a change appends one line. */
import { join } from 'node:path';
import { createCollection } from '../alerts/collection.ts';
import { emptySet, parseConfig } from '../plugins/configsets.ts';
import { defaultPools, normalMember } from '../plugins/pools.ts';
import { parseRecipient } from '../plugins/recipients.ts';
import { type ConfigSet, type Grants, PERMISSIONS, POOL_KINDS, type Pool, type Recipient } from '../plugins/types.ts';

/** Script names and parameters may hold "." and "$", which NeDB refuses in field names: the set is kept as JSON text. */
interface SetDoc {
  _id: string;
  name: string;
  json: string;
}

/** Bounds: sets that can exist, and bytes of one (256 scripts with lists of hundreds of items). */
export const CONFIG_LIMITS = { sets: 64, setBytes: 2 * 1024 * 1024 } as const;

/** All that is configured of plugins. */
export interface ConfigState {
  sets: ConfigSet[];
  pools: Pool[];
  grants: Grants;
  recipients: Recipient[];
}

export interface ConfigStore {
  /** Reads the sets; a damaged file is set aside and said, set 0 exists afterwards in any case. */
  start(): Promise<void>;
  stop(): Promise<void>;
  sets(): ConfigSet[];
  pools(): Pool[];
  grants(): Grants;
  recipients(): Recipient[];
  /** As change(), of everything at once. */
  changeAll(change: (state: ConfigState) => ConfigState): Promise<boolean>;
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

function parseText(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

/** Pools and grants lie beside the sets, as documents of their own. */
const POOLS = 'pools';
const GRANTS = 'grants';
const RECIPIENTS = 'recipients';

function parseRecipients(value: unknown): Recipient[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const out: Recipient[] = [];
  for (const item of value as unknown[]) {
    const recipient = parseRecipient(item);
    if (recipient === undefined) return undefined;
    out.push(recipient);
  }
  return out;
}

function parsePools(value: unknown): Pool[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const pools: Pool[] = [];
  for (const item of value as unknown[]) {
    if (!isFields(item)) return undefined;
    const { id, kind, name, members, configSet } = item;
    const known = POOL_KINDS.find((one) => one === kind);
    if (typeof id !== 'number' || known === undefined || typeof name !== 'string' || typeof configSet !== 'number')
      return undefined;
    if (!Array.isArray(members)) return undefined;
    const kept = members.map((member) => (typeof member === 'string' ? normalMember(known, member) : undefined));
    pools.push({ id, kind: known, name, members: kept.filter((member) => member !== undefined), configSet });
  }
  for (const pool of defaultPools()) if (!pools.some((p) => p.kind === pool.kind && p.id === pool.id)) pools.push(pool);
  return pools;
}

function parseGrants(value: unknown): Grants | undefined {
  if (!isFields(value)) return undefined;
  const grants: Grants = {};
  for (const [plugin, answers] of Object.entries(value)) {
    if (!isFields(answers) || plugin === '__proto__') return undefined;
    const kept: Grants[string] = {};
    for (const permission of PERMISSIONS) {
      const answer = answers[permission];
      if (typeof answer === 'boolean') kept[permission] = answer;
    }
    grants[plugin] = kept;
  }
  return grants;
}

function check(doc: Fields): boolean {
  const { _id, name, json } = doc;
  if (typeof name !== 'string' || typeof json !== 'string') return false;
  const value = parseText(json);
  if (_id === POOLS) return parsePools(value) !== undefined;
  if (_id === GRANTS) return parseGrants(value) !== undefined;
  if (_id === RECIPIENTS) return parseRecipients(value) !== undefined;
  return /^\d{1,9}$/.test(String(_id)) && parseConfig(value) !== undefined;
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
  let state: ConfigState = { sets: [emptySet()], pools: defaultPools(), grants: {}, recipients: [] };
  let usable = false;
  let writing: Promise<void> = Promise.resolve();

  const docOf = (set: ConfigSet): SetDoc => ({ _id: String(set.id), name: set.name, json: JSON.stringify(set.config) });
  const docsOf = ({ sets, pools, grants, recipients }: ConfigState): SetDoc[] => [
    ...sets.map(docOf),
    { _id: POOLS, name: '', json: JSON.stringify(pools) },
    { _id: GRANTS, name: '', json: JSON.stringify(grants) },
    { _id: RECIPIENTS, name: '', json: JSON.stringify(recipients) },
  ];

  async function write(next: ConfigState): Promise<void> {
    if (!usable) throw new Error(`cannot save the configuration: ${notices.at(-1) ?? 'its file is not open'}`);
    if (next.sets.length > CONFIG_LIMITS.sets)
      throw new Error(`there can be at most ${CONFIG_LIMITS.sets} configurations`);
    const docs = docsOf(next);
    const huge = docs.find((doc) => doc.json.length > CONFIG_LIMITS.setBytes);
    if (huge) throw new Error(`configuration ${huge.name} is larger than ${CONFIG_LIMITS.setBytes} bytes`);
    const before = new Map(docsOf(state).map((doc) => [doc._id, JSON.stringify(doc)]));
    const changed = docs.filter(
      // After a failed write the collection may hold what was refused: then everything is put again.
      (doc) =>
        collection.stats().broken ||
        before.get(doc._id) !== JSON.stringify(doc) ||
        (collection.live(doc._id) === undefined && /^\d/.test(doc._id)),
    );
    const kept = new Set(docs.map((doc) => doc._id));
    await collection.write(
      changed,
      [...before.keys()].filter((id) => !kept.has(id)),
    );
    state = structuredClone(next);
    const size = docs.reduce((sum, doc) => sum + doc.json.length + 100, 0);
    if (collection.stats().fileBytes > 64 * 1024 + size * GARBAGE_FACTOR) await collection.compact();
  }

  function changeAll(compute: (state: ConfigState) => ConfigState): Promise<boolean> {
    const done = writing.then(async () => {
      const next = compute(state);
      if (next === state) return false;
      await write(next);
      return true;
    });
    writing = done.then(
      () => {},
      () => {},
    );
    return done;
  }
  const change = (compute: (sets: ConfigSet[]) => ConfigSet[]): Promise<boolean> =>
    changeAll((all) => {
      const sets = compute(all.sets);
      return sets === all.sets ? all : { ...all, sets };
    });

  return {
    async start() {
      try {
        const kept = await collection.open();
        notices.push(...collection.notices());
        usable = true;
        const sets: ConfigSet[] = [];
        for (const { doc } of kept) {
          const value = parseText(doc.json);
          if (doc._id === POOLS) state.pools = parsePools(value) ?? defaultPools();
          else if (doc._id === GRANTS) state.grants = parseGrants(value) ?? {};
          else if (doc._id === RECIPIENTS) state.recipients = parseRecipients(value) ?? [];
          else sets.push({ id: Number(doc._id), name: doc.name, config: parseConfig(value) ?? {} });
        }
        sets.sort((a, b) => a.id - b.id);
        if (sets[0]?.id !== 0) sets.unshift(emptySet());
        state.sets = sets;
      } catch (error) {
        notices.push(
          `cannot use ${join(stateDir, 'config.db')}: ${(error as Error).message}; plugins run with their defaults`,
        );
      }
    },
    stop: () => writing,
    sets: () => state.sets,
    pools: () => state.pools,
    grants: () => state.grants,
    recipients: () => state.recipients,
    change,
    changeAll,
    async save(next) {
      await change(() => [...next]);
    },
    notices: () => notices,
  };
}
