/**
 * The page's HTTPS certificate: made by ourselves (X.509 v3, RFC 5280, P-256) or given by the owner. Node reads certificates
 * but makes none, and not every box has openssl: the few DER structures of a self-signed one are written here.
 */
import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { writeFileAtomic } from './write-file-atomic.ts';

export interface Pair {
  /** PEM. */
  key: string;
  cert: string;
}

export interface CertificateInfo {
  subject: string;
  names: string;
  until: string;
  fingerprint: string;
  selfMade: boolean;
}

/** Browsers refuse longer ones from authorities; ours lives as long as the box may. */
const YEARS = 10;
const PEM_BYTES = 64 * 1024;

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

/** Dotted numbers below 2^14, first two folded (X.690 8.19). */
function oid(text: string): Buffer {
  const [a = 0, b = 0, ...rest] = text.split('.').map(Number);
  const bytes = [a * 40 + b];
  for (const n of rest) {
    const groups = [n & 127];
    for (let left = n >> 7; left > 0; left >>= 7) groups.unshift((left & 127) | 128);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
/** GeneralizedTime, which holds any year. */
const time = (ms: number): Buffer =>
  der(0x18, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([255]))] : []), der(0x04, value));

function addressBytes(text: string): Buffer {
  if (isIP(text) === 4) return Buffer.from(text.split('.').map(Number));
  const [head = '', tail = ''] = text.split('::');
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((w) => Number.parseInt(w, 16)));
  const [front, back] = [words(head), words(tail)];
  const all = text.includes('::')
    ? [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back]
    : front;
  return Buffer.from(all.flatMap((w) => [w >> 8, w & 255]));
}

/** A certificate for these names and addresses, signed by its own key. */
export function makeCertificate(names: readonly string[], nowMs: number): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsa = sequence(oid('1.2.840.10045.4.3.2'));
  const name = sequence(
    der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from((names[0] ?? 'spanwatch').slice(0, 60))))),
  );
  // RFC 5280 4.1.2.2: positive, at most 20 bytes.
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 1;
  const alternatives = names.map((n) => (isIP(n) === 0 ? der(0x82, Buffer.from(n)) : der(0x87, addressBytes(n))));
  const extensions = der(
    0xa3,
    sequence(
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, der(0x03, Buffer.from([7, 0x80]))),
      extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, sequence(...alternatives)),
    ),
  );
  const end = new Date(nowMs);
  end.setUTCFullYear(end.getUTCFullYear() + YEARS);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ecdsa,
    name,
    // A box without a battery may live in the past at first.
    sequence(time(Math.min(nowMs, Date.UTC(2026, 0, 1))), time(Math.max(end.getTime(), Date.UTC(2036, 0, 1)))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
  const signature = sign('sha256', body, privateKey);
  const whole = sequence(body, ecdsa, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g)!;
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}

/** Undefined when certificate and key belong together and can be served, else what is wrong. */
export function pairFault({ key, cert }: Pair): string | undefined {
  if (key.length > PEM_BYTES || cert.length > PEM_BYTES) return 'the files are larger than a certificate and its key';
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(cert);
  } catch {
    return 'the certificate is not in PEM form (-----BEGIN CERTIFICATE-----)';
  }
  try {
    if (!parsed.checkPrivateKey(createPrivateKey(key))) return 'the key does not belong to the certificate';
  } catch {
    return 'the key is not in PEM form, or has a passphrase';
  }
  if (Date.parse(parsed.validTo) < Date.now()) return `the certificate expired on ${parsed.validTo}`;
  try {
    createSecureContext({ key, cert });
    return undefined;
  } catch (error) {
    return `it cannot be served: ${(error as Error).message}`;
  }
}

export function certificateInfo({ cert }: Pair): CertificateInfo {
  const x = new X509Certificate(cert);
  return {
    subject: x.subject.replace(/\n/g, ', '),
    names: x.subjectAltName ?? '',
    until: x.validTo,
    fingerprint: x.fingerprint256,
    selfMade: x.subject === x.issuer,
  };
}

const fileOf = (stateDir: string): string => join(stateDir, 'tls.json');

/** The stored pair; undefined: plain HTTP. A file that cannot be served counts as none, so that the page stays reachable. */
export function loadPair(stateDir: string): Pair | undefined {
  try {
    const { key, cert } = JSON.parse(readFileSync(fileOf(stateDir), 'utf8')) as Partial<Pair>;
    if (typeof key !== 'string' || typeof cert !== 'string') return undefined;
    // One that expired is served all the same: a warning of the browser is better than no encryption.
    createSecureContext({ key, cert });
    return { key, cert };
  } catch {
    return undefined;
  }
}

export interface CertificatePort {
  current(): CertificateInfo | undefined;
  /** Makes one for these names and addresses; in force after a restart. */
  makeOwn(names: readonly string[]): Promise<void>;
  /** Takes the owner's; a sentence says what is wrong with it. */
  install(pair: Pair): Promise<string | undefined>;
  /** Back to plain HTTP after a restart. */
  remove(): Promise<void>;
}

export function createCertificates(stateDir: string): CertificatePort {
  const save = (pair: Pair): Promise<void> => writeFileAtomic(fileOf(stateDir), `${JSON.stringify(pair)}\n`);
  return {
    current() {
      const pair = loadPair(stateDir);
      return pair === undefined ? undefined : certificateInfo(pair);
    },
    makeOwn: (names) => save(makeCertificate(names, Date.now())),
    async install(pair) {
      const fault = pairFault(pair);
      if (fault === undefined) await save(pair);
      return fault;
    },
    remove: () => rm(fileOf(stateDir), { force: true }),
  };
}
