/** Where the plugins that ship with spanwatch lie: beside the sources, or beside the bundle. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folders to search, existing ones only; SPANWATCH_PLUGINS comes instead when it is set. */
export function shippedPluginDirs(): string[] {
  const own = process.env['SPANWATCH_PLUGINS'];
  const candidates = own
    ? [own]
    : ['../plugins', '../../plugins'].map((p) => fileURLToPath(new URL(p, import.meta.url)));
  return candidates.filter((folder) => existsSync(folder) && !folder.endsWith('/src/plugins')).slice(0, 1);
}
