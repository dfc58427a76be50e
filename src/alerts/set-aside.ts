/** Files that could not be read are kept beside the good one, with a date in the name, a few at most. */
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Damaged files kept per store; a card that fails would otherwise fill with them. */
export const SET_ASIDE_LIMIT = 3;

const MARK = '.damaged-';

/** Name for a damaged copy of `file`: "alerts.db.damaged-2026-11-23T22-40-00.123Z". */
export function damagedName(file: string, nowMs: number): string {
  return `${file}${MARK}${new Date(nowMs).toISOString().replaceAll(':', '-')}`;
}

/** Moves `file` out of the way and removes the oldest of its kind beyond the limit. Returns the new path. */
export async function setAside(file: string, nowMs: number): Promise<string> {
  const aside = damagedName(file, nowMs);
  await rename(file, aside);
  await pruneAside(file);
  return aside;
}

/** Removes all but the newest SET_ASIDE_LIMIT damaged copies of `file`; a date sorts as text. */
export async function pruneAside(file: string): Promise<void> {
  const start = `${basename(file)}${MARK}`;
  const names = (await readdir(dirname(file))).filter((name) => name.startsWith(start)).sort();
  for (const name of names.slice(0, -SET_ASIDE_LIMIT)) await rm(join(dirname(file), name), { force: true });
}
