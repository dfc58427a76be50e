/**
 * What the bytes of a flow show that nothing was recognised in: programs and scripts on their way, and bytes that are
 * too even to be text. Looked for in the first packets only.
 */
import { RISK } from './risks.ts';

/** Datagrams of a flow, and bytes of a stream's beginning, that are looked at. */
export const EXAMINED = 5;
export const EXAMINED_BYTES = 2048;
/** Below so many bytes the measure says little. */
const MIN_BYTES = 64;
/** Bits per byte; text of any language stays below, machine code, packed and encrypted data above. */
const ENTROPY = 4.9;

const histogram = new Uint32Array(256);

/** Shannon entropy of buf[at, at+length), bits per byte, 0 to 8. */
export function entropy(buf: Uint8Array, at: number, length: number): number {
  if (length <= 0) return 0;
  histogram.fill(0);
  for (let i = at; i < at + length; i++) histogram[buf[i]!]!++;
  let bits = 0;
  for (const n of histogram) if (n > 0) bits -= (n / length) * Math.log2(n / length);
  return bits;
}

/** The risk that a packet's payload shows, undefined when it shows none. */
export function payloadRisk(buf: Uint8Array, at: number, length: number): { id: number; value: string } | undefined {
  const first = length >= 4 ? (buf[at]! << 24) | (buf[at + 1]! << 16) | (buf[at + 2]! << 8) | buf[at + 3]! : 0;
  if (first === 0x7f454c46) return { id: RISK.BINARY_TRANSFER, value: 'elf program' };
  // A loader may send the program's length first.
  if (isPe(buf, at, length) || isPe(buf, at + 4, length - 4))
    return { id: RISK.BINARY_TRANSFER, value: 'windows program' };
  // "#!/" and "#! /": what follows is the path of the program that runs the rest.
  if (first >> 8 === 0x23212f || first === 0x2321202f) return { id: RISK.POSSIBLE_EXPLOIT, value: 'shell script' };
  if (length < MIN_BYTES) return undefined;
  const bits = entropy(buf, at, length);
  return bits > ENTROPY ? { id: RISK.ENTROPY, value: `${bits.toFixed(1)} bits per byte` } : undefined;
}

/** Set bits per byte outside which data is not taken for random, and a share of and a run of printable bytes that is text. */
const BITS = { least: 3.4, most: 4.6 };
const PRINTABLE = { begin: 6, share: 0.5, run: 20 };

/**
 * The first message of a connection looks like random bytes from its very first, as obfuscated tunnels make it: none of the
 * exemptions of Wu et al., "How the Great Firewall of China Detects and Blocks Fully Encrypted Traffic" (USENIX Security
 * 2023, section 4.2) holds. The fifth, TLS and HTTP, is for the caller.
 */
export function fullyEncrypted(buf: Uint8Array, at: number, length: number): boolean {
  if (length < MIN_BYTES) return false;
  let bits = 0;
  let printable = 0;
  let run = 0;
  for (let i = 0; i < length; i++) {
    const byte = buf[at + i]!;
    for (let rest = byte; rest; rest &= rest - 1) bits++;
    const isPrintable = byte >= 0x20 && byte <= 0x7e;
    if (isPrintable) printable++;
    run = isPrintable ? run + 1 : 0;
    if (run > PRINTABLE.run || (run >= PRINTABLE.begin && run === i + 1)) return false;
  }
  const density = bits / length;
  return density > BITS.least && density < BITS.most && printable <= length * PRINTABLE.share;
}

/** Microsoft's PE/COFF specification: the offset at 0x3c leads to "PE", 0, 0. */
function isPe(buf: Uint8Array, at: number, length: number): boolean {
  if (length < 0x40 || buf[at] !== 0x4d || buf[at + 1] !== 0x5a) return false;
  const header = buf[at + 0x3c]! | (buf[at + 0x3d]! << 8);
  return header + 4 <= length && buf[at + header] === 0x50 && buf[at + header + 1] === 0x45;
}
