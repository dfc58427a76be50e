/**
 * AES-128, encryption only (FIPS 197), and the counter mode of GCM (NIST SP 800-38D): what opening QUIC's Initial packets takes. Making a
 * cipher object in Node costs more than these few dozen blocks. Table driven, so its timing tells the key: the keys here are
 * derived from what the packet itself says (RFC 9001 section 5.2), nobody keeps them secret.
 */

const S = new Uint8Array(256);
/** SubBytes and MixColumns of one byte in one word, and its rotations. */
const T0 = new Int32Array(256);
const T1 = new Int32Array(256);
const T2 = new Int32Array(256);
const T3 = new Int32Array(256);

const twice = (x: number): number => ((x << 1) ^ (x & 0x80 ? 0x11b : 0)) & 255;

// The S-box from its definition (section 5.1.1): inverse in GF(2^8) by the generator 3 and its inverse, then the affine map.
for (let p = 1, q = 1, n = 0; n < 255; n++) {
  p = p ^ twice(p);
  q ^= q << 1;
  q ^= q << 2;
  q ^= q << 4;
  q = (q & 255) ^ (q & 0x80 ? 9 : 0);
  q &= 255;
  const x = q ^ ((q << 1) | (q >> 7)) ^ ((q << 2) | (q >> 6)) ^ ((q << 3) | (q >> 5)) ^ ((q << 4) | (q >> 4));
  S[p] = (x ^ 0x63) & 255;
}
S[0] = 0x63;
for (let i = 0; i < 256; i++) {
  const s = S[i]!;
  const two = twice(s);
  T0[i] = (two << 24) | (s << 16) | (s << 8) | (two ^ s);
  T1[i] = (T0[i]! >>> 8) | (T0[i]! << 24);
  T2[i] = (T0[i]! >>> 16) | (T0[i]! << 16);
  T3[i] = (T0[i]! >>> 24) | (T0[i]! << 8);
}

const word = (b: Uint8Array, at: number): number =>
  (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;

/** What a block was turned into. */
const out = new Int32Array(4);

/** The key schedule: 44 words (section 5.2). */
export function expandKey(key: Uint8Array): Int32Array {
  const k = new Int32Array(44);
  for (let i = 0; i < 4; i++) k[i] = word(key, 4 * i);
  for (let i = 4, round = 1; i < 44; i++) {
    let t = k[i - 1]!;
    if ((i & 3) === 0) {
      t = (S[(t >>> 16) & 255]! << 24) | (S[(t >>> 8) & 255]! << 16) | (S[t & 255]! << 8) | S[t >>> 24]!;
      t ^= round << 24;
      round = twice(round);
    }
    k[i] = k[i - 4]! ^ t;
  }
  return k;
}

/** Encrypts the four words a…d into `out`. */
function encrypt(k: Int32Array, a: number, b: number, c: number, d: number): void {
  a ^= k[0]!;
  b ^= k[1]!;
  c ^= k[2]!;
  d ^= k[3]!;
  for (let i = 4; i < 40; i += 4) {
    const e = T0[a >>> 24]! ^ T1[(b >>> 16) & 255]! ^ T2[(c >>> 8) & 255]! ^ T3[d & 255]! ^ k[i]!;
    const f = T0[b >>> 24]! ^ T1[(c >>> 16) & 255]! ^ T2[(d >>> 8) & 255]! ^ T3[a & 255]! ^ k[i + 1]!;
    const g = T0[c >>> 24]! ^ T1[(d >>> 16) & 255]! ^ T2[(a >>> 8) & 255]! ^ T3[b & 255]! ^ k[i + 2]!;
    const h = T0[d >>> 24]! ^ T1[(a >>> 16) & 255]! ^ T2[(b >>> 8) & 255]! ^ T3[c & 255]! ^ k[i + 3]!;
    a = e;
    b = f;
    c = g;
    d = h;
  }
  out[0] = last(a, b, c, d) ^ k[40]!;
  out[1] = last(b, c, d, a) ^ k[41]!;
  out[2] = last(c, d, a, b) ^ k[42]!;
  out[3] = last(d, a, b, c) ^ k[43]!;
}

const last = (a: number, b: number, c: number, d: number): number =>
  (S[a >>> 24]! << 24) | (S[(b >>> 16) & 255]! << 16) | (S[(c >>> 8) & 255]! << 8) | S[d & 255]!;

/** One block in[at, at+16) into to[0, 16). */
export function encryptBlock(k: Int32Array, from: Uint8Array, at: number, to: Uint8Array): void {
  encrypt(k, word(from, at), word(from, at + 4), word(from, at + 8), word(from, at + 12));
  for (let i = 0; i < 16; i++) to[i] = out[i >> 2]! >>> (24 - 8 * (i & 3));
}

/**
 * GCM's counter mode under a 12-byte nonce, without its tag: turns from[at + begin, at + end) into to[begin, end). `begin` is
 * where a block begins, a multiple of 16.
 */
export function counterMode(
  k: Int32Array,
  nonce: Uint8Array,
  from: Uint8Array,
  at: number,
  begin: number,
  end: number,
  to: Uint8Array,
): void {
  const a = word(nonce, 0);
  const b = word(nonce, 4);
  const c = word(nonce, 8);
  for (let p = begin; p < end; p += 16) {
    // The first counter belongs to the tag.
    encrypt(k, a, b, c, (p >> 4) + 2);
    const most = Math.min(16, end - p);
    for (let i = 0; i < most; i++) to[p + i] = from[at + p + i]! ^ (out[i >> 2]! >>> (24 - 8 * (i & 3)));
  }
}
