/**
 * Configuration sets as ntopng 4.2 keeps them: config[subdir][script][hook or "all"] = {enabled, script_conf}. Pure
 * functions: each returns a new set and leaves its argument alone. A stored script_conf is never merged with newer
 * defaults, as in 4.2; defaults are only added where an entry is missing.
 */
import type { ConfigSet, HookConf, ScriptConf, ScriptInfo, Subdir } from './types.ts';

export const DEFAULT_SET_ID = 0;
export const MAX_SET_NAME = 16;

export const GRANULARITIES = ['min', '5mins', 'hour', 'day'] as const;
export type Granularity = (typeof GRANULARITIES)[number];
export const GRANULARITY_SECONDS: Record<Granularity, number> = { min: 60, '5mins': 300, hour: 3600, day: 86400 };

/** Kinds of script whose configuration is kept per granularity; the others have the single entry "all". */
const PER_HOOK: ReadonlySet<Subdir> = new Set<Subdir>(['host', 'interface', 'network', 'system']);

/** Names the configuration of a script is kept under, in the order the page shows them. */
export function configHooks(subdir: Subdir, hooks: readonly string[]): string[] {
  if (!PER_HOOK.has(subdir)) return ['all'];
  return GRANULARITIES.filter((granularity) => hooks.includes(granularity));
}

export const emptySet = (): ConfigSet => ({ id: DEFAULT_SET_ID, name: 'Default', config: {} });

/** A value after the trip through JSON that everything stored makes: no functions, no undefined. */
const stored = (conf: ScriptConf): ScriptConf => JSON.parse(JSON.stringify(conf)) as ScriptConf;

/** Names that would reach an object's prototype are nobody's configuration. */
const unsafe = (name: string): boolean => name === '__proto__' || name === 'constructor' || name === 'prototype';

function own<T>(table: { [key: string]: T } | undefined, key: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** The factory values of a script, one entry per configuration hook. */
export function factoryConf(
  script: Pick<ScriptInfo, 'configHooks' | 'defaultEnabled' | 'defaultConf'>,
): Record<string, HookConf> {
  const out: Record<string, HookConf> = {};
  for (const hook of script.configHooks) {
    out[hook] = { enabled: script.defaultEnabled, script_conf: stored(script.defaultConf) };
  }
  return out;
}

/** What a set holds for one hook of a script; `{enabled: false, script_conf: {}}` when it holds nothing. */
export function hookConf(set: ConfigSet | undefined, subdir: Subdir, script: string, hook: string): HookConf {
  return own(own(own(set?.config, subdir), script), hook) ?? { enabled: false, script_conf: {} };
}

/** Every configuration hook of a script as the set has it, factory values where the set has none. */
export function scriptConf(set: ConfigSet | undefined, script: ScriptInfo): Record<string, HookConf> {
  const out = factoryConf(script);
  const entry = own(own(set?.config, script.subdir), script.key);
  for (const hook of script.configHooks) {
    const found = own(entry, hook);
    if (found) out[hook] = found;
  }
  return out;
}

/** Replaces entries of one script; hooks not named keep what they have. */
export function updateScript(
  set: ConfigSet,
  subdir: Subdir,
  script: string,
  confs: Record<string, HookConf>,
): ConfigSet {
  if (unsafe(script)) return set;
  const entry: { [hook: string]: HookConf } = { ...own(own(set.config, subdir), script) };
  for (const [hook, conf] of Object.entries(confs)) {
    if (!unsafe(hook)) entry[hook] = { enabled: conf.enabled, script_conf: stored(conf.script_conf) };
  }
  return { ...set, config: { ...set.config, [subdir]: { ...set.config[subdir], [script]: entry } } };
}

/** Adds factory values for what is missing. `changed` says whether the result needs to be written. */
export function addDefaults(set: ConfigSet, scripts: readonly ScriptInfo[]): { set: ConfigSet; changed: boolean } {
  let out = set;
  for (const script of scripts) {
    if (script.state === 'error') continue;
    const entry = own(own(out.config, script.subdir), script.key);
    const missing: Record<string, HookConf> = {};
    for (const [hook, conf] of Object.entries(factoryConf(script))) {
      if (own(entry, hook) === undefined) missing[hook] = conf;
    }
    if (Object.keys(missing).length > 0) out = updateScript(out, script.subdir, script.key, missing);
  }
  return { set: out, changed: out !== set };
}

/** Puts a script back to its factory values. */
export function resetScript(set: ConfigSet, script: ScriptInfo): ConfigSet {
  return updateScript(set, script.subdir, script.key, factoryConf(script));
}

/** Switches all hooks of a script on or off and keeps their values. */
export function toggleScript(set: ConfigSet, script: ScriptInfo, enabled: boolean): ConfigSet {
  const confs: Record<string, HookConf> = {};
  for (const [hook, conf] of Object.entries(scriptConf(set, script))) confs[hook] = { ...conf, enabled };
  return updateScript(set, script.subdir, script.key, confs);
}

export type SetResult = { ok: true; sets: ConfigSet[] } | { ok: false; message: string };

function nameError(sets: readonly ConfigSet[], name: string): string | undefined {
  if (name.trim() === '') return 'a configuration needs a name';
  if (name.length > MAX_SET_NAME) return `the name of a configuration has at most ${MAX_SET_NAME} characters`;
  if (sets.some((set) => set.name === name)) return `there is already a configuration called ${name}`;
  return undefined;
}

const nextId = (sets: readonly ConfigSet[]): number => Math.max(...sets.map((set) => set.id)) + 1;

/** A set of nothing but factory values. */
export function createSet(sets: readonly ConfigSet[], name: string, scripts: readonly ScriptInfo[]): SetResult {
  const message = nameError(sets, name);
  if (message) return { ok: false, message };
  const { set } = addDefaults({ id: nextId(sets), name, config: {} }, scripts);
  return { ok: true, sets: [...sets, set] };
}

/** Puts all scripts of a set back to their factory values. */
export function resetSet(set: ConfigSet, scripts: readonly ScriptInfo[]): ConfigSet {
  return scripts.reduce((out, script) => resetScript(out, script), set);
}

/** Format of an export; raised when an older product would misread it. */
const EXPORT_VERSION = 1;

/** Sets as one JSON text, to be kept or carried to another appliance. Ids are not part of it: names are. */
export function exportSets(sets: readonly ConfigSet[]): string {
  const out = sets.map(({ id, name, config }) => ({ name, default: id === DEFAULT_SET_ID, config }));
  return `${JSON.stringify({ spanwatch: 'configuration sets', version: EXPORT_VERSION, sets: out }, null, 2)}\n`;
}

type Fields = { [key: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Copies what has the shape of a configuration; undefined when something has not. */
export function parseConfig(value: unknown): ConfigSet['config'] | undefined {
  if (!isFields(value)) return undefined;
  const config: ConfigSet['config'] = {};
  for (const [subdir, scripts] of Object.entries(value)) {
    if (!isFields(scripts) || unsafe(subdir)) return undefined;
    const into: ConfigSet['config'][string] = {};
    for (const [script, hooks] of Object.entries(scripts)) {
      if (!isFields(hooks) || unsafe(script)) return undefined;
      const entry: { [hook: string]: HookConf } = {};
      for (const [hook, conf] of Object.entries(hooks)) {
        if (!isFields(conf) || unsafe(hook) || typeof conf['enabled'] !== 'boolean') return undefined;
        // dkjson of 4.2 writes an empty table as a list.
        const kept = Array.isArray(conf['script_conf']) && conf['script_conf'].length === 0 ? {} : conf['script_conf'];
        if (kept !== undefined && !isFields(kept)) return undefined;
        entry[hook] = { enabled: conf['enabled'], script_conf: stored(kept ?? {}) };
      }
      into[script] = entry;
    }
    config[subdir] = into;
  }
  return config;
}

/**
 * Reads an export of ours, or one of 4.2 ({"<id>": {id, name, config}}). A set of a name that exists replaces it, the
 * default set replaces the default set, others are added.
 */
export function importSets(sets: readonly ConfigSet[], text: string): SetResult {
  const refuse = (message: string): SetResult => ({ ok: false, message });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('the file is not JSON: choose a file that was exported here or from ntopng 4.2');
  }
  if (!isFields(value)) return refuse('the file holds no configurations');
  const ours = value['spanwatch'] === 'configuration sets';
  if (ours && value['version'] !== EXPORT_VERSION)
    return refuse(`the file has format ${String(value['version']).slice(0, 20)}, this product reads ${EXPORT_VERSION}`);
  const list = ours ? value['sets'] : Object.values(isFields(value['configsets']) ? value['configsets'] : value);
  if (!Array.isArray(list) || list.length === 0) return refuse('the file holds no configurations');
  let out = [...sets];
  for (const item of list as unknown[]) {
    const fields = isFields(item) ? item : {};
    const name = fields['name'];
    const config = parseConfig(fields['config']);
    if (typeof name !== 'string' || name.trim() === '' || config === undefined)
      return refuse('the file holds a configuration without a name or of another shape');
    const isDefault = fields['default'] === true || (!ours && fields['id'] === DEFAULT_SET_ID);
    const old = out.find((set) => (isDefault ? set.id === DEFAULT_SET_ID : set.name === name));
    if (old) out = out.map((set) => (set === old ? { ...set, config } : set));
    else if (name.length > MAX_SET_NAME)
      return refuse(`the name ${name.slice(0, 40)} is longer than ${MAX_SET_NAME} characters`);
    else out.push({ id: nextId(out), name, config });
  }
  return { ok: true, sets: out };
}

export function cloneSet(sets: readonly ConfigSet[], id: number, name: string): SetResult {
  const source = sets.find((set) => set.id === id);
  if (!source) return { ok: false, message: `there is no configuration ${id}` };
  const message = nameError(sets, name);
  if (message) return { ok: false, message };
  return { ok: true, sets: [...sets, { ...structuredClone(source), id: nextId(sets), name }] };
}

export function renameSet(sets: readonly ConfigSet[], id: number, name: string): SetResult {
  if (id === DEFAULT_SET_ID) return { ok: false, message: 'the default configuration cannot be renamed' };
  if (!sets.some((set) => set.id === id)) return { ok: false, message: `there is no configuration ${id}` };
  const message = nameError(sets, name);
  if (message) return { ok: false, message };
  return { ok: true, sets: sets.map((set) => (set.id === id ? { ...set, name } : set)) };
}

export function deleteSet(sets: readonly ConfigSet[], id: number): SetResult {
  if (id === DEFAULT_SET_ID) return { ok: false, message: 'the default configuration cannot be deleted' };
  if (!sets.some((set) => set.id === id)) return { ok: false, message: `there is no configuration ${id}` };
  return { ok: true, sets: sets.filter((set) => set.id !== id) };
}
