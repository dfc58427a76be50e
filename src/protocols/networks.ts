/**
 * Whose network an address lies in, for flows that say nothing we know: our table of facts (data/networks.ts: a network
 * and an application id a line), the longest prefix wins; the owner can add lines.
 */
import { networks } from './data/networks.ts';

/** By prefix length: network number to application id. */
const v4 = new Map<number, Map<number, number>>();
/** By prefix length (at most 64): the first 64 bits as text. */
const v6 = new Map<number, Map<string, number>>();
/** One where any network of the table lies within the 16 high bits; most addresses are nobody's and end here. */
const anyOf16 = new Uint8Array(65_536);
let lengths4: number[] = [];
let lengths6: number[] = [];

/** Adds lines "network/length<TAB>application id"; later lines win. Returns the lines that are none. */
export function addNetworks(lines: string): string[] {
  const bad: string[] = [];
  for (const line of lines.split('\n')) {
    const text = line.trim();
    if (!text || text.startsWith('#')) continue;
    const [, network = '', length = '', id = ''] = /^([0-9a-f.:]+)\/(\d{1,3})\s+(\d{1,5})$/i.exec(text) ?? [];
    const words = network.includes(':') ? words6(network) : words4(network);
    const bits = Number(length);
    if (!words || bits < 1 || bits > (words.length === 1 ? 32 : 64)) bad.push(text);
    else if (words.length === 1) {
      put(v4, bits, mask(words[0]!, bits), Number(id));
      const first = mask(words[0]!, bits) >>> 16;
      anyOf16.fill(1, first, first + (bits < 16 ? 1 << (16 - bits) : 1));
    } else put(v6, bits, key6(words[0]!, words[1]!, bits), Number(id));
  }
  lengths4 = [...v4.keys()].sort((a, b) => b - a);
  lengths6 = [...v6.keys()].sort((a, b) => b - a);
  return bad;
}

function put<K>(table: Map<number, Map<K, number>>, bits: number, key: K, id: number): void {
  let networksOfLength = table.get(bits);
  if (!networksOfLength) table.set(bits, (networksOfLength = new Map()));
  networksOfLength.set(key, id);
}

/** Application id of the address whose four words begin at a[at] (IPv4 in the last), 0 when there is none. */
export function applicationOfAddress(a: Int32Array | readonly number[], at = 0): number {
  if (a[at] === 0 && a[at + 1] === 0 && a[at + 2] === 0) {
    if (anyOf16[a[at + 3]! >>> 16] === 0) return 0;
    for (const bits of lengths4) {
      const id = v4.get(bits)!.get(mask(a[at + 3]!, bits));
      if (id !== undefined) return id;
    }
    return 0;
  }
  for (const bits of lengths6) {
    const id = v6.get(bits)!.get(key6(a[at]!, a[at + 1]!, bits));
    if (id !== undefined) return id;
  }
  return 0;
}

/** The high bits of a word, the others zero. */
function mask(word: number, bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? word >>> 0 : ((word >>> (32 - bits)) << (32 - bits)) >>> 0;
}

const key6 = (high: number, low: number, bits: number) => `${mask(high, bits)}:${mask(low, bits - 32)}`;

function words4(text: string): number[] | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  return [((parts[0]! << 24) | (parts[1]! << 16) | (parts[2]! << 8) | parts[3]!) >>> 0];
}

/** The first two words of "a:b:c:d::" or "a:b::"; longer texts are none of ours. */
function words6(text: string): number[] | undefined {
  if (!text.endsWith('::')) return undefined;
  const groups = text
    .slice(0, -2)
    .split(':')
    .map((group) => Number.parseInt(group, 16));
  if (groups.length > 4 || groups.some((group) => !(group >= 0 && group <= 0xffff))) return undefined;
  while (groups.length < 4) groups.push(0);
  return [((groups[0]! << 16) | groups[1]!) >>> 0, ((groups[2]! << 16) | groups[3]!) >>> 0];
}

addNetworks(networks);
