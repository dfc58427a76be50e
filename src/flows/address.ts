/** IP and MAC addresses as text, and the prefix list that says which addresses are local. */

/** Text of an address held as four signed words; IPv6 as RFC 5952 recommends. */
export function ipText(version: number, w0: number, w1: number, w2: number, w3: number): string {
  if (version === 4) return `${w3 >>> 24}.${(w3 >>> 16) & 255}.${(w3 >>> 8) & 255}.${w3 & 255}`;
  return ipv6Text([w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff]);
}

function ipv6Text(groups: number[]): string {
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > bestLength) {
      best = i;
      bestLength = n;
    }
    i += n;
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((g) => g.toString(16))
      .join(':');
  return best < 0 ? hex(0, 8) : `${hex(0, best)}::${hex(best + bestLength, 8)}`;
}

export type Words = [number, number, number, number];

/** Four signed words and the version of an address in text, or undefined when it is none. */
export function parseIp(text: string): { version: 4 | 6; words: Words } | undefined {
  if (!text.includes(':')) {
    const parts = text.split('.');
    if (parts.length !== 4 || !parts.every((p) => /^\d{1,3}$/.test(p) && Number(p) < 256)) return undefined;
    const word = parts.reduce((sum, p) => (sum << 8) | Number(p), 0);
    return { version: 4, words: [0, 0, 0, word] };
  }
  if (text.length > 45) return undefined;
  let source = text;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted) {
    const v4 = parseIp(dotted[2]!);
    if (!v4) return undefined;
    const w = v4.words[3];
    source = `${dotted[1]}${(w >>> 16).toString(16)}:${(w & 0xffff).toString(16)}`;
  }
  const halves = source.split('::');
  if (halves.length > 2) return undefined;
  const left = halves[0] ? halves[0].split(':') : [];
  const right = halves[1] ? halves[1].split(':') : [];
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...right];
  if (!groups.every((g) => /^[0-9a-f]{1,4}$/i.test(g))) return undefined;
  const n = groups.map((g) => Number.parseInt(g, 16));
  const word = (i: number) => (n[i]! << 16) | n[i + 1]!;
  return { version: 6, words: [word(0), word(2), word(4), word(6)] };
}

/** "aa:bb:cc:dd:ee:ff" of six bytes, "" when all are zero. */
export function macText(bytes: Uint8Array, at: number): string {
  let out = '';
  let any = 0;
  for (let i = 0; i < 6; i++) {
    const byte = bytes[at + i]!;
    any |= byte;
    out += (i ? ':' : '') + (byte < 16 ? '0' : '') + byte.toString(16);
  }
  return any ? out : '';
}

/** ntopng's test: IPv4 multicast, 0.0.0.0, 255.255.255.255, IPv6 ff00::/8 (plugin API reference d.2.4). */
export function isGroup(version: number, w0: number, w3: number): boolean {
  if (version === 4) return w3 >>> 28 === 14 || w3 === 0 || w3 === -1;
  return w0 >>> 24 === 255;
}

interface Prefix {
  version: 4 | 6;
  words: Words;
  mask: Words;
  text: string;
}

/** A short list of networks; the longest prefix comes first, so that the first hit is the best one. */
export class Networks {
  readonly #prefixes: Prefix[];

  private constructor(prefixes: Prefix[]) {
    this.#prefixes = prefixes;
  }

  /** Reads CIDRs ("192.168.0.0/16", "fe80::/10", a bare address = one host); what is none comes back in `bad`. */
  static parse(cidrs: readonly string[]): { networks: Networks; bad: string[] } {
    const prefixes: (Prefix & { length: number })[] = [];
    const bad: string[] = [];
    for (const cidr of cidrs) {
      const [address = '', bits, rest] = cidr.trim().split('/');
      const ip = parseIp(address);
      const most = ip?.version === 4 ? 32 : 128;
      const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
      if (!ip || rest !== undefined || length < 0 || length > most) {
        bad.push(cidr);
        continue;
      }
      const mask = maskOf(ip.version === 4 ? length + 96 : length);
      const words = ip.words.map((w, i) => w & mask[i]!) as Words;
      if (ip.version === 4) mask[0] = mask[1] = mask[2] = -1;
      prefixes.push({ version: ip.version, words, mask, text: `${ipText(ip.version, ...words)}/${length}`, length });
    }
    prefixes.sort((a, b) => b.length - a.length);
    return { networks: new Networks(prefixes), bad };
  }

  /** Index of the network that holds the address, or -1. */
  indexOf(version: number, w0: number, w1: number, w2: number, w3: number): number {
    for (let i = 0; i < this.#prefixes.length; i++) {
      const p = this.#prefixes[i]!;
      if (
        p.version === version &&
        (w3 & p.mask[3]) === p.words[3] &&
        (w2 & p.mask[2]) === p.words[2] &&
        (w1 & p.mask[1]) === p.words[1] &&
        (w0 & p.mask[0]) === p.words[0]
      )
        return i;
    }
    return -1;
  }

  /** Networks as text, in the order of indexOf. */
  list(): string[] {
    return this.#prefixes.map((p) => p.text);
  }
}

function maskOf(length: number): Words {
  const word = (i: number) => {
    const bits = Math.min(32, Math.max(0, length - i * 32));
    return bits === 0 ? 0 : -1 << (32 - bits);
  };
  return [word(0), word(1), word(2), word(3)];
}

/** Private, link-local and unique-local ranges: local networks until the owner says otherwise (RFC 1918, 3927, 4193, 4291). */
export const DEFAULT_LOCAL_NETWORKS = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fe80::/10',
  'fc00::/7',
  '::1/128',
];
