/** Where the plugins that ship with spanwatch lie: in the executable, beside the bundle, or beside the sources. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packed, unpackFolder } from '../packed.ts';

/** Folders to search, existing ones only; SPANWATCH_PLUGINS comes instead when it is set. */
export function shippedPluginDirs(): string[] {
  const own = process.env['SPANWATCH_PLUGINS'];
  if (own) return existsSync(own) ? [own] : [];
  if (packed) return [unpackFolder('plugins/')];
  const candidates = ['../plugins', '../../plugins'].map((p) => fileURLToPath(new URL(p, import.meta.url)));
  return candidates.filter((folder) => existsSync(folder) && !folder.endsWith('/src/plugins')).slice(0, 1);
}
