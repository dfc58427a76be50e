/**
 * Finds plugin folders and reads what belongs to them. Folders may come from anywhere (an upload, a stick, a copy gone
 * wrong), so everything is bounded and nothing outside the given folders is read. Lua is not run here.
 */
import { closeSync, constants, fstatSync, opendirSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { PluginError } from './types.ts';

export const SCAN_LIMITS = {
  /** Folders that hold plugins lie at most so deep: three in 4.2, one more for who copies its folder as a whole. */
  depth: 4,
  plugins: 500,
  /** Entries looked at in one folder, and in all folders that hold no plugin. */
  folderEntries: 2000,
  visited: 20_000,
  /** The largest script of 4.2 has 30 kB. */
  fileBytes: 256 << 10,
  pluginFiles: 200,
  pluginBytes: 2 << 20,
} as const;

export interface PluginSource {
  /** Folder name. */
  key: string;
  /** Absolute path. */
  path: string;
  /** Text by path relative to the plugin's folder, "user_scripts/flow/x.lua". */
  files: Map<string, string>;
  errors: PluginError[];
}

export interface Scan {
  plugins: PluginSource[];
  /** What was left out, in sentences. */
  warnings: string[];
}

/** Sub-folders whose Lua files are read, and how deep. */
const FOLDERS: { name: string; depth: number; types: string[] }[] = [
  { name: 'locales', depth: 1, types: ['.lua'] },
  { name: 'alert_definitions', depth: 1, types: ['.lua'] },
  { name: 'status_definitions', depth: 1, types: ['.lua'] },
  { name: 'user_scripts', depth: 2, types: ['.lua', '.js'] },
  { name: 'modules', depth: 2, types: ['.lua', '.js'] },
  { name: 'ts_schemas', depth: 1, types: ['.lua'] },
  { name: 'alert_endpoints', depth: 1, types: ['.lua'] },
  { name: 'web_gui', depth: 1, types: ['.lua'] },
  { name: 'templates', depth: 1, types: ['.html', '.template', '.lua', '.txt'] },
];
/** Folders that the manifest names as data, one level deep as in 4.2. It is not run here: the list is read as it stands there. */
const DATA = { depth: 1, types: ['.lua', '.json', '.txt'] };
const DATA_DIRS = /\bdata_dirs\s*=\s*\{([^{}]{0,1000})\}/;
function dataFolders(manifest: string): string[] {
  const inside = DATA_DIRS.exec(manifest)?.[1] ?? '';
  return [...inside.matchAll(/["']([A-Za-z0-9][\w-]{0,63})["']/g)]
    .map((found) => found[1]!)
    .filter((name) => !FOLDERS.some((folder) => folder.name === name))
    .slice(0, 16);
}

const KEY = /^[A-Za-z0-9][\w.-]{0,63}$/;

class Bounds {
  visited = 0;
}

/** Names in a folder, sorted; undefined when it cannot be read. */
function list(path: string, bounds: Bounds): { name: string; folder: boolean; file: boolean }[] | undefined {
  const out: { name: string; folder: boolean; file: boolean }[] = [];
  try {
    const dir = opendirSync(path);
    try {
      for (let entry = dir.readSync(); entry && out.length < SCAN_LIMITS.folderEntries; entry = dir.readSync()) {
        if (++bounds.visited > SCAN_LIMITS.visited) break;
        if (entry.name.startsWith('.')) continue;
        let folder = entry.isDirectory();
        let file = entry.isFile();
        if (entry.isSymbolicLink()) {
          try {
            const target = statSync(join(path, entry.name));
            folder = target.isDirectory();
            file = target.isFile();
          } catch {
            continue;
          }
        }
        out.push({ name: entry.name, folder, file });
      }
    } finally {
      dir.closeSync();
    }
  } catch {
    return undefined;
  }
  return out.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads one file below `root` (a real path). Returns the reason instead when it must not or cannot be read. */
function readText(root: string, path: string): { text: string } | { reason: string } {
  let fd = -1;
  try {
    const real = realpathSync(path);
    if (real !== root && !real.startsWith(root + sep)) return { reason: 'points to a place outside of its folder' };
    fd = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const info = fstatSync(fd);
    if (!info.isFile()) return { reason: 'is no ordinary file' };
    if (info.size > SCAN_LIMITS.fileBytes) {
      return { reason: `has ${info.size} bytes, at most ${SCAN_LIMITS.fileBytes} are read` };
    }
    const buffer = Buffer.alloc(info.size + 1);
    let length = 0;
    for (let n = -1; n !== 0 && length < buffer.length; length += n)
      n = readSync(fd, buffer, length, buffer.length - length, null);
    if (length > info.size) return { reason: 'grew while it was read' };
    const bytes = buffer.subarray(0, length);
    if (bytes.includes(0) || (bytes[0] === 0x1b && bytes.subarray(1, 4).equals(Buffer.from('Lua')))) {
      return { reason: 'is not text (compiled Lua is not run)' };
    }
    const text = bytes.toString('utf8');
    return { text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text };
  } catch (error) {
    return { reason: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

function readPlugin(root: string, path: string, key: string, bounds: Bounds): PluginSource {
  const plugin: PluginSource = { key, path, files: new Map(), errors: [] };
  let bytes = 0;
  let full = false;
  const fail = (file: string, message: string) => {
    if (plugin.errors.length < 50) plugin.errors.push({ file, line: 0, message, atMs: Date.now() });
  };
  const take = (file: string) => {
    if (full) return;
    if (plugin.files.size >= SCAN_LIMITS.pluginFiles || bytes >= SCAN_LIMITS.pluginBytes) {
      full = true;
      fail(
        file,
        `left out with all that follow: a plugin has at most ${SCAN_LIMITS.pluginFiles} files and ${SCAN_LIMITS.pluginBytes} bytes`,
      );
      return;
    }
    const result = readText(root, join(path, file));
    if ('reason' in result) return fail(file, `${file} ${result.reason}`);
    bytes += result.text.length;
    plugin.files.set(file, result.text);
  };
  const walk = (folder: string, depth: number, types: string[]) => {
    for (const entry of list(join(path, folder), bounds) ?? []) {
      if (full) return;
      const file = `${folder}/${entry.name}`;
      if (entry.folder && depth > 1) walk(file, depth - 1, types);
      else if (entry.file && types.some((type) => entry.name.endsWith(type))) take(file);
    }
  };
  take('manifest.lua');
  for (const { name, depth, types } of FOLDERS) walk(name, depth, types);
  for (const name of dataFolders(plugin.files.get('manifest.lua') ?? '')) walk(name, DATA.depth, DATA.types);
  return plugin;
}

/** Reads all plugins below the folders, in their order; the first of a key wins. A folder that is not there is empty. */
export function scanPlugins(roots: readonly string[]): Scan {
  const plugins = new Map<string, PluginSource>();
  const warnings: string[] = [];
  const bounds = new Bounds();
  let full = false;
  for (const root of roots) {
    let realRoot: string;
    try {
      realRoot = realpathSync(root);
    } catch {
      continue;
    }
    const visit = (path: string, depth: number) => {
      for (const entry of list(path, bounds) ?? []) {
        if (full) return;
        if (!entry.folder) continue;
        const child = join(path, entry.name);
        let real: string;
        try {
          real = realpathSync(child);
        } catch {
          continue;
        }
        if (!real.startsWith(realRoot + sep)) {
          warnings.push(`${child} points to a place outside of ${root} and is left out`);
          continue;
        }
        const inside = list(child, bounds);
        if (!inside?.some((e) => e.name === 'manifest.lua')) {
          if (depth < SCAN_LIMITS.depth) visit(child, depth + 1);
          continue;
        }
        if (!KEY.test(entry.name)) {
          warnings.push(`${child} is left out: a plugin's folder is named with letters, digits, "_", "-" and "."`);
        } else if (plugins.has(entry.name)) {
          warnings.push(`${child} is left out: ${plugins.get(entry.name)!.path} has the same name and comes first`);
        } else if (plugins.size >= SCAN_LIMITS.plugins) {
          full = true;
          warnings.push(`${child} and what follows is left out: at most ${SCAN_LIMITS.plugins} plugins are loaded`);
        } else {
          plugins.set(entry.name, readPlugin(real, child, entry.name, bounds));
        }
      }
    };
    visit(root, 1);
    if (bounds.visited > SCAN_LIMITS.visited) {
      warnings.push(`${root}: more than ${SCAN_LIMITS.visited} files, the rest is left out`);
      break;
    }
  }
  return { plugins: [...plugins.values()], warnings: warnings.slice(0, 100) };
}
