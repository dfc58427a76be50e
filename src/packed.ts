/**
 * The files that the product carries: inside the single executable, in assets/ beside the bundle, or (from source) none:
 * the rooms then read their own folders. Names are paths with slashes: "admin/base.css", "plugins/dns/manifest.lua".
 * What must be a file to be of use (plugins, the demo's capture, the native module) is unpacked into a private folder.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getAssetKeys, getRawAsset, isSea } from 'node:sea';

/** Whether this is the single executable. */
export const packed = isSea();

/** The bytes of a carried file, without a copy: not to be changed. Throws when the executable was packed wrongly. */
export function packedFile(name: string): Uint8Array {
  return new Uint8Array(getRawAsset(name));
}

export function packedText(name: string): string {
  return Buffer.from(getRawAsset(name)).toString('utf8');
}

/** Names that begin with `prefix`, sorted. */
export function packedNames(prefix: string): string[] {
  return getAssetKeys()
    .filter((name) => name.startsWith(prefix))
    .sort();
}

/** Folders of systemd's or the system's in which we may keep files until the next boot, best first. */
function homes(env: NodeJS.ProcessEnv): string[] {
  const given = (name: string): string[] => env[name]?.split(':').slice(0, 1) ?? [];
  return [
    ...given('CACHE_DIRECTORY'),
    ...given('RUNTIME_DIRECTORY'),
    join(tmpdir(), `spanwatch-${process.getuid?.() ?? 0}`),
  ];
}

/** Makes the folder private; undefined when it is someone else's or cannot be made. */
function ownFolder(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const info = lstatSync(path);
    if (!info.isDirectory() || info.uid !== process.getuid?.()) return undefined;
    if ((info.mode & 0o022) !== 0) chmodSync(path, 0o700);
    return path;
  } catch {
    return undefined;
  }
}

/**
 * Unpacks the files below `prefix` ("plugins/") into a folder named after their content and returns it; does nothing
 * when an earlier start did. Throws when no folder can be written.
 */
export function unpackFolder(prefix: string, env: NodeJS.ProcessEnv = process.env): string {
  const names = packedNames(prefix);
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name}\0`).update(packedFile(name));
  const folder = `${prefix.replace(/\W+$/, '')}-${hash.digest('hex').slice(0, 16)}`;
  for (const home of homes(env)) {
    if (ownFolder(home) === undefined) continue;
    const done = join(home, folder);
    if (isOwn(done)) return done;
    const work = `${done}.${randomBytes(4).toString('hex')}.tmp`;
    try {
      for (const name of names) {
        const file = join(work, name.slice(prefix.length));
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        writeFileSync(file, packedFile(name), { mode: 0o400 });
      }
      renameSync(work, done);
      return done;
    } catch {
      rmSync(work, { recursive: true, force: true });
      // Another start of ours was faster, or the next folder has to do.
      if (isOwn(done)) return done;
    }
  }
  throw new Error(`cannot unpack ${prefix}: none of ${homes(env).join(', ')} can be written; set $CACHE_DIRECTORY`);
}

function isOwn(path: string): boolean {
  try {
    const info = lstatSync(path);
    return info.isDirectory() && info.uid === process.getuid?.() && readdirSync(path).length > 0;
  } catch {
    return false;
  }
}

/**
 * Loads the carried native module: written to a private folder, loaded, and unlinked at once (the mapping stays). Folders
 * may be mounted noexec (/run is on Debian), so each is tried. Throws what the last one said.
 */
export function loadPackedModule(name: string, load: (path: string) => void, env = process.env): void {
  const bytes = packedFile(name);
  const state = env['STATE_DIRECTORY']?.split(':')[0];
  let last = new Error(`no folder can be written of ${homes(env).join(', ')}`);
  for (const home of [...homes(env), ...(state ? [state] : [])]) {
    if (ownFolder(home) === undefined) continue;
    const file = join(home, `${randomBytes(8).toString('hex')}.node`);
    try {
      writeFileSync(file, bytes, { flag: 'wx', mode: 0o500 });
      load(file);
      return;
    } catch (error) {
      last = error as Error;
    } finally {
      rmSync(file, { force: true });
    }
  }
  throw last;
}

/** A file beside the bundle, which lies in dist/; also where a packed one finds what it carries. */
export function carriedBytes(name: string, folder: string): Uint8Array {
  return packed ? packedFile(name) : readFileSync(join(folder, name));
}
