/**
 * Lists of addresses and names that nobody should talk to, read from files: one entry a line, an address, a network in
 * CIDR, or a name (which covers what is below it); hosts-file lines ("0.0.0.0 name") and comments (# ;) are understood.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseIp } from '../flows/address.ts';

export const LIST_LIMITS = {
  /** Entries in all; about 100 bytes each. */
  entries: 300_000,
  files: 50,
  fileBytes: 16 << 20,
} as const;

export interface ListInfo {
  name: string;
  addresses: number;
  networks: number;
  names: number;
  /** Lines that are none of these. */
  refused: number;
}

const NAME = /^(?=.{4,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{1,62}$/;
const NOTHING = new Set(['0.0.0.0', '127.0.0.1', '::', '::1', '255.255.255.255']);

export class Lists {
  readonly infos: ListInfo[] = [];
  /** Address or name → index of its list. */
  readonly #exact = new Map<string, number>();
  /** Networks by family and prefix length: "4/24" → masked address → index of the list. */
  readonly #nets = new Map<string, Map<string, number>>();
  #entries = 0;

  /** Reads every .txt, .list, .hosts and .netset file of the folders; what cannot be read is left out. */
  static read(folders: readonly string[]): Lists {
    const lists = new Lists();
    for (const folder of folders) {
      let names: string[];
      try {
        names = readdirSync(folder).sort();
      } catch {
        continue;
      }
      for (const name of names) {
        if (!/\.(txt|list|hosts|netset)$/.test(name) || lists.infos.length >= LIST_LIMITS.files) continue;
        const text = readBounded(join(folder, name));
        if (text !== undefined) lists.add(name.replace(/\.\w+$/, ''), text);
      }
    }
    return lists;
  }

  get size(): number {
    return this.#entries;
  }

  add(name: string, text: string): void {
    const info: ListInfo = { name, addresses: 0, networks: 0, names: 0, refused: 0 };
    const index = this.infos.push(info) - 1;
    for (const raw of text.split('\n')) {
      if (this.#entries >= LIST_LIMITS.entries) {
        info.refused++;
        continue;
      }
      const words = raw
        .split(/[#;]/, 1)[0]!
        .trim()
        .toLowerCase()
        .split(/[\s,]+/);
      const word = words.length > 1 && NOTHING.has(words[0]!) ? words[1]! : words[0]!;
      if (word === '') continue;
      const kind = this.#put(word, index);
      if (kind === 'refused') info.refused++;
      else {
        info[kind]++;
        this.#entries++;
      }
    }
  }

  #put(word: string, index: number): 'addresses' | 'networks' | 'names' | 'refused' {
    const [address = '', bits, ...rest] = word.split('/');
    const ip = rest.length === 0 ? parseIp(address) : undefined;
    if (!ip) {
      if (bits !== undefined || !NAME.test(word)) return 'refused';
      this.#exact.set(word, index);
      return 'names';
    }
    const width = ip.version === 4 ? 32 : 128;
    if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > width || Number(bits) < 4)) return 'refused';
    const length = bits === undefined ? width : Number(bits);
    const key = `${ip.version}/${length}`;
    let nets = this.#nets.get(key);
    if (!nets) this.#nets.set(key, (nets = new Map()));
    nets.set(masked(ip.words, ip.version, length), index);
    return length === width ? 'addresses' : 'networks';
  }

  /** The name of the list that has this address or this name or one above it; undefined when none has. */
  find(text: string): string | undefined {
    if (this.#entries === 0 || text === '') return undefined;
    const ip = parseIp(text);
    let found: number | undefined;
    if (ip) {
      for (const [key, nets] of this.#nets) {
        if (Number(key[0]) !== ip.version) continue;
        found = nets.get(masked(ip.words, ip.version, Number(key.slice(2))));
        if (found !== undefined) break;
      }
    } else {
      let name = text.toLowerCase().replace(/\.$/, '');
      for (let depth = 0; depth < 10 && found === undefined && name.includes('.'); depth++) {
        found = this.#exact.get(name);
        name = name.slice(name.indexOf('.') + 1);
      }
    }
    return found === undefined ? undefined : this.infos[found]!.name;
  }
}

function masked(words: ArrayLike<number>, version: number, length: number): string {
  if (version === 4) return String((length === 0 ? 0 : words[3]! & (-1 << (32 - length))) >>> 0);
  let out = '';
  for (let i = 0; i < 4; i++) {
    const bits = Math.min(32, Math.max(0, length - i * 32));
    out += `${(bits === 0 ? 0 : words[i]! & (-1 << (32 - bits))) >>> 0}.`;
  }
  return out;
}

function readBounded(path: string): string | undefined {
  try {
    const { size } = statSync(path);
    const fd = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(Math.min(size, LIST_LIMITS.fileBytes));
      return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** Folders named "lists" of the plugins below these folders. */
export function listFolders(pluginDirs: readonly string[]): string[] {
  return pluginDirs.flatMap((dir) => {
    try {
      return readdirSync(dir).map((name) => join(dir, name, 'lists'));
    } catch {
      return [];
    }
  });
}
