/** nDPI's flow risks by number (risks.tsv), and those that any protocol with a host name or a text can raise. */
import type { View } from './view.ts';

export const RISK = {
  XSS: 1,
  SQL_INJECTION: 2,
  RCE: 3,
  BINARY_TRANSFER: 4,
  NON_STANDARD_PORT: 5,
  TLS_SELF_SIGNED: 6,
  TLS_OBSOLETE: 7,
  TLS_WEAK_CIPHER: 8,
  TLS_EXPIRED: 9,
  TLS_MISMATCH: 10,
  HTTP_USER_AGENT: 11,
  NUMERIC_HOST: 12,
  HTTP_URL: 13,
  HTTP_HEADER: 14,
  TLS_NOT_HTTPS: 15,
  DGA_NAME: 16,
  MALFORMED: 17,
  SSH_OBSOLETE_CLIENT: 18,
  SSH_OBSOLETE_SERVER: 19,
  SMB_INSECURE: 20,
  TLS_ESNI: 21,
  UNSAFE_PROTOCOL: 22,
  DNS_SUSPICIOUS: 23,
  TLS_NO_SNI: 24,
  HTTP_CONTENT: 25,
  RISKY_ASN: 26,
  RISKY_DOMAIN: 27,
  MALICIOUS_FINGERPRINT: 28,
  MALICIOUS_CERTIFICATE: 29,
  SHARING_SESSION: 30,
  TLS_UNCOMMON_ALPN: 31,
  TLS_LONG_VALIDITY: 32,
  TLS_EXTENSION: 33,
  TLS_FATAL_ALERT: 34,
  ENTROPY: 35,
  CLEAR_TEXT_CREDENTIALS: 36,
  DNS_LARGE: 37,
  DNS_FRAGMENTED: 38,
  INVALID_CHARACTERS: 39,
  POSSIBLE_EXPLOIT: 40,
  TLS_ABOUT_TO_EXPIRE: 41,
  PUNYCODE: 42,
  ERROR_CODE: 43,
  CRAWLER: 44,
  ANONYMOUS_SUBSCRIBER: 45,
  UNIDIRECTIONAL: 46,
  HTTP_OBSOLETE_SERVER: 47,
  PERIODIC: 48,
  MINOR_ISSUES: 49,
  TCP_ISSUES: 50,
  FULLY_ENCRYPTED: 51,
  TLS_ALPN_SNI: 52,
  MALWARE_HOST: 53,
  BINARY_DATA: 54,
  PROBING: 55,
  OBFUSCATED: 56,
} as const;

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** What a name that a client asks for shows by itself: an address, characters that no name has, punycode. */
export function hostRisks(view: View, host: string): void {
  const name = host.replace(/:\d+$/, '');
  if (IPV4.test(name) || (name.includes(':') && /^\[?[0-9a-f:.]+\]?$/i.test(name))) view.risk(RISK.NUMERIC_HOST, host);
  else if (/(^|\.)xn--/i.test(name)) view.risk(RISK.PUNYCODE, host);
  else if (randomName(name)) view.risk(RISK.DGA_NAME, host);
  if (!printable(name)) view.risk(RISK.INVALID_CHARACTERS, host);
}

export function printable(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** Dotted text of an IPv4 address word. */
export const addressText = (word: number): string =>
  `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;

const VOWELS = /[aeiouy]/i;

/**
 * A word that nobody chose: long, of letters (and digits), without separators, with runs of consonants that no language
 * pronounces and letters changing their case within. Made for words of ten letters and more.
 */
export function looksRandom(word: string): boolean {
  if (word.length < 12 || word.length > 64 || !/^[a-z0-9]+$/i.test(word)) return false;
  let run = 0;
  let longest = 0;
  let turns = 0;
  for (let i = 0; i < word.length; i++) {
    const char = word[i]!;
    run = VOWELS.test(char) ? 0 : run + 1;
    longest = Math.max(longest, run);
    if (i > 0 && isUpper(char) && !isUpper(word[i - 1]!)) turns++;
  }
  return longest >= 6 && (turns >= 2 || /[0-9][a-z]|[a-z][0-9]/i.test(word) || longest >= 8);
}

const isUpper = (char: string): boolean => char >= 'A' && char <= 'Z';

/** Consonants in a row that names of people's making do not reach. */
const PRONOUNCEABLE = /[^aeiouy0-9._-]{6,}/i;

/**
 * The registered part of a name looks drawn by a program: long, of one label, unpronounceable or mixing digits into
 * letters again and again. Labels below a known service (cdn, hashes) do not count, only the one before the suffix.
 */
export function randomName(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  if (labels.length < 2) return false;
  const label = labels[labels.length - 2]!;
  if (labels.some((part) => part.length > 40 && /^[0-9a-f]+$|^[a-z2-7]+$/i.test(part))) return true;
  if (label.length < 10 || label.includes('-') || label.startsWith('xn--')) return false;
  const digits = label.replaceAll(/\D/g, '').length;
  const turns = label.match(/[a-z][0-9]|[0-9][a-z]/gi)?.length ?? 0;
  const vowels = label.replaceAll(/[^aeiou]/gi, '').length;
  const letters = label.length - digits;
  if (turns >= 3 && digits < letters) return true;
  return PRONOUNCEABLE.test(label) && vowels / Math.max(1, letters) < 0.25;
}
