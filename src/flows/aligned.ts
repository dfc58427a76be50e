/** Buffers whose records do not straddle cache lines. */

/** glibc puts a large block 16 bytes behind a page's begin; musl and others: whatever they do, it stays right, only slower. */
const BLOCK_HEADER = 16;
const LINE = 64;

/** A zeroed buffer of at least `bytes`, to be used from `offset` on, where a cache line begins. */
export function alignedBuffer(bytes: number): { buffer: ArrayBuffer; offset: number } {
  const offset = LINE - BLOCK_HEADER;
  return { buffer: new ArrayBuffer(bytes + LINE), offset };
}
