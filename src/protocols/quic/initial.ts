/**
 * Opens Initial packets: RFC 9001 section 5. Anyone who sees the client's first packet can, so a watcher can as well. The
 * tag is not verified: whether the keys fit shows in the frames, and a packet that was damaged on its way misleads nobody
 * but us. A packet is decrypted only as far as its reader asks.
 */
import { counterMode, encryptBlock, expandKey } from '../crypto/aes.ts';
import { HmacKey } from '../crypto/sha256.ts';
import type { Protection } from './versions.ts';

/** Keys of one direction, ready for use. */
export interface InitialKeys {
  key: Int32Array;
  iv: Uint8Array;
  hp: Int32Array;
}

const TAG = 16;
/** An Initial fits a datagram; larger ones are read this far. */
const MAX_PLAIN = 4096;

const salts = new Map<Protection, HmacKey>();
const secretKey = new HmacKey();
const secret = new Uint8Array(32);
const okm = new Uint8Array(32);
const infos = new Map<string, Uint8Array>();

/** The HkdfLabel structure with an empty context and the one byte of HKDF's counter; the labels are a handful of constants. */
function infoOf(label: string, length: number): Uint8Array {
  let info = infos.get(label);
  if (info === undefined) {
    const name = Buffer.from(`tls13 ${label}`, 'latin1');
    info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
    infos.set(label, info);
  }
  return info;
}

/** HKDF-Expand-Label (RFC 8446 section 7.1) with an empty context, for at most 32 bytes, which are valid until the next call. */
function expandLabel(label: string, length: number): Uint8Array {
  const info = infoOf(label, length);
  secretKey.sign(info, info.length, okm);
  return okm;
}

/** The secrets of RFC 9001 section 5.1: key in [0, 16), iv in [16, 28), header protection in [28, 44). */
export function initialSecrets(protection: Protection, dcid: Uint8Array, side: 'client' | 'server'): Uint8Array {
  let salt = salts.get(protection);
  if (!salt) salts.set(protection, (salt = new HmacKey().set(protection.salt, protection.salt.length)));
  salt.sign(dcid, dcid.length, secret);
  secretKey.set(secret, 32);
  secret.set(expandLabel(side === 'client' ? 'client in' : 'server in', 32));
  secretKey.set(secret, 32);
  const out = new Uint8Array(44);
  const v2 = protection.label === 'quicv2';
  out.set(expandLabel(v2 ? 'quicv2 key' : 'quic key', 16).subarray(0, 16), 0);
  out.set(expandLabel(v2 ? 'quicv2 iv' : 'quic iv', 12).subarray(0, 12), 16);
  out.set(expandLabel(v2 ? 'quicv2 hp' : 'quic hp', 16).subarray(0, 16), 28);
  return out;
}

export function initialKeys(protection: Protection, dcid: Uint8Array, side: 'client' | 'server'): InitialKeys {
  const secrets = initialSecrets(protection, dcid, side);
  return {
    key: expandKey(secrets.subarray(0, 16)),
    iv: secrets.subarray(16, 28),
    hp: expandKey(secrets.subarray(28, 44)),
  };
}

const mask = new Uint8Array(16);
const nonce = new Uint8Array(12);

/** The packet that is being read; one at a time. */
export class InitialPacket {
  /** Decrypted in [0, ready), of `length` bytes that it has. */
  readonly plain = new Uint8Array(MAX_PLAIN);
  length = 0;
  #ready = 0;
  #keys: InitialKeys | undefined;
  #buf: Uint8Array = this.plain;
  #at = 0;

  /**
   * Begins with the packet buf[at, end) whose packet number begins at numberAt; false when the header under these keys
   * cannot be. RFC 9001 sections 5.3 and 5.4. buf must stay as it is while the packet is read.
   */
  open(keys: InitialKeys, buf: Uint8Array, at: number, numberAt: number, end: number): boolean {
    if (end - numberAt < 4 + TAG || end > buf.length) return false;
    encryptBlock(keys.hp, buf, numberAt + 4, mask);
    const first = buf[at]! ^ (mask[0]! & 0x0f);
    // The reserved bits are zero before protection: RFC 9000 section 17.2.
    if (first & 0x0c) return false;
    const numberLength = (first & 3) + 1;
    nonce.set(keys.iv);
    for (let i = 0; i < numberLength; i++) {
      const byte = buf[numberAt + i]! ^ mask[1 + i]!;
      nonce[12 - numberLength + i] = nonce[12 - numberLength + i]! ^ byte;
    }
    this.#keys = keys;
    this.#buf = buf;
    this.#at = numberAt + numberLength;
    this.#ready = 0;
    this.length = Math.min(end - TAG - this.#at, MAX_PLAIN);
    return this.length > 0;
  }

  /** Decrypts up to `end` and a little more. */
  need(end: number): void {
    if (end <= this.#ready || this.#ready >= this.length) return;
    const to = Math.min(this.length, (end + 63) & ~63);
    counterMode(this.#keys!.key, nonce, this.#buf, this.#at, this.#ready, to, this.plain);
    this.#ready = to;
  }
}
