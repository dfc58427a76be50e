/** DTLS handshake messages from their fragments, in any order: RFC 6347 section 4.2.3, RFC 9147 section 5.5. */

/** Longest message that is put together; a certificate chain is the longest there is. */
const MAX_MESSAGE = 24_576;
const MAX_PENDING = 3;
const MAX_PIECES = 24;

interface Pending {
  sequence: number;
  type: number;
  buf: Uint8Array;
  /** Edges of the pieces that are there: from, to, from, to, … */
  pieces: number[];
}

/** What is pending of one side. */
export class Fragments {
  readonly #pending: Pending[] = [];

  /** Adds a piece; the whole message when it is the last one missing. Undefined otherwise, also for what does not fit. */
  add(type: number, length: number, sequence: number, offset: number, piece: Uint8Array): Uint8Array | undefined {
    if (length > MAX_MESSAGE || offset + piece.length > length || piece.length === 0) return undefined;
    let pending = this.#pending.find((p) => p.sequence === sequence && p.type === type && p.buf.length === length);
    if (!pending) {
      if (this.#pending.length === MAX_PENDING) this.#pending.shift();
      pending = { sequence, type, buf: new Uint8Array(length), pieces: [] };
      this.#pending.push(pending);
    }
    if (pending.pieces.length >= MAX_PIECES * 2) return undefined;
    pending.buf.set(piece, offset);
    pending.pieces.push(offset, offset + piece.length);
    if (!covered(pending.pieces, length)) return undefined;
    this.#pending.splice(this.#pending.indexOf(pending), 1);
    return pending.buf;
  }
}

function covered(pieces: readonly number[], length: number): boolean {
  let reached = 0;
  for (let grew = true; grew && reached < length; ) {
    grew = false;
    for (let i = 0; i < pieces.length; i += 2) {
      if (pieces[i]! > reached || pieces[i + 1]! <= reached) continue;
      reached = pieces[i + 1]!;
      grew = true;
    }
  }
  return reached >= length;
}
