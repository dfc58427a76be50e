/**
 * ClientHello (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2, RFC 9147 section 5.3 for DTLS's cookie) and what can be
 * told from it: server name, ALPN, versions. Its fingerprints are made in fingerprint.ts.
 */
import { Cursor } from '../kit.ts';
import type { Carrier } from './session.ts';

const MAX_ITEMS = 512;

export interface ClientHello {
  version: number;
  ciphers: number[];
  compressions: number;
  extensions: number[];
  sni: string;
  alpn: string[];
  /** The first ALPN entry's bytes; for JA4, which looks at their class. */
  alpnFirst: Uint8Array | undefined;
  versions: number[];
  groups: number[];
  pointFormats: number[];
  signatures: number[];
  ech: boolean;
  esni: boolean;
  /** QUIC's user_agent transport parameter (Google's), "" without. */
  userAgent: string;
  /** Length of the padding extension, 0 without. */
  padding: number;
  /** Everything was there. */
  complete: boolean;
  /** An extension's inside did not fit its length. */
  malformed: boolean;
}

/** GREASE values: RFC 8701 section 2. */
export const isGrease = (value: number): boolean => (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);

const inner = new Cursor();

/** Reads the body of a ClientHello (behind its handshake header). What is cut off is missing and `complete` false. */
export function readClientHello(c: Cursor, carrier: Carrier): ClientHello {
  const hello: ClientHello = {
    version: c.u16(),
    ciphers: [],
    compressions: 0,
    extensions: [],
    sni: '',
    alpn: [],
    alpnFirst: undefined,
    versions: [],
    groups: [],
    pointFormats: [],
    signatures: [],
    ech: false,
    esni: false,
    userAgent: '',
    padding: 0,
    complete: false,
    malformed: false,
  };
  c.skip(32);
  c.skip(c.u8());
  if (carrier === 'd') c.skip(c.u8());
  readList16(c, c.u16(), hello.ciphers);
  hello.compressions = c.u8();
  c.skip(hello.compressions);
  if (c.short) return hello;
  if (c.left < 2) {
    hello.complete = true;
    return hello;
  }
  let left = c.u16();
  while (left >= 4 && c.left >= 4 && hello.extensions.length < MAX_ITEMS) {
    const type = c.u16();
    const length = c.u16();
    left -= 4 + length;
    hello.extensions.push(type);
    if (!c.has(length)) return hello;
    c.sub(length, inner);
    readExtension(type, length, inner, hello);
  }
  hello.complete = left <= 0;
  if (left < 0) hello.malformed = true;
  return hello;
}

function readExtension(type: number, length: number, c: Cursor, hello: ClientHello): void {
  switch (type) {
    case 0: {
      // server_name, RFC 6066 section 3: list length, then type 0 and the host name.
      c.skip(2);
      if (c.u8() !== 0) return;
      const size = c.u16();
      if (!c.has(size)) hello.malformed = true;
      else hello.sni = c.text(Math.min(size, 255));
      return;
    }
    case 10:
      readList16(c, c.u16(), hello.groups);
      return;
    case 11: {
      const count = c.u8();
      for (let i = 0; i < count && !c.short && c.left > 0; i++) hello.pointFormats.push(c.u8());
      return;
    }
    case 13:
      readList16(c, c.u16(), hello.signatures);
      return;
    case 16: {
      // ALPN, RFC 7301 section 3.1.
      c.skip(2);
      while (c.left > 0 && hello.alpn.length < 32) {
        const size = c.u8();
        if (!c.has(size)) return;
        if (hello.alpn.length === 0) hello.alpnFirst = c.buf.slice(c.pos, c.pos + size);
        hello.alpn.push(c.text(size));
      }
      return;
    }
    case 21:
      hello.padding = length;
      return;
    case 43:
      readList16(c, c.u8(), hello.versions);
      return;
    case 0x39:
    case 0xffa5:
      readTransportParameters(length, c, hello);
      return;
    case 0xfe0d:
      hello.ech = true;
      return;
    case 0xffce:
      hello.esni = true;
      return;
  }
}

/** RFC 9000 section 18; before draft 27 ids and lengths were 16 bits wide and a length stood before them all. */
function readTransportParameters(length: number, c: Cursor, hello: ClientHello): void {
  const wide = c.peek16(0) === length - 2 && length > 2;
  if (wide) c.skip(2);
  for (let n = 0; n < 64 && c.left > 0; n++) {
    const id = wide ? c.u16() : varint(c);
    const size = wide ? c.u16() : varint(c);
    if (c.short || !c.has(size)) return;
    if (id === USER_AGENT) hello.userAgent = c.text(Math.min(size, 512));
    else c.skip(size);
  }
}
const USER_AGENT = 0x3129;

/** QUIC's variable-length integer, RFC 9000 section 16. */
export function varint(c: Cursor): number {
  const first = c.u8();
  const bytes = (1 << (first >> 6)) - 1;
  let value = first & 0x3f;
  for (let i = 0; i < bytes; i++) value = value * 256 + c.u8();
  return value;
}

/** `bytes` bytes of 16-bit values; stops where the cursor ends. */
function readList16(c: Cursor, bytes: number, into: number[]): void {
  for (let left = bytes; left >= 2 && c.left >= 2; left -= 2) {
    const value = c.u16();
    if (into.length < MAX_ITEMS * 2) into.push(value);
  }
  if (bytes & 1) c.skip(1);
  if (into.length * 2 < bytes - 1) c.short = true;
}

/** "TLSv1.3" and its kin, as analysts write them. */
export function versionName(version: number): string {
  if (isGrease(version)) return 'GREASE';
  const known = VERSION_NAMES.get(version);
  if (known) return known;
  if (version >> 8 === 0x7f) return 'TLSv1.3 (draft)';
  if (version >> 8 === 0xfb) return 'TLSv1.3 (Fizz)';
  return `0x${version.toString(16).padStart(4, '0')}`;
}

const VERSION_NAMES = new Map([
  [0x0002, 'SSLv2'],
  [0x0300, 'SSLv3'],
  [0x0301, 'TLSv1'],
  [0x0302, 'TLSv1.1'],
  [0x0303, 'TLSv1.2'],
  [0x0304, 'TLSv1.3'],
  [0xfeff, 'DTLSv1.0'],
  [0xfefd, 'DTLSv1.2'],
  [0xfefc, 'DTLSv1.3'],
  [0x0100, 'DTLSv1.0'],
]);
