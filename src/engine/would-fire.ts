/** Answers what a plugin would have raised over the flows that ended of late. */
import { basename, dirname, isAbsolute } from 'node:path';
import type { ConfigSet } from '../plugins/types.ts';
import { couldNotFire, type WouldFire } from '../workshop/would-fire.ts';
import type { RecentFlows } from './recent-flows.ts';

export class WouldFireDesk {
  readonly #recent: RecentFlows;
  readonly #options: () => { configSets: ConfigSet[]; lua: 'wasm' | 'fengari'; listDirs: string[] };
  #busy = false;

  /** `options` gives what is configured now. */
  constructor(
    recent: RecentFlows,
    options: () => { configSets: ConfigSet[]; lua: 'wasm' | 'fengari'; listDirs: string[] },
  ) {
    this.#recent = recent;
    this.#options = options;
  }

  async ask(folder: unknown): Promise<WouldFire> {
    if (typeof folder !== 'string' || !isAbsolute(folder))
      return couldNotFire('recent', 'the folder of a plugin is named by its whole path');
    if (this.#busy) return couldNotFire('recent', 'another plugin is being tried; wait until it is done');
    this.#busy = true;
    try {
      const { runOverRecent } = await import('../workshop/recent-run.ts');
      const { configSets, lua, listDirs } = this.#options();
      return await runOverRecent({
        dir: dirname(folder),
        key: basename(folder),
        configured: configSets.find((set) => set.id === 0),
        flows: this.#recent.records(),
        lua,
        listDirs,
      });
    } finally {
      this.#busy = false;
    }
  }
}
