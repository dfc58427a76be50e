/** The settings file: one JSON object {version, settings}, replaced whole and atomically at each change. */
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { damagedName, pruneAside, setAside } from '../alerts/set-aside.ts';
import { migrate } from './migrations.ts';
import type { Settings, SettingsPort } from './port.ts';
import { defaultSettings, SETTINGS_KEYS, SETTINGS_RULES, SETTINGS_VERSION } from './settings-schema.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

/** A settings file is a few kB; something larger is not one. */
const FILE_BYTES = 1024 * 1024;

export interface SettingsStore extends SettingsPort {
  /** Reads the file. A damaged one is set aside, said in notices(), and replaced by defaults. */
  start(): Promise<void>;
  notices(): string[];
  /** Called after a change was written, with the keys that changed. */
  onChange: ((changed: (keyof Settings)[]) => void) | undefined;
}

/** What was wrong with a proposed change, one sentence for each key. */
export class InvalidSettings extends Error {
  readonly problems: { key: keyof Settings; message: string }[];
  constructor(problems: { key: keyof Settings; message: string }[]) {
    super(problems.map(({ key, message }) => `setting ${key} ${message}`).join('; '));
    this.problems = problems;
  }
}

type Fields = { [key: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A few values as they stand in the file now, for parts that are built before the settings are started; what is missing or
 * wrong is the default.
 */
export function peekSettings<K extends keyof Settings>(file: string, keys: readonly K[]): Pick<Settings, K> {
  const out = defaultSettings();
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const stored = isFields(parsed) && isFields(parsed['settings']) ? parsed['settings'] : {};
    for (const key of keys) {
      if (Object.hasOwn(stored, key) && SETTINGS_RULES[key].wrong(stored[key]) === undefined)
        Object.assign(out, { [key]: stored[key] });
    }
  } catch {
    // start() says what is wrong with the file.
  }
  return out;
}

export function createSettings(file: string, now: () => number = Date.now): SettingsStore {
  let settings: Readonly<Settings> = Object.freeze(defaultSettings());
  /** What a newer product stored and we do not know: written back untouched. */
  let unknown: Fields = {};
  const notices: string[] = [];
  let writing: Promise<void> = Promise.resolve();

  function take(stored: Fields): void {
    const next = defaultSettings() as unknown as Fields;
    for (const key of SETTINGS_KEYS) {
      if (!Object.hasOwn(stored, key)) continue;
      const wrong = SETTINGS_RULES[key].wrong(stored[key]);
      if (wrong === undefined) next[key] = stored[key];
      else notices.push(`setting ${key} in ${basename(file)} ${wrong}; the default is used`);
    }
    unknown = Object.fromEntries(Object.entries(stored).filter(([key]) => !Object.hasOwn(SETTINGS_RULES, key)));
    settings = Object.freeze(next as unknown as Settings);
  }

  async function parse(text: string): Promise<void> {
    if (text.length > FILE_BYTES) throw new Error(`it is larger than ${FILE_BYTES} bytes`);
    const parsed: unknown = JSON.parse(text);
    if (!isFields(parsed) || !isFields(parsed['settings'])) throw new Error('it does not hold settings');
    const version = parsed['version'] ?? 0;
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 0) throw new Error('it has no version');
    if (version > SETTINGS_VERSION) {
      // A downgrade: what we know of it is used; the original stays beside for the way back up.
      const aside = damagedName(file, now());
      await copyFile(file, aside);
      await pruneAside(file);
      notices.push(
        `${basename(file)} was written by a newer version: what this one knows is used, the original is kept as ${basename(aside)}`,
      );
    }
    take(migrate(parsed['settings'], version, SETTINGS_VERSION));
  }

  const write = (next: Settings): Promise<void> =>
    writeFileAtomic(
      file,
      `${JSON.stringify({ version: SETTINGS_VERSION, settings: { ...unknown, ...next } }, null, 2)}\n`,
    );

  const store: SettingsStore = {
    onChange: undefined,
    async start() {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      let text: string;
      try {
        text = await readFile(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
        notices.push(`cannot read ${file}: ${(error as Error).message}; defaults are used`);
        return;
      }
      try {
        await parse(text);
      } catch (error) {
        const why = (error as Error).message;
        const aside = await setAside(file, now()).catch(() => file);
        notices.push(
          `${basename(file)} could not be read (${why}): it is kept as ${basename(aside)} and defaults are used; set the password and the interface again`,
        );
      }
    },
    get: () => settings,
    update(change) {
      const problems: { key: keyof Settings; message: string }[] = [];
      for (const [name, value] of Object.entries(change)) {
        const key = name as keyof Settings;
        const rule = Object.hasOwn(SETTINGS_RULES, key) ? SETTINGS_RULES[key] : undefined;
        const message = rule === undefined ? 'does not exist' : rule.wrong(value);
        if (message !== undefined) problems.push({ key, message });
      }
      if (problems.length > 0) return Promise.reject(new InvalidSettings(problems));
      const done = writing.then(async () => {
        const next: Settings = structuredClone({ ...settings, ...change });
        const changed = SETTINGS_KEYS.filter((key) => JSON.stringify(next[key]) !== JSON.stringify(settings[key]));
        if (changed.length === 0) return;
        await write(next);
        settings = Object.freeze(next);
        store.onChange?.(changed);
      });
      writing = done.catch(() => {});
      return done;
    },
    notices: () => notices,
  };
  return store;
}
