/** The TLS bytes that CRYPTO frames carry, in any order: RFC 9000 section 19.6. */

const MAX_BYTES = 16_384;
const MAX_PIECES = 64;

export class CryptoStream {
  buf = new Uint8Array(0);
  /** Bytes from the start without a hole. */
  length = 0;
  #pieces: number[] = [];

  /** The first handshake message is there whole. */
  get whole(): boolean {
    const b = this.buf;
    return this.length >= 4 && this.length >= 4 + ((b[1]! << 16) | (b[2]! << 8) | b[3]!);
  }

  add(offset: number, data: Uint8Array): void {
    const end = offset + data.length;
    if (data.length === 0 || end > MAX_BYTES || end <= this.length) return;
    if (end > this.buf.length) {
      const larger = new Uint8Array(Math.min(MAX_BYTES, Math.max(end, this.buf.length * 2, 2048)));
      larger.set(this.buf);
      this.buf = larger;
    }
    this.buf.set(data, offset);
    if (offset > this.length) {
      if (this.#pieces.length < MAX_PIECES * 2) this.#pieces.push(offset, end);
      return;
    }
    this.length = end;
    for (let grew = this.#pieces.length > 0; grew; ) {
      grew = false;
      for (let i = 0; i < this.#pieces.length; i += 2) {
        if (this.#pieces[i]! > this.length) continue;
        this.length = Math.max(this.length, this.#pieces[i + 1]!);
        this.#pieces.splice(i, 2);
        grew = true;
        break;
      }
    }
  }
}
