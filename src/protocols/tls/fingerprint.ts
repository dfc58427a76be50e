/** Fingerprints of a ClientHello: JA3 (Salesforce) and JA4 (FoxIO), the latter also as nDPI reads it. */
import { hash as digest } from 'node:crypto';
import { type ClientHello, isGrease } from './client-hello.ts';
import type { Carrier } from './session.ts';

const JA4_VERSIONS = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
  [0xfeff, 'd1'],
  [0xfefd, 'd2'],
  [0xfefc, 'd3'],
]);

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const NOTHING = digest('sha256', '').slice(0, 12);
const ZEROS = '000000000000';

/**
 * A network has few kinds of clients, which say the same again and again: their digests are kept, and all forgotten when
 * they have become too many.
 */
const MOST_KEPT = 512;
const kept = { md5: new Map<string, string>(), sha256: new Map<string, string>() };

function hash(algorithm: 'md5' | 'sha256', text: string): string {
  const known = kept[algorithm];
  let value = known.get(text);
  if (value === undefined) {
    if (known.size >= MOST_KEPT) known.clear();
    value = digest(algorithm, text);
    if (algorithm === 'sha256') value = value.slice(0, 12);
    known.set(text, value);
  }
  return value;
}

const two = (count: number): string => HEX_TWO[Math.min(count, 99)]!;
const HEX_TWO = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'));

/** The values but GREASE, in decimal with dashes. */
function decimal(values: readonly number[]): string {
  let text = '';
  for (const v of values) if (!isGrease(v)) text += text === '' ? v : `-${v}`;
  return text;
}

/** The values but GREASE, as four hexadecimal digits with commas. */
function hex(values: Iterable<number>): string {
  let text = '';
  for (const v of values) if (!isGrease(v)) text += `${text === '' ? '' : ','}${HEX[v >> 8]!}${HEX[v & 255]!}`;
  return text;
}

/** JA3: MD5 of version, ciphers, extensions, groups and point formats in decimal, without GREASE. */
export function ja3(hello: ClientHello): string {
  const { version, ciphers, extensions, groups, pointFormats } = hello;
  return hash(
    'md5',
    `${version},${decimal(ciphers)},${decimal(extensions)},${decimal(groups)},${pointFormats.join('-')}`,
  );
}

/** The two hashes of JA4, "" where there is nothing to hash: the sorted ciphers; the sorted extensions and the signatures. */
function hashed(hello: ClientHello): { ciphers: string; extensions: string; none: boolean } {
  const ciphers = hex(Uint16Array.from(hello.ciphers).sort());
  const kept = hello.extensions.filter((v) => v !== 0 && v !== 16);
  const extensions = hex(Uint16Array.from(kept).sort());
  const signatures = hex(hello.signatures);
  const last = signatures ? `${extensions}_${signatures}` : extensions;
  return {
    ciphers: ciphers && hash('sha256', ciphers),
    extensions: last && hash('sha256', last),
    none: extensions === '',
  };
}

/**
 * JA4 twice. `foxio` is FoxIO's specification: carrier, version, whether a server name is there, counts, first and last
 * character of the first ALPN; hash of the sorted ciphers; hash of the sorted extensions and the signature algorithms in
 * their order. `ndpi` is nDPI's reading, whose values ntopng shows and its users compare with. It differs in three places: "i"
 * is a server name that is an address (none at all is "d"), the first two characters of the ALPN, and the hash of nothing
 * is not written as zeros.
 */
export function ja4(hello: ClientHello, carrier: Carrier): { foxio: string; ndpi: string } {
  let ciphers = 0;
  for (const v of hello.ciphers) if (!isGrease(v)) ciphers++;
  let extensions = 0;
  for (const v of hello.extensions) if (!isGrease(v)) extensions++;
  // DTLS counts downwards: its highest version is the smallest number.
  let best = 0;
  for (const v of hello.versions) if (!isGrease(v) && (best === 0 || (carrier === 'd' ? v < best : v > best))) best = v;
  const version = carrier + (JA4_VERSIONS.get(best || hello.version) ?? '00');
  const counts = two(ciphers) + two(extensions);
  const named = hello.extensions.includes(0) ? 'd' : 'i';
  const tail = hashed(hello);
  return {
    foxio:
      `${version}${named}${counts}${alpnEnds(hello.alpnFirst)}_` +
      `${tail.ciphers || ZEROS}_${tail.none ? ZEROS : tail.extensions}`,
    ndpi:
      `${version}${IPV4.test(hello.sni) ? 'i' : 'd'}${counts}${ndpiAlpn(hello.alpn.join(','))}_` +
      `${tail.ciphers || NOTHING}_${tail.extensions || NOTHING}`,
  };
}

/** A list of no more than two characters ("h3" alone) loses its second. */
const ndpiAlpn = (list: string): string => (list.length > 2 ? list.slice(0, 2) : `${list.slice(0, 1)}00`.slice(0, 2));

/** First and last character; where one is not alphanumeric, first and last digit of the bytes in hex; "00" for none. */
function alpnEnds(alpn: Uint8Array | undefined): string {
  if (!alpn || alpn.length === 0) return '00';
  const first = alpn[0]!;
  const last = alpn[alpn.length - 1]!;
  if (alphanumeric(first) && alphanumeric(last)) return String.fromCharCode(first, last);
  return (first >> 4).toString(16) + (last & 15).toString(16);
}

const alphanumeric = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
