/** Folders of plugins on disk: installed ones, drafts, and versions kept before each change. All names are checked here. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { ARCHIVE_LIMITS } from './archive.ts';
import type { PluginFile, PluginVersion } from './port.ts';

export const VERSION_LIMITS = {
  /** Versions kept of one plugin; the oldest goes first. */
  perPlugin: 10,
  /** Plugins of which versions are kept. */
  plugins: 200,
  /** Characters of a text that the editor saves: what the plugin room reads of one file. */
  textBytes: 256 << 10,
} as const;

const KEY = /^[A-Za-z][\w-]{1,40}$/;
const PART = /^[A-Za-z0-9_][\w.-]{0,80}$/;
const TEXT = /\.(lua|js|json|html|template|txt|md|list|hosts|netset)$/;

/** True for the name of a plugin's folder. */
export const isKey = (key: string): boolean => KEY.test(key);

/** True for a path that stays within the plugin's folder. */
export function isPath(path: string): boolean {
  const parts = path.split('/');
  return (
    path.length <= ARCHIVE_LIMITS.nameLength &&
    parts.length <= ARCHIVE_LIMITS.depth &&
    parts.every((part) => PART.test(part) && part !== '..')
  );
}

export const isTextFile = (path: string): boolean => TEXT.test(path);

/** Every file below a folder, bounded; links are not followed. */
export function filesOf(folder: string): PluginFile[] {
  const out: PluginFile[] = [];
  const walk = (path: string, prefix: string, depth: number): void => {
    let names: string[];
    try {
      names = readdirSync(path).sort();
    } catch {
      return;
    }
    for (const name of names) {
      if (out.length >= ARCHIVE_LIMITS.files || !PART.test(name)) continue;
      const info = lstatSync(join(path, name), { throwIfNoEntry: false });
      if (info?.isDirectory() && depth < ARCHIVE_LIMITS.depth) walk(join(path, name), `${prefix}${name}/`, depth + 1);
      else if (info?.isFile()) out.push({ path: prefix + name, bytes: info.size, text: isTextFile(name) });
    }
  };
  walk(folder, '', 1);
  return out;
}

export function readAll(folder: string): Map<string, Buffer> {
  const out = new Map<string, Buffer>();
  for (const { path, bytes } of filesOf(folder))
    if (bytes <= ARCHIVE_LIMITS.fileBytes) out.set(path, readFileSync(join(folder, path)));
  return out;
}

/** Replaces a folder by these files: written beside it, then renamed, so that a power cut leaves one or the other. */
export async function replaceFolder(folder: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  const fresh = `${folder}.new`;
  const old = `${folder}.old`;
  await rm(fresh, { recursive: true, force: true });
  for (const [path, data] of files) {
    const target = join(fresh, path);
    if (!isPath(path) || !target.startsWith(fresh + sep)) throw new Error(`the name ${path} is not taken`);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, data);
  }
  await mkdir(dirname(folder), { recursive: true });
  await rm(old, { recursive: true, force: true });
  if (existsSync(folder)) await rename(folder, old);
  await rename(fresh, folder);
  await rm(old, { recursive: true, force: true });
}

interface Kept {
  atMs: number;
  why: string;
  files: { [path: string]: string };
}

/** Versions of plugins, one compressed file each. */
export class Versions {
  readonly #root: string;
  constructor(root: string) {
    this.#root = root;
  }

  list(key: string): PluginVersion[] {
    return this.#ids(key)
      .map((id) => {
        const kept = this.#read(key, id);
        return kept && { id, atMs: kept.atMs, why: kept.why, files: Object.keys(kept.files).length };
      })
      .filter((version) => version !== undefined)
      .reverse();
  }

  async keep(key: string, why: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
    if (files.size === 0) return;
    const folder = join(this.#root, key);
    await mkdir(folder, { recursive: true });
    const ids = this.#ids(key);
    const id = String(Math.max(Date.now(), Number(ids.at(-1) ?? 0) + 1));
    const kept: Kept = {
      atMs: Date.now(),
      why,
      files: Object.fromEntries([...files].map(([path, data]) => [path, data.toString('base64')])),
    };
    await writeFile(join(folder, `${id}.json.gz`), gzipSync(JSON.stringify(kept)));
    for (const old of ids.slice(0, Math.max(0, ids.length + 1 - VERSION_LIMITS.perPlugin)))
      await rm(join(folder, `${old}.json.gz`), { force: true });
  }

  /** The files of a version; undefined when there is none of that id. */
  get(key: string, id: string): Map<string, Buffer> | undefined {
    const kept = /^\d{1,16}$/.test(id) ? this.#read(key, id) : undefined;
    if (!kept) return undefined;
    return new Map(Object.entries(kept.files).map(([path, text]) => [path, Buffer.from(text, 'base64')]));
  }

  #ids(key: string): string[] {
    try {
      return readdirSync(join(this.#root, key))
        .flatMap((name) => /^(\d{1,16})\.json\.gz$/.exec(name)?.[1] ?? [])
        .sort((a, b) => Number(a) - Number(b));
    } catch {
      return [];
    }
  }

  #read(key: string, id: string): Kept | undefined {
    try {
      const packed = readFileSync(join(this.#root, key, `${id}.json.gz`));
      return JSON.parse(gunzipSync(packed, { maxOutputLength: 64 << 20 }).toString('utf8')) as Kept;
    } catch {
      return undefined;
    }
  }
}
