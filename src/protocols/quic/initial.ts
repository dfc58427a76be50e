/** Opens Initial packets: RFC 9001 section 5. Anyone who sees the client's first packet can, so a watcher can as well. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { Protection } from './versions.ts';

/** Keys of one direction. */
export interface InitialKeys {
  key: Buffer;
  iv: Buffer;
  hp: Buffer;
}

const hmac = (key: Uint8Array, data: Uint8Array): Buffer => createHmac('sha256', key).update(data).digest();

/** HKDF-Expand-Label (RFC 8446 section 7.1) with an empty context, for at most 32 bytes: one round of HMAC. */
function expandLabel(secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return hmac(secret, info).subarray(0, length);
}

export function initialKeys(protection: Protection, dcid: Uint8Array, side: 'client' | 'server'): InitialKeys {
  const secret = expandLabel(hmac(protection.salt, dcid), `${side} in`, 32);
  return {
    key: expandLabel(secret, `${protection.label} key`, 16),
    iv: expandLabel(secret, `${protection.label} iv`, 12),
    hp: expandLabel(secret, `${protection.label} hp`, 16),
  };
}

/**
 * Opens the packet buf[at, end) whose packet number begins at numberAt; undefined when the keys do not fit.
 * RFC 9001 sections 5.3 and 5.4.
 */
export function openInitial(
  keys: InitialKeys,
  buf: Uint8Array,
  at: number,
  numberAt: number,
  end: number,
): Uint8Array | undefined {
  if (end - numberAt < 4 + 16 || end > buf.length) return undefined;
  const block = createCipheriv('aes-128-ecb', keys.hp, null);
  const mask = block.update(buf.subarray(numberAt + 4, numberAt + 20));
  const first = buf[at]! ^ (mask[0]! & 0x0f);
  const numberLength = (first & 3) + 1;
  const header = Buffer.from(buf.subarray(at, numberAt + numberLength));
  header[0] = first;
  const nonce = Buffer.from(keys.iv);
  for (let i = 0; i < numberLength; i++) {
    const byte = buf[numberAt + i]! ^ mask[1 + i]!;
    header[numberAt - at + i] = byte;
    nonce[12 - numberLength + i]! ^= byte;
  }
  try {
    const open = createDecipheriv('aes-128-gcm', keys.key, nonce);
    open.setAAD(header);
    open.setAuthTag(buf.subarray(end - 16, end));
    const plain = open.update(buf.subarray(numberAt + numberLength, end - 16));
    open.final();
    return plain;
  } catch {
    return undefined;
  }
}
