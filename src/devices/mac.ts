/** MAC addresses as 48-bit numbers, exact in a double. */

export function macAt(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  const low = (bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!;
  return high * 0x1000000 + low;
}

/** "aa:bb:cc:dd:ee:ff" */
export function macOf(mac: number): string {
  return hexOf(mac).replace(/..\B/g, '$&:');
}

/** Twelve hex digits. */
export function hexOf(mac: number): string {
  return mac.toString(16).padStart(12, '0');
}

/** The number of a MAC in text, with ":" or "-" or neither; undefined when it is none. */
export function parseMac(text: string): number | undefined {
  const digits = text.trim().replace(/[:-]/g, '');
  return /^[0-9a-f]{12}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

/** One device's own address: not a group, not all zero. */
export const isUnicastMac = (mac: number): boolean => mac !== 0 && (Math.floor(mac / 2 ** 40) & 1) === 0;
