/** SSH_MSG_KEXINIT, RFC 4253 sections 6 and 7.1, and its fingerprint HASSH (Salesforce's specification). */
import { createHash } from 'node:crypto';
import type { Cursor } from '../kit.ts';

const KEXINIT = 20;
/** RFC 4253 section 6.1: implementations must take 35,000 bytes; a KEXINIT has no reason to need more. */
const MAX_PACKET = 35_000;
const LISTS = 10;
const MAX_LIST = 4096;

/** The name-lists in the order of the message. */
export interface KexInit {
  kex: string;
  hostKeys: string;
  ciphersToServer: string;
  ciphersToClient: string;
  macsToServer: string;
  macsToClient: string;
  compressionToServer: string;
  compressionToClient: string;
}

/** Reads the first binary packet at the cursor: 'more' until it is all there, undefined when it is no KEXINIT. */
export function readKexInit(c: Cursor): KexInit | 'more' | undefined {
  if (c.left < 6) return 'more';
  const length = c.peek32(0);
  if (length < 22 || length > MAX_PACKET || c.peek8(5) !== KEXINIT) return undefined;
  if (!c.has(4 + length)) return 'more';
  c.skip(6 + 16);
  const lists: string[] = [];
  for (let i = 0; i < LISTS; i++) {
    const size = c.u32();
    if (!c.has(size)) return undefined;
    const next = c.pos + size;
    lists.push(c.text(Math.min(size, MAX_LIST)));
    c.pos = next;
  }
  const [kex, hostKeys, ciphersToServer, ciphersToClient, macsToServer, macsToClient, compressionToServer, back] =
    lists as [string, string, string, string, string, string, string, string];
  return {
    kex,
    hostKeys,
    ciphersToServer,
    ciphersToClient,
    macsToServer,
    macsToClient,
    compressionToServer,
    compressionToClient: back,
  };
}

const md5 = (parts: readonly string[]): string => createHash('md5').update(parts.join(';')).digest('hex');

/** MD5 of key exchange, ciphers, MACs and compression that the client offers for its own direction. */
export const hassh = (k: KexInit): string => md5([k.kex, k.ciphersToServer, k.macsToServer, k.compressionToServer]);
/** The same of the server, for its direction. */
export const hasshServer = (k: KexInit): string =>
  md5([k.kex, k.ciphersToClient, k.macsToClient, k.compressionToClient]);

/** Algorithms that RFC 9142, RFC 8758 and RFC 6194 advise against; the first one offered, "" when there is none. */
export function weakAlgorithm(k: KexInit, side: 'client' | 'server'): string {
  const [ciphers, macs] = side === 'client' ? [k.ciphersToServer, k.macsToServer] : [k.ciphersToClient, k.macsToClient];
  for (const name of `${k.kex},${ciphers},${macs}`.split(',')) if (WEAK.test(name)) return name;
  return '';
}
const WEAK =
  /^(diffie-hellman-group1-sha1|diffie-hellman-group-exchange-sha1|arcfour.*|.*-cbc(@.*)?|none|hmac-md5.*|hmac-sha1-96.*|rijndael-cbc.*)$/;
