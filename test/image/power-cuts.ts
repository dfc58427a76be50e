/**
 * Power cuts at random moments: while it starts, while alerts are written, while an update is installed. Each cut is followed by
 * a check of the data partition from outside; every few cuts the machine must start whole with all that was acknowledged.
 * What is emulated: the guest loses what it had not flushed; the disk's own cache is kept, as of an honest disk.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { nothingLost } from './faults.ts';
import { BOOT_MS, check, type Machine, say, until } from './machine.ts';
import { type Hook, type Page, strangeDns, toldMore } from './page.ts';

/** Small, seeded: a run can be repeated. */
function random(seed: number): () => number {
  let x = seed >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

export interface CutOptions {
  cuts: number;
  seed: number;
  /** The first DNS server's number that was not used before. */
  first: number;
  update: string;
}

/** Begins with a machine that is off and was set up by firstStart; ends with one that is off. */
export async function powerCuts(machine: Machine, page: Page, hook: Hook, options: CutOptions): Promise<void> {
  const dice = random(options.seed);
  const bundle = readFileSync(options.update);
  const kinds = { start: 0, writing: 0, installing: 0 };
  let next = options.first;
  for (let n = 0; n < options.cuts; n++) {
    const kind = n % 5 === 4 ? 'installing' : n % 5 === 1 || n % 5 === 3 ? 'writing' : 'start';
    machine.start();
    if (kind === 'start') await sleep(dice() * 60_000);
    else {
      await until(
        'starts',
        BOOT_MS * 2,
        async () => (await machine.answers()) && (await machine.capturing()) && (await machine.confirmed()),
      );
      await nothingLost(page, hook);
      if (kind === 'installing') {
        await page.sendUpdate(bundle);
        await sleep(dice() * 30_000);
      } else {
        const load = machine.mirror(strangeDns(next, 400), 4);
        next += 400;
        check(await toldMore(hook, hook.told.size, 120_000), 'alerts are sent on');
        await sleep(dice() * 5000);
        await machine.cut();
        await load;
      }
    }
    await machine.cut();
    kinds[kind] += 1;
    const faults = machine.fileSystemFaults();
    check(faults === '', `cut ${n + 1} of ${options.cuts} (${kind}): the data partition is whole ${faults}`);
  }
  machine.start();
  await until(
    'starts after the last cut',
    BOOT_MS * 2,
    async () => (await machine.capturing()) && (await machine.confirmed()),
  );
  await nothingLost(page, hook);
  await machine.cut();
  say(
    `     ${options.cuts} power cuts: ${kinds.start} starting, ${kinds.writing} writing, ${kinds.installing} installing`,
  );
}
