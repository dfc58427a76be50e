/** Opens Initial packets: RFC 9001 section 5. Anyone who sees the client's first packet can, so a watcher can as well. */
import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import type { Protection } from './versions.ts';

/** Keys of one direction. */
export interface InitialKeys {
  key: Buffer;
  iv: Buffer;
  hp: Buffer;
}

const BLOCK = 64;

/**
 * HMAC-SHA-256 (RFC 2104) from two one-shot digests: Node's Hmac object and its key cost five times as much for messages
 * as short as these, and a stranger's QUIC flow takes nine of them. Keys here have at most 32 bytes.
 */
function hmac(key: Uint8Array, data: Uint8Array): Buffer {
  const inner = Buffer.alloc(BLOCK + data.length, 0x36);
  const outer = Buffer.alloc(BLOCK + 32, 0x5c);
  for (let i = 0; i < key.length; i++) {
    inner[i]! ^= key[i]!;
    outer[i]! ^= key[i]!;
  }
  inner.set(data, BLOCK);
  outer.set(hash('sha256', inner, 'buffer'), BLOCK);
  return hash('sha256', outer, 'buffer');
}

const infos = new Map<string, Buffer>();

/** The HkdfLabel structure with an empty context; the labels are a handful of constants. */
function infoOf(label: string, length: number): Buffer {
  const id = `${label}/${length}`;
  let info = infos.get(id);
  if (info === undefined) {
    const name = Buffer.from(`tls13 ${label}`, 'latin1');
    info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
    infos.set(id, info);
  }
  return info;
}

/** HKDF-Expand-Label (RFC 8446 section 7.1) with an empty context, for at most 32 bytes: one round of HMAC. */
function expandLabel(secret: Uint8Array, label: string, length: number): Buffer {
  return hmac(secret, infoOf(label, length)).subarray(0, length);
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
