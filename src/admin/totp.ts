/** One-time codes of RFC 6238: SHA-1, 30 s, six digits, as every authenticator takes them. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const STEP_MS = 30_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** A phone's clock may be this many steps off. */
const DRIFT = 1;

/** 160 random bits in base32 (RFC 4648). */
export function newTotpSecret(): string {
  let bits = 0n;
  for (const byte of randomBytes(20)) bits = (bits << 8n) | BigInt(byte);
  let out = '';
  for (let at = 155n; at >= 0n; at -= 5n) out += ALPHABET[Number((bits >> at) & 31n)];
  return out;
}

function bytesOf(secret: string): Buffer {
  let bits = 0n;
  for (const c of secret) bits = (bits << 5n) | BigInt(Math.max(0, ALPHABET.indexOf(c)));
  return Buffer.from(bits.toString(16).padStart((secret.length * 5) / 4, '0'), 'hex');
}

/** RFC 4226 5.3 of a step. */
export function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest();
  const at = mac[19]! & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** For authenticators: otpauth://totp/… */
export function totpUri(secret: string, user: string, box: string): string {
  const label = encodeURIComponent(`${box}:${user}`);
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(box)}`;
}

/** Checks codes; each is good once (RFC 6238 5.2). */
export class TotpCheck {
  /** Account: the last step that was used. */
  readonly #used = new Map<string, number>();

  fits(user: string, secret: string, code: string, nowMs: number): boolean {
    const given = code.replace(/\s/g, '');
    if (!/^\d{6}$/.test(given)) return false;
    const now = Math.floor(nowMs / STEP_MS);
    for (let step = now - DRIFT; step <= now + DRIFT; step++) {
      if (step <= (this.#used.get(user) ?? 0)) continue;
      if (!timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(given))) continue;
      this.#used.set(user, step);
      if (this.#used.size > 64) this.#used.delete(this.#used.keys().next().value!);
      return true;
    }
    return false;
  }
}
