/** ServerHello, RFC 8446 section 4.1.3 and RFC 5246 section 7.4.1.3; JA3S. */
import { hash } from 'node:crypto';
import { Cursor } from '../kit.ts';

export interface ServerHello {
  /** Version field as sent, and the negotiated one (supported_versions, RFC 8446 section 4.2.1). */
  sent: number;
  version: number;
  cipher: number;
  extensions: number[];
  alpn: string;
}

const inner = new Cursor();

/** Reads the body of a ServerHello; undefined when it is cut off. */
export function readServerHello(c: Cursor): ServerHello | undefined {
  const sent = c.u16();
  c.skip(32);
  c.skip(c.u8());
  const cipher = c.u16();
  c.skip(1);
  if (c.short) return undefined;
  const hello: ServerHello = { sent, version: sent, cipher, extensions: [], alpn: '' };
  // TLS 1.3's drafts 18 to 20 have no session id and no compression: what follows then makes no sense and is left out.
  let left = c.left >= 2 ? c.u16() : 0;
  while (left >= 4 && c.left >= 4 && hello.extensions.length < 128) {
    const type = c.u16();
    const length = c.u16();
    left -= 4 + length;
    hello.extensions.push(type);
    if (!c.has(length)) return undefined;
    c.sub(length, inner);
    if (type === 43 && length === 2) hello.version = inner.u16();
    else if (type === 16) {
      inner.skip(2);
      hello.alpn = inner.text(Math.min(inner.u8(), inner.left));
    }
  }
  return hello;
}

/** JA3S: MD5 of version, cipher and extensions in the order sent. */
export function ja3s(hello: ServerHello): string {
  return hash('md5', `${hello.sent},${hello.cipher},${hello.extensions.join('-')}`);
}
