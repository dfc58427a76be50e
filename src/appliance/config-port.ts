/** Plugin configuration as the admin page sees it: checked against the script's own form, stored, sent to the engine. */

import { log } from '../log.ts';
import {
  addDefaults,
  cloneSet,
  createSet,
  DEFAULT_SET_ID,
  deleteSet,
  exportSets,
  factoryConf,
  importSets,
  renameSet,
  resetSet,
  type SetResult,
  scriptConf,
  updateScript,
} from '../plugins/configsets.ts';
import { type PoolResult, putPool, removePool, withoutSet } from '../plugins/pools.ts';
import { parseRecipient, recipientFault } from '../plugins/recipients.ts';
import type { ConfigSet, HookConf, PluginInfo, ScriptConf, ScriptInfo, Subdir } from '../plugins/types.ts';
import { parseConf } from '../plugins/validate.ts';
import type { ConfigState, ConfigStore } from './config-store.ts';
import type { ConfigPort, Saved } from './port.ts';

export interface ConfigDesk extends ConfigPort {
  /** Gives scripts that the sets do not know yet their factory values, as 4.2 does when it loads plugins. */
  learn(plugins: PluginInfo[]): Promise<void>;
}

/** Configurations that scripts begin with instead of their factory values, by script key. */
export type Preset = { [script: string]: ScriptConf };

export function createConfigDesk(
  store: ConfigStore,
  plugins: () => PluginInfo[],
  onSaved: () => void,
  preset: Preset = {},
): ConfigDesk {
  /** Scripts that the set meets for the first time and the preset has a word on. */
  function begin(set: ConfigSet, scripts: readonly ScriptInfo[]): ConfigSet {
    return scripts.reduce((out, script) => {
      const conf = Object.hasOwn(preset, script.key) ? preset[script.key] : undefined;
      if (conf === undefined || set.config[script.subdir]?.[script.key] !== undefined) return out;
      const hooks = script.configHooks.map((hook) => [hook, { enabled: true, script_conf: conf }]);
      return updateScript(out, script.subdir, script.key, Object.fromEntries(hooks));
    }, set);
  }

  function find(subdir: Subdir, key: string): ScriptInfo | undefined {
    for (const plugin of plugins()) {
      const script = plugin.scripts.find((one) => one.subdir === subdir && one.key === key);
      if (script !== undefined) return script;
    }
    return undefined;
  }

  const setOf = (id: number): ConfigSet | undefined => store.sets().find((set) => set.id === id);
  const scripts = (): ScriptInfo[] => plugins().flatMap((plugin) => plugin.scripts);

  /** Writes what `compute` makes of the state, or says why it makes nothing; the engine is told when it is on the disk. */
  async function keep(compute: (state: ConfigState) => ConfigState | Saved): Promise<Saved> {
    let answer: Saved = { ok: true };
    try {
      const saved = await store.changeAll((state) => {
        const next = compute(state);
        if (!('ok' in next)) return next;
        answer = next;
        return state;
      });
      if (saved) onSaved();
    } catch (error) {
      return { ok: false, field: '', message: (error as Error).message };
    }
    return answer;
  }
  const keepSets = async (field: string, compute: (sets: ConfigSet[]) => SetResult): Promise<Saved> => {
    const known = new Set(store.sets().map((set) => set.id));
    const saved = await keep((state) => {
      const result = compute(state.sets);
      if (!result.ok) return { ok: false, field, message: result.message };
      const gone = state.sets.filter((set) => !result.sets.some((one) => one.id === set.id));
      const pools = gone.reduce((out, set) => withoutSet(out, set.id), state.pools);
      return { ...state, sets: result.sets, pools };
    });
    const made = store.sets().find((set) => !known.has(set.id));
    return saved.ok && made ? { ok: true, id: made.id } : saved;
  };
  const keepPools = async (compute: (state: ConfigState) => PoolResult): Promise<Saved> => {
    let id: number | undefined;
    const saved = await keep((state) => {
      const result = compute(state);
      if (!result.ok) return result;
      ({ id } = result);
      return { ...state, pools: result.pools };
    });
    return saved.ok && id !== undefined ? { ok: true, id } : saved;
  };

  return {
    sets: () => store.sets(),
    script(subdir, key, set = DEFAULT_SET_ID) {
      const script = find(subdir, key);
      return script === undefined ? {} : scriptConf(setOf(set), script);
    },
    defaults(subdir, key) {
      const script = find(subdir, key);
      return script === undefined ? {} : factoryConf(script);
    },
    async save(subdir, key, conf, id = DEFAULT_SET_ID) {
      if (setOf(id) === undefined) return { ok: false, field: '', message: `there is no configuration ${id}` };
      const script = find(subdir, key);
      if (script === undefined) {
        return {
          ok: false,
          field: '',
          message: `there is no script ${subdir}/${key}; reload the plugins and try again`,
        };
      }
      const checked: Record<string, HookConf> = {};
      for (const [hook, input] of Object.entries(conf)) {
        if (!script.configHooks.includes(hook)) {
          return { ok: false, field: hook, message: `${script.title} has no setting for ${hook}` };
        }
        const parsed = parseConf(script.gui, hook, input);
        if (!parsed.ok) return parsed;
        checked[hook] = parsed.conf;
      }
      return await keep((state) => ({
        ...state,
        sets: state.sets.map((set) => (set.id === id ? updateScript(set, subdir, key, checked) : set)),
      }));
    },
    createSet: (name) => keepSets('name', (sets) => createSet(sets, name.trim(), scripts())),
    cloneSet: (id, name) => keepSets('name', (sets) => cloneSet(sets, id, name.trim())),
    renameSet: (id, name) => keepSets('name', (sets) => renameSet(sets, id, name.trim())),
    removeSet: (id) => keepSets('', (sets) => deleteSet(sets, id)),
    resetSet: (id) =>
      keepSets('', (sets) => {
        if (id !== undefined && !sets.some((set) => set.id === id))
          return { ok: false, message: `there is no configuration ${id}` };
        const kept = id === undefined ? sets.filter((set) => set.id === DEFAULT_SET_ID) : sets;
        return {
          ok: true,
          sets: kept.map((set) => (id === undefined || set.id === id ? resetSet(set, scripts()) : set)),
        };
      }),
    exportSets: (id) => exportSets(store.sets().filter((set) => id === undefined || set.id === id)),
    importSets: (text) => keepSets('file', (sets) => importSets(sets, text)),
    pools: () => store.pools(),
    savePool: (pool) => keepPools(({ pools, sets }) => putPool(pools, sets, pool)),
    removePool: (kind, id) => keepPools(({ pools }) => removePool(pools, kind, id)),
    permit: (plugin, permission, granted) =>
      keep((state) => ({
        ...state,
        grants: { ...state.grants, [plugin]: { ...state.grants[plugin], [permission]: granted } },
      })),
    grants: () => store.grants(),
    recipients: () => store.recipients(),
    async saveRecipient(wanted) {
      const recipient = parseRecipient(wanted);
      if (!recipient) return { ok: false, field: '', message: 'that is no recipient' };
      const owner = plugins().find((plugin) => plugin.key === recipient.plugin);
      const endpoint = owner?.endpoints.find((one) => one.key === recipient.endpoint);
      let { id } = recipient;
      const saved = await keep((state) => {
        const fault = recipientFault(recipient, state.recipients, endpoint);
        if (fault) return { ok: false, ...fault };
        const old = state.recipients.find((one) => one.id === recipient.id);
        if (!old) id = Math.max(0, ...state.recipients.map((one) => one.id)) + 1;
        const kept = { ...recipient, id, name: recipient.name.trim() };
        const recipients = old
          ? state.recipients.map((one) => (one === old ? kept : one))
          : [...state.recipients, kept];
        return { ...state, recipients };
      });
      return saved.ok ? { ok: true, id } : saved;
    },
    removeRecipient: (id) =>
      keep((state) =>
        state.recipients.some((one) => one.id === id)
          ? { ...state, recipients: state.recipients.filter((one) => one.id !== id) }
          : { ok: false, field: '', message: `there is no recipient ${id}` },
      ),
    async learn(items) {
      const met = items.flatMap((plugin) => plugin.scripts);
      try {
        const saved = await store.change((sets) => {
          const added = sets.map((set) => addDefaults(begin(set, met), met).set);
          return added.some((set, i) => set !== sets[i]) ? added : sets;
        });
        if (saved) onSaved();
      } catch (error) {
        log('error', 'config', (error as Error).message);
      }
    },
  };
}
