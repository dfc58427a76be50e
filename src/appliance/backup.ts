/**
 * Backups: settings (secrets among them), configuration, exclusions, names, the owner's plugins. All of it is encrypted
 * with a passphrase (scrypt, AES-256-GCM); the head says in the clear only which box and version made it.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { migrate } from './migrations.ts';
import { defaultSettings, SETTINGS_KEYS, SETTINGS_RULES, SETTINGS_VERSION, type Settings } from './settings-schema.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

/** Bounds of backups, one reason each. */
export const BACKUP_LIMITS = {
  /** Bytes of all files together, unpacked: configuration and some hundred plugins. */
  plain: 24_000_000,
  /** Characters of a backup file: base64 of the packed files with room. */
  text: 32_000_000,
  files: 2000,
  /** Shortest passphrase: a backup can be guessed at for ever. */
  passphrase: 10,
} as const;

const FORMAT = 1;
const KDF = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
/** Files of the state folder that travel; alerts, history and evidence stay where they are. */
const FILES = ['config.db', 'exclusions.db', 'devices.jsonl', 'plugin-store.json', 'tls.json'];
const FOLDERS = ['plugins'];

/** True for a path that a backup may hold: no way out of the state folder, nothing hidden. */
export function travels(path: string): boolean {
  if (path.length > 300 || !/^[\w][\w. -]*(\/[\w][\w. -]*)*$/.test(path)) return false;
  const parts = path.split('/');
  if (parts.some((p) => p === '' || p.startsWith('.') || p.endsWith('.'))) return false;
  return parts.length === 1 ? FILES.includes(path) : FOLDERS.includes(parts[0]!);
}

/** A refusal in a sentence for the owner. */
export class BackupError extends Error {}

interface Content {
  settingsVersion: number;
  settings: { [key: string]: unknown };
  /** Path below the state folder: base64. */
  files: { [path: string]: string };
}

interface Head {
  product: 'spanwatch';
  format: number;
  version: string;
  name: string;
  atMs: number;
}

const derive = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 32, KDF, (error, key) => (error === null ? resolve(key) : reject(error)));
  });

async function collect(stateDir: string): Promise<Content['files']> {
  const files: Content['files'] = {};
  let bytes = 0;
  let count = 0;
  async function take(path: string): Promise<void> {
    if (!travels(path)) return;
    const data = await readFile(join(stateDir, path));
    bytes += data.length;
    count += 1;
    if (bytes > BACKUP_LIMITS.plain || count > BACKUP_LIMITS.files)
      throw new BackupError(
        `there is more than ${BACKUP_LIMITS.plain / 1e6} MB to save: remove what is large from the plugins folder`,
      );
    files[path] = data.toString('base64');
  }
  async function walk(folder: string, depth: number): Promise<void> {
    if (depth > 8) return;
    const entries = await readdir(join(stateDir, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      // Links are not followed: they may lead anywhere.
      if (entry.isDirectory()) await walk(`${folder}/${entry.name}`, depth + 1);
      else if (entry.isFile()) await take(`${folder}/${entry.name}`);
    }
  }
  for (const name of FILES) {
    await take(name).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  for (const folder of FOLDERS) await walk(folder, 0);
  return files;
}

/** The text of a backup file. Rejects with a BackupError when there is too much or the passphrase is too short. */
export async function makeBackup(
  stateDir: string,
  settings: Readonly<Settings>,
  passphrase: string,
  about: { version: string; nowMs: number },
): Promise<string> {
  if ([...passphrase].length < BACKUP_LIMITS.passphrase)
    throw new BackupError(`the passphrase must have at least ${BACKUP_LIMITS.passphrase} characters`);
  const content: Content = { settingsVersion: SETTINGS_VERSION, settings, files: await collect(stateDir) };
  const plain = await promisify(gzip)(JSON.stringify(content));
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const head: Head = {
    product: 'spanwatch',
    format: FORMAT,
    version: about.version,
    name: settings.name,
    atMs: about.nowMs,
  };
  const cipher = createCipheriv('aes-256-gcm', await derive(passphrase, salt), iv);
  cipher.setAAD(Buffer.from(JSON.stringify(head)));
  const data = Buffer.concat([cipher.update(plain), cipher.final()]);
  const box = {
    salt: salt.toString('base64'),
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
  return `${JSON.stringify({ head, box })}\n`;
}

type Fields = { [key: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Opened {
  head: Head;
  settings: Settings;
  files: Map<string, Buffer>;
  /** Settings that this version does not take; their defaults are used. */
  skipped: string[];
}

function parse(text: string): { head: Head; box: Fields } {
  if (text.length > BACKUP_LIMITS.text) throw new BackupError('this file is larger than a backup can be');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new BackupError('this file is not a backup of spanwatch');
  }
  if (
    !isFields(parsed) ||
    !isFields(parsed['head']) ||
    !isFields(parsed['box']) ||
    parsed['head']['product'] !== 'spanwatch'
  )
    throw new BackupError('this file is not a backup of spanwatch');
  const head = parsed['head'] as unknown as Head;
  if (!Number.isInteger(head.format) || head.format > FORMAT)
    throw new BackupError('this backup was made by a newer version: update this box first');
  return { head, box: parsed['box'] };
}

async function decrypt(head: Head, box: Fields, passphrase: string): Promise<unknown> {
  const bytes = (name: string): Buffer => Buffer.from(typeof box[name] === 'string' ? box[name] : '', 'base64');
  const wrong = new BackupError('the passphrase does not fit, or the file was changed');
  const [salt, iv, tag] = [bytes('salt'), bytes('iv'), bytes('tag')];
  if (salt.length !== 16 || iv.length !== 12 || tag.length !== 16) throw wrong;
  const decipher = createDecipheriv('aes-256-gcm', await derive(passphrase, salt), iv);
  decipher.setAAD(Buffer.from(JSON.stringify(head)));
  decipher.setAuthTag(tag);
  try {
    const plain = Buffer.concat([decipher.update(bytes('data')), decipher.final()]);
    // Who has the passphrase could still hand us a bomb.
    const text = await promisify(gunzip)(plain, { maxOutputLength: BACKUP_LIMITS.plain * 2 });
    return JSON.parse(text.toString('utf8'));
  } catch {
    throw wrong;
  }
}

/** Checks and decrypts a backup; nothing is changed yet. Rejects with a BackupError. */
export async function openBackup(text: string, passphrase: string): Promise<Opened> {
  const { head, box } = parse(text);
  const content = await decrypt(head, box, passphrase);
  if (!isFields(content) || !isFields(content['settings']) || !isFields(content['files']))
    throw new BackupError('this backup holds nothing that can be read');
  const version = content['settingsVersion'];
  if (!Number.isInteger(version) || (version as number) > SETTINGS_VERSION)
    throw new BackupError('this backup was made by a newer version: update this box first');
  const stored = migrate(content['settings'], version as number, SETTINGS_VERSION);
  const settings = defaultSettings();
  const skipped: string[] = [];
  for (const key of SETTINGS_KEYS) {
    if (!Object.hasOwn(stored, key)) continue;
    if (SETTINGS_RULES[key].wrong(stored[key]) === undefined) Object.assign(settings, { [key]: stored[key] });
    else skipped.push(key);
  }
  const files = new Map<string, Buffer>();
  for (const [path, data] of Object.entries(content['files'])) {
    if (!travels(path) || typeof data !== 'string')
      throw new BackupError(`this backup holds a file that has no place here: ${path.slice(0, 80)}`);
    if (files.size >= BACKUP_LIMITS.files) throw new BackupError('this backup holds too many files');
    files.set(path, Buffer.from(data, 'base64'));
  }
  return { head, settings, files, skipped };
}

/** Replaces what is in the state folder by the backup. The appliance must not be running. */
export async function applyBackup(stateDir: string, opened: Opened): Promise<void> {
  for (const name of [...FILES, ...FOLDERS, 'sessions.json'])
    await rm(join(stateDir, name), { recursive: true, force: true });
  for (const [path, data] of opened.files) {
    await mkdir(dirname(join(stateDir, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(stateDir, path), data, { mode: 0o600, flush: true });
  }
  const file = { version: SETTINGS_VERSION, settings: opened.settings };
  await writeFileAtomic(join(stateDir, 'settings.json'), `${JSON.stringify(file, null, 2)}\n`);
}

/** What stays at a factory reset: the lock that is held, and the folder of the engine's socket. */
const KEPT = ['spanwatch.lock', 'run'];

/** Empties the state folder. The appliance must not be running. */
export async function eraseState(stateDir: string): Promise<void> {
  for (const name of await readdir(stateDir)) {
    if (!KEPT.includes(name)) await rm(join(stateDir, name), { recursive: true, force: true });
  }
}
