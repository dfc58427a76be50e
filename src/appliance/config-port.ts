/** Plugin configuration as the admin page sees it: checked against the script's own form, stored, sent to the engine. */

import { log } from '../log.ts';
import { addDefaults, DEFAULT_SET_ID, factoryConf, scriptConf, updateScript } from '../plugins/configsets.ts';
import type { ConfigSet, HookConf, PluginInfo, ScriptConf, ScriptInfo, Subdir } from '../plugins/types.ts';
import { parseConf } from '../plugins/validate.ts';
import type { ConfigStore } from './config-store.ts';
import type { ConfigPort } from './port.ts';

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

  const defaultSet = (): ConfigSet | undefined => store.sets().find((set) => set.id === DEFAULT_SET_ID);

  return {
    sets: () => store.sets(),
    script(subdir, key) {
      const script = find(subdir, key);
      return script === undefined ? {} : scriptConf(defaultSet(), script);
    },
    defaults(subdir, key) {
      const script = find(subdir, key);
      return script === undefined ? {} : factoryConf(script);
    },
    async save(subdir, key, conf) {
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
      try {
        await store.change((sets) =>
          sets.map((set) => (set.id === DEFAULT_SET_ID ? updateScript(set, subdir, key, checked) : set)),
        );
      } catch (error) {
        return { ok: false, field: '', message: (error as Error).message };
      }
      onSaved();
      return { ok: true };
    },
    async learn(items) {
      const scripts = items.flatMap((plugin) => plugin.scripts);
      try {
        const saved = await store.change((sets) => {
          const added = sets.map((set) => addDefaults(begin(set, scripts), scripts).set);
          return added.some((set, i) => set !== sets[i]) ? added : sets;
        });
        if (saved) onSaved();
      } catch (error) {
        log('error', 'config', (error as Error).message);
      }
    },
  };
}
