/** Getting bytes onto the medium: what fsync(2) asks for data and, after a rename, for the folder. */
import { open } from 'node:fs/promises';

/** Flushes what was appended to `file`; returns its size in bytes. */
export async function syncFile(file: string): Promise<number> {
  const handle = await open(file, 'r+');
  try {
    await handle.datasync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

/** Makes a rename or a new file in `dir` last. */
export async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
