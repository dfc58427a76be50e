/**
 * Drives an x86-64 test image in QEMU: `node scripts/image-test.ts IMAGE.img UPDATE.raucb [FOREIGN.raucb] [--only PARTS]
 * [--cuts N] [--seed N]`. IMAGE is of `image/build amd64 --test`, UPDATE of another version, FOREIGN signed by other keys.
 * PARTS by commas: updates, fallback, faults, password, cuts; all but cuts by themselves. What each does stands in test/image/.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hang, killed, nothingLost, outOfMemory } from '../test/image/faults.ts';
import { BOOT_FILE, firstStart, forgottenPassword } from '../test/image/first-start.ts';
import { check, Machine, say } from '../test/image/machine.ts';
import { Hook } from '../test/image/page.ts';
import { powerCuts } from '../test/image/power-cuts.ts';
import { fallback, updates } from '../test/image/updates.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, cuts: { type: 'string' }, seed: { type: 'string' }, keep: { type: 'boolean' } },
});
const [image, update, foreign] = positionals;
if (!image || !update) {
  process.stderr.write(
    'usage: node scripts/image-test.ts IMAGE.img UPDATE.raucb [FOREIGN.raucb] [--only PARTS] [--cuts N] [--seed N]\n',
  );
  process.exit(2);
}
const parts = (values.only ?? `updates,fallback,faults,password${values.cuts === undefined ? '' : ',cuts'}`).split(',');
const dir = mkdtempSync(join(tmpdir(), 'spanwatch-vm-'));
const machine = new Machine({ dir });
const hook = new Hook();

async function whole(): Promise<void> {
  await machine.cut();
  const faults = machine.fileSystemFaults();
  check(faults === '', `after a power cut the data partition is whole ${faults}`);
}

async function drive(): Promise<void> {
  await hook.open();
  machine.flash(image!, BOOT_FILE);
  machine.start();
  const page = await firstStart(machine, hook);
  let next = 1000;
  if (parts.includes('updates')) await updates(machine, page, { update: update!, foreign });
  if (parts.includes('faults')) {
    await hang(machine);
    await outOfMemory(machine, page);
    next = await killed(machine, page, hook, next, 3);
  }
  if (parts.includes('fallback')) await fallback(machine, page);
  await nothingLost(page, hook);
  await whole();
  if (parts.includes('cuts')) {
    const cuts = { cuts: Number(values.cuts ?? 30), seed: Number(values.seed ?? 1), first: next, update: update! };
    await powerCuts(machine, page, hook, cuts);
  }
  if (parts.includes('password')) {
    await forgottenPassword(machine);
    await whole();
  }
}

try {
  await drive();
  say('image-test: passed');
} catch (error) {
  say((error as Error).message);
  say(`the serial port's last words: ${machine.lastWords()}`);
  process.exitCode = 1;
} finally {
  await machine.cut();
  hook.close();
  if (values.keep) say(`kept ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
}
