/**
 * Steps from one version of the settings file to the next. Step n turns version n into n + 1; a step is never changed
 * after a release. A file of a newer version than ours is not read (a downgrade): see settings.ts.
 */
export type StoredSettings = { [key: string]: unknown };

/** MIGRATIONS[0] turns version 0 (the file without a version, written by pre-releases) into version 1. */
export const MIGRATIONS: readonly ((before: StoredSettings) => StoredSettings)[] = [(before) => before];

/** Brings stored settings from `version` to `target`; throws when a step is missing. */
export function migrate(
  stored: StoredSettings,
  version: number,
  target: number,
  steps: readonly ((before: StoredSettings) => StoredSettings)[] = MIGRATIONS,
): StoredSettings {
  let settings = stored;
  for (let at = version; at < target; at++) {
    const step = steps[at];
    if (step === undefined) throw new Error(`settings of version ${at} cannot be brought to version ${at + 1}`);
    settings = step(settings);
  }
  return settings;
}
