/** For tests: TLS handshake messages made field by field. */

const u16 = (n: number): number[] => [n >> 8, n & 255];
const u24 = (n: number): number[] => [n >> 16, ...u16(n & 0xffff)];
const list16 = (values: readonly number[]): number[] => [...u16(values.length * 2), ...values.flatMap(u16)];
const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];
const extension = (type: number, body: readonly number[]): number[] => [...u16(type), ...u16(body.length), ...body];

export interface HelloFields {
  version?: number;
  ciphers?: readonly number[];
  /** Extension types in order; those with a body of their own get it from the fields below. */
  extensions?: readonly number[];
  sni?: string;
  alpn?: readonly string[];
  groups?: readonly number[];
  signatures?: readonly number[];
  versions?: readonly number[];
  /** DTLS: a cookie field. */
  cookie?: readonly number[];
}

/** A ClientHello without its handshake header. */
export function clientHelloBody(f: HelloFields): number[] {
  const ciphers = f.ciphers ?? [0x1301, 0xc02f];
  const bodies = new Map<number, number[]>();
  if (f.sni !== undefined) {
    bodies.set(0, [...u16(f.sni.length + 3), 0, ...u16(f.sni.length), ...ascii(f.sni)]);
  }
  if (f.alpn) {
    const names = f.alpn.flatMap((name) => [name.length, ...ascii(name)]);
    bodies.set(16, [...u16(names.length), ...names]);
  }
  bodies.set(10, list16(f.groups ?? [0x001d, 0x0017]));
  bodies.set(11, [1, 0]);
  bodies.set(13, list16(f.signatures ?? [0x0403, 0x0804]));
  const versions = f.versions ?? [0x0304, 0x0303];
  bodies.set(43, [versions.length * 2, ...versions.flatMap(u16)]);
  const order = f.extensions ?? [0, 10, 11, 13, 16, 43].filter((type) => bodies.has(type));
  const extensions = order.flatMap((type) => extension(type, bodies.get(type) ?? []));
  return [
    ...u16(f.version ?? 0x0303),
    ...Array<number>(32).fill(7),
    0,
    ...(f.cookie ? [f.cookie.length, ...f.cookie] : []),
    ...list16(ciphers),
    1,
    0,
    ...u16(extensions.length),
    ...extensions,
  ];
}

/** A ServerHello without its handshake header. */
export function serverHelloBody(version: number, cipher: number, negotiated?: number): number[] {
  const extensions = negotiated === undefined ? [] : extension(43, u16(negotiated));
  return [
    ...u16(version),
    ...Array<number>(32).fill(9),
    0,
    ...u16(cipher),
    0,
    ...u16(extensions.length),
    ...extensions,
  ];
}

/** Handshake header and body. */
export const message = (type: number, body: readonly number[]): number[] => [type, ...u24(body.length), ...body];

/** One record; `cut` makes several of at most so many bytes. */
export function records(type: number, body: readonly number[], cut = 16_384): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < body.length; at += cut) {
    const piece = body.slice(at, at + cut);
    out.push(type, 3, 1, ...u16(piece.length), ...piece);
  }
  return Uint8Array.from(out);
}
