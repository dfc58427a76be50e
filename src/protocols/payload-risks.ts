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
/**
 * Bits per byte from which data is taken for machine code, packed or encrypted (nDPI's published bounds, after Lyda and
 * Hamrock, "Using Entropy Analysis to Find Encrypted and Packed Malware", IEEE Security & Privacy 2007); most text stays below.
 */
const ENTROPY = 4.941;

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

export interface PayloadRisk {
  id: number;
  value: string;
}

/** The risks that a packet's payload shows: what kind of program it is, and that it is no text. Undefined when none. */
export function payloadRisks(buf: Uint8Array, at: number, length: number): PayloadRisk[] | undefined {
  const program = programRisk(buf, at, length);
  const bits = length < MIN_BYTES ? 0 : entropy(buf, at, length);
  if (bits < ENTROPY) return program && [program];
  const risk = { id: RISK.ENTROPY, value: `${bits.toFixed(1)} bits per byte` };
  return program ? [program, risk] : [risk];
}

function programRisk(buf: Uint8Array, at: number, length: number): PayloadRisk | undefined {
  const first = length >= 4 ? (buf[at]! << 24) | (buf[at + 1]! << 16) | (buf[at + 2]! << 8) | buf[at + 3]! : 0;
  if (first === 0x7f454c46) return { id: RISK.BINARY_TRANSFER, value: 'elf program' };
  // A loader may send the program's length first.
  if (isPe(buf, at, length) || isPe(buf, at + 4, length - 4))
    return { id: RISK.BINARY_TRANSFER, value: 'windows program' };
  // "#!/" and "#! /": what follows is the path of the program that runs the rest.
  if (first >> 8 === 0x23212f || first === 0x2321202f) return { id: RISK.POSSIBLE_EXPLOIT, value: 'shell script' };
  return undefined;
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
