/** Passwords: what is accepted, how they are kept (scrypt, RFC 7914) and compared. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { COMMON_PASSWORDS } from './data/common-passwords.ts';

export const MIN_LENGTH = 10;
/** Longer input is refused before it costs anything. */
export const MAX_LENGTH = 256;

/** 32 MiB and about 100 ms on a desktop core, half a second on a Pi 3. */
const COST = { logN: 15, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
/** Derivations that may wait; each holds 32 MiB while it runs, so one runs at a time. */
const MAX_WAITING = 8;

export class BusyError extends Error {}

let tail: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** One scrypt at a time. Rejects with BusyError when too many wait already. */
function derive(password: string, salt: Buffer, logN: number, r: number, p: number): Promise<Buffer> {
  if (waiting >= MAX_WAITING) return Promise.reject(new BusyError('too many sign-ins at once, try again in a moment'));
  waiting++;
  const options: ScryptOptions = { N: 2 ** logN, r, p, maxmem: 64 * 1024 * 1024 };
  const run = tail.then(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        scrypt(password.normalize('NFC'), salt, KEY_BYTES, options, (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      }),
  );
  tail = run.then(
    () => waiting--,
    () => waiting--,
  );
  return run;
}

/** "scrypt$15$8$1$<salt>$<key>", base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST.logN, COST.r, COST.p);
  return `scrypt$${COST.logN}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** False for a wrong password and for a hash that is not ours; costs the same time in both cases. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d)\$([\w-]+)\$([\w-]+)$/.exec(stored);
  const [logN, r, p] = match === null ? [15, 8, 1] : [Number(match[1]), Number(match[2]), Number(match[3])];
  const usable = match !== null && logN <= 15 && r <= 8 && p === 1 && password.length <= MAX_LENGTH;
  const salt = usable ? Buffer.from(match[4]!, 'base64url') : Buffer.alloc(16);
  const key = await derive(usable ? password : '', salt, usable ? logN : 15, usable ? r : 8, 1);
  const expected = usable ? Buffer.from(match[5]!, 'base64url') : Buffer.alloc(KEY_BYTES, 1);
  return expected.length === key.length && timingSafeEqual(expected, key) && usable;
}

export type PasswordFault = 'short' | 'long' | 'common' | 'simple' | 'name';

/** Letters that people swap for digits and signs, taken back before the list is asked. */
const LEET: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

function isCommon(password: string): boolean {
  const lower = password.toLowerCase();
  const plain = lower.replace(/[013457@$!]/g, (c) => LEET[c]!);
  for (const form of [lower, plain]) {
    const core = form.replace(/^[^a-z]+|[^a-z]+$/g, '');
    const words = core.split(/[^a-z]+/);
    if (COMMON_PASSWORDS.has(form) || COMMON_PASSWORDS.has(core)) return true;
    // The same word again and again, or two of the list in a row with nothing else: "adminadmin", "password-admin".
    if (words.length > 1 && words.every((w) => COMMON_PASSWORDS.has(w))) return true;
    for (let at = 3; at <= core.length - 3; at++) {
      if (COMMON_PASSWORDS.has(core.slice(0, at)) && COMMON_PASSWORDS.has(core.slice(at))) return true;
    }
  }
  return false;
}

/** One character over and over, a run of neighbours ("abcdefghij", "9876543210") or a short piece repeated. */
function isSimple(password: string): boolean {
  const chars = [...password.toLowerCase()];
  if (new Set(chars).size < 5) return true;
  let steps = 0;
  for (let i = 1; i < chars.length; i++) {
    const d = chars[i]!.codePointAt(0)! - chars[i - 1]!.codePointAt(0)!;
    if (d >= -1 && d <= 1) steps++;
  }
  return steps >= chars.length * 0.7 || /^(.{1,4})\1+$/s.test(password);
}

/** Why a password is refused; undefined when it is good enough. `names` are words that belong to this box. */
export function passwordFault(password: string, names: readonly string[]): PasswordFault | undefined {
  if ([...password].length < MIN_LENGTH) return 'short';
  if (password.length > MAX_LENGTH) return 'long';
  const core = password.toLowerCase().replace(/[^\p{L}]+/gu, '');
  if (names.some((n) => n.length > 2 && core === n.toLowerCase().replace(/[^\p{L}]+/gu, ''))) return 'name';
  if (isSimple(password)) return 'simple';
  if (isCommon(password)) return 'common';
  return undefined;
}

/** 0 (refused) to 4 (strong); the page's script shows the same while one types. */
export function passwordStrength(password: string, names: readonly string[]): 0 | 1 | 2 | 3 | 4 {
  if (passwordFault(password, names) !== undefined) return 0;
  const distinct = new Set(password).size;
  const points = [...password].length + (distinct > 9 ? 2 : 0) + (/[^a-z]/i.test(password) ? 2 : 0);
  return points >= 22 ? 4 : points >= 18 ? 3 : points >= 14 ? 2 : 1;
}
