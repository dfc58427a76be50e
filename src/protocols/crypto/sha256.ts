/**
 * SHA-256 (FIPS 180-4) for messages of a few blocks. Node's digests cost about a microsecond of crossing into native code
 * each, and the keys of one QUIC connection take eighteen; here a block costs about a third of that and nothing is allocated.
 */

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4 section 4.2.2). */
const K = new Int32Array(64);
/** The same of the square roots of the first eight (section 5.3.3). */
const START = new Int32Array(8);
for (let n = 2, found = 0; found < 64; n++) {
  let prime = true;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
  if (!prime) continue;
  if (found < 8) START[found] = (Math.sqrt(n) % 1) * 0x1_0000_0000;
  K[found++] = (Math.cbrt(n) % 1) * 0x1_0000_0000;
}

const w = new Int32Array(64);

/** One block: the 64 bytes of buf from `at` on go into the state's eight words. */
function block(state: Int32Array, buf: Uint8Array, at: number): void {
  for (let i = 0, p = at; i < 16; i++, p += 4) {
    w[i] = (buf[p]! << 24) | (buf[p + 1]! << 16) | (buf[p + 2]! << 8) | buf[p + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
  state[4] = (state[4]! + e) | 0;
  state[5] = (state[5]! + f) | 0;
  state[6] = (state[6]! + g) | 0;
  state[7] = (state[7]! + h) | 0;
}

const tail = new Uint8Array(128);

/** Adds the message and its padding to the state; `before` are the bytes (whole blocks) that the state holds already. */
function finish(state: Int32Array, buf: Uint8Array, length: number, before: number): void {
  const whole = length & ~63;
  for (let at = 0; at < whole; at += 64) block(state, buf, at);
  const rest = length - whole;
  const end = rest < 56 ? 64 : 128;
  for (let i = 0; i < rest; i++) tail[i] = buf[whole + i]!;
  tail.fill(0, rest, end);
  tail[rest] = 0x80;
  const bits = (before + length) * 8;
  tail[end - 4] = bits >>> 24;
  tail[end - 3] = bits >>> 16;
  tail[end - 2] = bits >>> 8;
  tail[end - 1] = bits;
  for (let at = 0; at < end; at += 64) block(state, tail, at);
}

function write(state: Int32Array, out: Uint8Array, at: number): void {
  for (let i = 0; i < 32; i++) out[at + i] = state[i >> 2]! >>> (24 - 8 * (i & 3));
}

const state = new Int32Array(8);

/** Digest of buf[0, length) into out[0, 32); messages shorter than 2^28 bytes. */
export function sha256(buf: Uint8Array, length: number, out: Uint8Array): void {
  state.set(START);
  finish(state, buf, length, 0);
  write(state, out, 0);
}

const pad = new Uint8Array(64);
const inner = new Uint8Array(32);

/**
 * HMAC-SHA-256 (RFC 2104) under one key of at most 64 bytes: the two blocks that hold the key are digested once, when the
 * key is set, and not again for every message.
 */
export class HmacKey {
  readonly #inner = new Int32Array(8);
  readonly #outer = new Int32Array(8);

  set(key: Uint8Array, length: number): this {
    for (let i = 0; i < 64; i++) pad[i] = (i < length ? key[i]! : 0) ^ 0x36;
    this.#inner.set(START);
    block(this.#inner, pad, 0);
    for (let i = 0; i < 64; i++) pad[i] = pad[i]! ^ 0x36 ^ 0x5c;
    this.#outer.set(START);
    block(this.#outer, pad, 0);
    return this;
  }

  /** The code of buf[0, length) into out[0, 32). */
  sign(buf: Uint8Array, length: number, out: Uint8Array): void {
    state.set(this.#inner);
    finish(state, buf, length, 64);
    write(state, inner, 0);
    state.set(this.#outer);
    finish(state, inner, 32, 64);
    write(state, out, 0);
  }
}
