/** Updates: what must be refused is, a cut in the middle costs nothing, forward, back, and a slot that does not start. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BOOT_MS, check, INSTALL_MS, type Machine, SLOT_A_MB, SLOT_B_MB, say, until } from './machine.ts';
import type { Page } from './page.ts';

const state = async (machine: Machine): Promise<string> => (await machine.slots()).get('state') ?? '';
const saying = async (machine: Machine): Promise<string> => (await machine.slots()).get('text') ?? '';

async function refused(machine: Machine, page: Page, bundle: Uint8Array, what: string, why: RegExp): Promise<void> {
  await page.sendUpdate(bundle);
  await until(`${what} is refused`, INSTALL_MS, async () => why.test(await saying(machine)));
  const slots = await machine.slots();
  check(slots.get('state') === 'failed' && slots.get('next') === 'A', `nothing was changed: ${slots.get('text')}`);
}

async function runs(machine: Machine, slot: 'A' | 'B', ms = BOOT_MS * 2): Promise<void> {
  await until(`slot ${slot} runs and is confirmed`, ms, async () => {
    const slots = await machine.slots();
    return slots.get('booted') === slot && slots.get('confirmed') === 'yes' && (await machine.answers());
  });
}

export interface Bundles {
  update: string;
  foreign?: string | undefined;
}

/** Begins with a machine that runs from slot A, ends with one that is off and runs from A. */
export async function updates(machine: Machine, page: Page, { update, foreign }: Bundles): Promise<void> {
  const bundle = readFileSync(update);
  const damaged = Buffer.from(bundle);
  damaged[damaged.length >> 1]! ^= 1;
  await refused(machine, page, damaged, 'a flipped byte', /damaged|no update/);
  if (foreign) await refused(machine, page, readFileSync(foreign), 'a foreign signature', /not signed/);

  await page.sendUpdate(bundle);
  await until('installing', INSTALL_MS, async () => (await state(machine)) === 'installing');
  await machine.cut();
  say('     power cut while the other slot is written');
  machine.start();
  await runs(machine, 'A');
  check((await machine.slots()).get('other_bootable') === 'no', 'the half written slot cannot be started');

  await page.sendUpdate(bundle);
  await until('installed to slot B', INSTALL_MS, async () => ['failed', 'installed'].includes(await state(machine)));
  check((await state(machine)) === 'installed', await saying(machine));
  await page.press('reboot');
  await sleep(3000);
  await runs(machine, 'B');
  const shown = await page.get('/settings/updates');
  check(shown.includes('0.0.1') && shown.includes('0.0.2'), 'signed in as before, the page shows both versions');
  check((await page.strangers()).size > 0, 'the alerts are still there');

  await page.press('other');
  await until('slot A is next', 60_000, async () => (await machine.slots()).get('next') === 'A');
  await page.press('reboot');
  await sleep(3000);
  await runs(machine, 'A');
  const history = await machine.shell('cut -f2 /data/update-history');
  for (const word of ['refused', 'installed', 'confirmed', 'switched'])
    check(history.includes(word), `the history has "${word}"`);
}

/** Slot B gets a system of a kernel and an initramfs alone. The machine must be off. */
function withoutInit(machine: Machine): void {
  const tree = join(machine.dir, 'no-init');
  const slot = join(machine.dir, 'no-init.slot');
  rmSync(tree, { recursive: true, force: true });
  const quiet = { stdio: 'pipe' } as const;
  const from = ['-o', String(SLOT_A_MB * 1_048_576), '-d', tree, machine.disk];
  execFileSync('unsquashfs', ['-q', '-n', ...from, 'boot/vmlinuz', 'boot/initrd.img'], quiet);
  execFileSync(
    'mksquashfs',
    [tree, slot, '-noappend', '-no-progress', '-quiet', '-noI', '-noD', '-noF', '-noX'],
    quiet,
  );
  execFileSync('dd', [`if=${slot}`, `of=${machine.disk}`, 'bs=1M', `seek=${SLOT_B_MB}`, 'conv=notrunc', 'status=none']);
}

/** The other slot is taken although its system has no init: three tries, then the version before. */
export async function fallback(machine: Machine, page: Page): Promise<void> {
  await page.press('other');
  await until('slot B is next', 60_000, async () => (await machine.slots()).get('next') === 'B');
  await machine.shell('sync; systemctl stop spanwatch; umount /boot/esp', 90_000);
  await machine.cut();
  withoutInit(machine);
  machine.start();
  const seconds = await until('a slot B without init falls back to A', BOOT_MS * 4, async () => {
    const slots = await machine.slots();
    return slots.get('booted') === 'A' && slots.get('confirmed') === 'yes';
  });
  say(`     power-on to the version before, confirmed: ${Math.round(seconds)} s`);
  check((await saying(machine)).includes('did not start'), await saying(machine));
}
