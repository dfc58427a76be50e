/**
 * The owner's settings file, boot-file.txt in the state folder: the appliance's start puts there what was new in spanwatch.txt on
 * the boot partition (image/root/usr/lib/spanwatch/set-up-network), and the owner of another machine may put it there by hand.
 * It is applied once and removed. Ports and addresses are root's to read; here are the password and the mirror port.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hashPassword, passwordFault } from '../admin/password.ts';
import { log } from '../log.ts';
import type { Settings } from './settings-schema.ts';

/** What set-up-network chose when the owner's file said nothing. */
const MIRROR = '/run/spanwatch-boot/mirror';
const HASH = /^scrypt\$\d{1,2}\$\d{1,2}\$\d\$[\w-]+\$[\w-]+$/;
const PORT = /^[A-Za-z0-9._-]{1,15}$/;

/** "key = value" lines; a later one wins. Comments and what is not such a line are left out. */
export function parseBootFile(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.slice(0, 8192).split(/\r?\n/)) {
    const found = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (found && found[2] !== '') values.set(found[1]!, found[2]!);
  }
  return values;
}

/** The settings that the file changes; each line that makes no sense is a sentence in `faults`. */
export async function settingsOf(text: string): Promise<{ change: Partial<Settings>; faults: string[] }> {
  const values = parseBootFile(text);
  const change: Partial<Settings> = {};
  const faults: string[] = [];
  const password = values.get('password');
  const hash = values.get('password_hash');
  if (values.get('reset_password')?.toLowerCase() === 'yes') change.passwordHash = '';
  if (hash !== undefined) {
    if (HASH.test(hash)) change.passwordHash = hash;
    else faults.push('password_hash is not what "spanwatch hash-password" prints');
  }
  if (password !== undefined) {
    const fault = passwordFault(password, ['spanwatch']);
    if (fault === undefined) change.passwordHash = await hashPassword(password);
    else faults.push(`password is not good enough (${fault})`);
  }
  const mirror = values.get('mirror_port');
  if (mirror !== undefined) {
    if (PORT.test(mirror)) change.interface = mirror;
    else faults.push('mirror_port is not the name of a port, such as eth1');
  }
  return { change, faults };
}

export interface BootFileOptions {
  stateDir: string;
  settings: { get(): Readonly<Settings>; update(change: Partial<Settings>): Promise<void> };
  mirrorFile?: string;
}

/** Never rejects: a file that cannot be read or applied is a line in the log. */
export async function applyBootFile(options: BootFileOptions): Promise<void> {
  const { settings } = options;
  const file = join(options.stateDir, 'boot-file.txt');
  try {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) {
      const { change, faults } = await settingsOf(text);
      for (const fault of faults) log('error', 'settings', `spanwatch.txt: ${fault}`);
      if (Object.keys(change).length > 0) {
        await settings.update(change);
        log('warn', 'settings', `spanwatch.txt: took over ${Object.keys(change).join(', ')}`);
      }
      await rm(file, { force: true });
    }
    if (settings.get().interface !== '') return;
    const mirror = (await readFile(options.mirrorFile ?? MIRROR, 'utf8').catch(() => '')).trim();
    if (PORT.test(mirror)) await settings.update({ interface: mirror });
  } catch (error) {
    log('error', 'settings', `spanwatch.txt cannot be applied: ${(error as Error).message}`);
  }
}

/** `spanwatch hash-password`: resolves to 0, or 1 for a password that the page would refuse. */
export async function hashCommand(): Promise<number> {
  if (process.stdin.isTTY) process.stderr.write('password (it is shown while you type), then Enter and Ctrl-D:\n');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  const password = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  const fault = passwordFault(password, ['spanwatch']);
  if (fault !== undefined) {
    process.stderr.write(`hashing the password: it is not good enough (${fault})\n`);
    return 1;
  }
  process.stdout.write(`${await hashPassword(password)}\n`);
  return 0;
}
