/** One appliance per state folder: two would write over each other's files. */
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processIdentity } from './process-identity.ts';

export interface Lock {
  release(): Promise<void>;
}

/** Takes the lock of a state folder; rejects with the holder's pid when it is held. A dead holder's lock is taken over. */
export async function takeLock(stateDir: string): Promise<Lock> {
  const path = join(stateDir, 'spanwatch.lock');
  const mine = `${process.pid} ${(await processIdentity(process.pid)) ?? ''}\n`;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(path, 'wx', 0o600);
      await handle.writeFile(mine);
      await handle.close();
      return { release: () => rm(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new Error(`cannot lock the state folder ${stateDir}: ${(error as Error).message}`);
      }
    }
    const [pid = '', identity = ''] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
    const holder = Number(pid);
    if (Number.isInteger(holder) && holder > 0 && identity !== '' && (await processIdentity(holder)) === identity) {
      throw new Error(
        `another spanwatch (pid ${holder}) uses the state folder ${stateDir}: stop it or choose another --state`,
      );
    }
    await rm(path, { force: true });
  }
  throw new Error(`cannot lock the state folder ${stateDir}: others keep taking ${path}`);
}
