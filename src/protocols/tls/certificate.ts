/** X.509 certificates as far as a watcher needs them: RFC 5280 section 4.1, in DER (X.690). */
import { hash } from 'node:crypto';
import { Cursor } from '../kit.ts';

export interface Certificate {
  subject: string;
  issuer: string;
  /** Common name, and subject alternative names (DNS names, IP addresses as text). */
  commonName: string;
  names: string[];
  /** Milliseconds since the epoch, NaN when unreadable. */
  notBefore: number;
  notAfter: number;
  /** Hex, lower case. */
  sha1: string;
  selfSigned: boolean;
}

const MAX_NAMES = 128;
/** X.520 attributes that name an owner, by the last byte of OID 2.5.4.x. */
const ATTRIBUTES = new Map([
  [3, 'CN'],
  [6, 'C'],
  [7, 'L'],
  [8, 'ST'],
  [10, 'O'],
  [11, 'OU'],
]);
const TAG = { SEQUENCE: 0x30, SET: 0x31, OID: 0x06, UTC_TIME: 0x17, VERSION: 0xa0, EXTENSIONS: 0xa3, OCTETS: 0x04 };

/** Reads one certificate; undefined when its outer shape is none. */
export function readCertificate(der: Uint8Array): Certificate | undefined {
  const c = new Cursor().set(der, 0, der.length);
  const tbs = enter(enter(c, TAG.SEQUENCE), TAG.SEQUENCE);
  if (!tbs) return undefined;
  if (tbs.peek8(0) === TAG.VERSION) element(tbs);
  element(tbs); // serial number
  element(tbs); // signature algorithm
  const issuer = element(tbs);
  const validity = element(tbs);
  const subject = element(tbs);
  element(tbs); // public key
  if (!issuer || !validity || !subject) return undefined;
  const issuerText = nameText(issuer);
  const subjectText = nameText(subject);
  const from = element(validity);
  const to = element(validity);
  const out: Certificate = {
    subject: subjectText.text,
    issuer: issuerText.text,
    commonName: subjectText.commonName,
    names: [],
    notBefore: from ? time(from) : Number.NaN,
    notAfter: to ? time(to) : Number.NaN,
    sha1: hash('sha1', der),
    selfSigned: sameBytes(issuer.reset(), subject.reset()),
  };
  while (tbs.left > 0) {
    const isExtensions = tbs.peek8(0) === TAG.EXTENSIONS;
    const part = element(tbs);
    if (!part) break;
    if (isExtensions) readExtensions(part, out);
  }
  return out;
}

/** The inside of the next element, whatever its tag; moves past it. undefined when it is not all there. */
function element(c: Cursor | undefined): Cursor | undefined {
  if (!c) return undefined;
  c.u8();
  let length = c.u8();
  if (length & 0x80) {
    const bytes = length & 0x7f;
    if (bytes === 0 || bytes > 4) return undefined;
    length = 0;
    for (let i = 0; i < bytes; i++) length = length * 256 + c.u8();
  }
  if (c.short || !c.has(length)) return undefined;
  return c.sub(length, new Cursor());
}

function enter(c: Cursor | undefined, tag: number): Cursor | undefined {
  return c && c.peek8(0) === tag ? element(c) : undefined;
}

/** Name ::= SEQUENCE OF SET OF { type, value }. */
function nameText(name: Cursor): { text: string; commonName: string } {
  const parts: string[] = [];
  let commonName = '';
  while (name.left > 0 && parts.length < 32) {
    const set = element(name);
    if (!set) break;
    while (set.left > 0) {
      const pair = element(set);
      const oid = element(pair);
      const value = element(pair);
      if (!oid || !value) break;
      if (oid.length !== 3 || oid.peek16(0) !== 0x5504) continue;
      const attribute = ATTRIBUTES.get(oid.peek8(2));
      if (!attribute) continue;
      const text = value.text(Math.min(value.left, 256));
      if (attribute === 'CN') commonName = text;
      parts.push(`${attribute}=${text}`);
    }
  }
  return { text: parts.join(', '), commonName };
}

/** UTCTime YYMMDDHHMMSSZ or GeneralizedTime YYYYMMDDHHMMSSZ, RFC 5280 section 4.1.2.5. */
function time(value: Cursor): number {
  const text = value.text(Math.min(value.left, 20));
  const match = /^(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z?$/.exec(text);
  if (!match || (text.replace('Z', '').length !== 12 && text.replace('Z', '').length !== 14)) return Number.NaN;
  const digits = text.replace('Z', '');
  const long = digits.length === 14;
  const year = long ? Number(digits.slice(0, 4)) : Number(digits.slice(0, 2)) + (digits < '50' ? 2000 : 1900);
  const rest = digits.slice(long ? 4 : 2);
  const at = (i: number) => Number(rest.slice(i, i + 2));
  return Date.UTC(year, at(0) - 1, at(2), at(4), at(6), at(8));
}

/** Subject alternative name, RFC 5280 section 4.2.1.6: OID 2.5.29.17. */
function readExtensions(part: Cursor, out: Certificate): void {
  const list = element(part);
  for (let n = 0; list && list.left > 0 && n < 64; n++) {
    const extension = element(list);
    const oid = element(extension);
    if (!extension || !oid) return;
    if (oid.length !== 3 || oid.peek24(0) !== 0x551d11) continue;
    if (extension.peek8(0) !== TAG.OCTETS) element(extension); // critical
    const names = element(element(extension));
    while (names && names.left > 0 && out.names.length < MAX_NAMES) {
      const tag = names.peek8(0);
      const name = element(names);
      if (!name) return;
      if (tag === 0x82) out.names.push(name.text(Math.min(name.left, 255)).toLowerCase());
      else if (tag === 0x87) out.names.push(address(name));
    }
  }
}

function address(c: Cursor): string {
  if (c.left === 4) return `${c.u8()}.${c.u8()}.${c.u8()}.${c.u8()}`;
  if (c.left !== 16) return '';
  const groups: number[] = [];
  for (let i = 0; i < 8; i++) groups.push(c.u16());
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > bestLength) [best, bestLength] = [i, length];
  }
  const text = (part: number[]) => part.map((g) => g.toString(16)).join(':');
  return best < 0 ? text(groups) : `${text(groups.slice(0, best))}::${text(groups.slice(best + bestLength))}`;
}

function sameBytes(a: Cursor, b: Cursor): boolean {
  if (a.length !== b.length || a.length === 0) return false;
  for (let i = 0; i < a.length; i++) if (a.peek8(i) !== b.peek8(i)) return false;
  return true;
}
