/** Replacing a small file so that a power cut leaves either the old or the new one, whole. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDir } from '../alerts/sync.ts';

let serial = 0;

/** Writes `text` to `path` by way of a temporary file beside it; resolves once the medium has it. Mode 0600. */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  serial += 1;
  const temporary = `${path}.${process.pid}-${serial}.new`;
  try {
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncDir(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw new Error(`cannot write ${path}: ${(error as Error).message}`);
  }
}
