/**
 * Countries of addresses, from files that the owner puts beside the plugins' lists: CSV lines "first,last,CC", the form in
 * which the free country tables are given out (DB-IP, IP2Location LITE with numbers). Offline; nothing is fetched.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseIp } from '../flows/address.ts';

export const COUNTRY_LIMITS = { ranges: 400_000, fileBytes: 48 << 20 } as const;

interface Family {
  first: BigUint64Array | Uint32Array;
  last: BigUint64Array | Uint32Array;
  code: Uint16Array;
}

const pack = (code: string): number => (code.charCodeAt(0) << 8) | code.charCodeAt(1);

export class Countries {
  #v4: Family | undefined;
  /** IPv6 by the first 64 bits: no table tells countries apart below that. */
  #v6: Family | undefined;
  ranges = 0;

  /** Reads every countries*.csv of the folders. */
  static read(folders: readonly string[]): Countries {
    const countries = new Countries();
    for (const folder of folders) {
      let names: string[];
      try {
        names = readdirSync(folder);
      } catch {
        continue;
      }
      for (const name of names.sort()) {
        if (!/^countries.*\.csv$/.test(name)) continue;
        try {
          const path = join(folder, name);
          if (statSync(path).size <= COUNTRY_LIMITS.fileBytes) countries.add(readFileSync(path, 'latin1'));
        } catch {}
      }
    }
    return countries;
  }

  /** Adds the lines of a file in place of what was read before. Lines that are none are left out. */
  add(text: string): void {
    const v4: [number, number, number][] = [];
    const v6: [bigint, bigint, number][] = [];
    for (const line of text.split('\n')) {
      if (v4.length + v6.length >= COUNTRY_LIMITS.ranges) break;
      const [from = '', to = '', code = ''] = line.split(',').map((part) => part.trim().replace(/^"|"$/g, ''));
      if (!/^[A-Za-z]{2}$/.test(code)) continue;
      const a = addressOf(from);
      const b = addressOf(to);
      if (!a || a.version !== b?.version) continue;
      const packed = pack(code.toUpperCase());
      if (a.version === 4) v4.push([a.low, b.low, packed]);
      else v6.push([a.high, b.high, packed]);
    }
    v4.sort((x, y) => x[0] - y[0]);
    v6.sort((x, y) => (x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : 0));
    this.ranges = v4.length + v6.length;
    this.#v4 = {
      first: Uint32Array.from(v4, (r) => r[0]),
      last: Uint32Array.from(v4, (r) => r[1]),
      code: Uint16Array.from(v4, (r) => r[2]),
    };
    this.#v6 = {
      first: BigUint64Array.from(v6, (r) => r[0]),
      last: BigUint64Array.from(v6, (r) => r[1]),
      code: Uint16Array.from(v6, (r) => r[2]),
    };
  }

  /** ISO 3166 code of an address, or undefined. */
  find(ip: string): string | undefined {
    if (this.ranges === 0) return undefined;
    const at = addressOf(ip);
    if (!at) return undefined;
    const family = at.version === 4 ? this.#v4 : this.#v6;
    const wanted = at.version === 4 ? at.low : at.high;
    if (!family) return undefined;
    let low = 0;
    let high = family.first.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (family.first[middle]! > wanted) high = middle - 1;
      else low = middle + 1;
    }
    if (high < 0 || family.last[high]! < wanted) return undefined;
    const code = family.code[high]!;
    return String.fromCharCode(code >> 8, code & 255);
  }
}

/** An address or, as IP2Location has it, a number. */
function addressOf(text: string): { version: 4 | 6; low: number; high: bigint } | undefined {
  if (/^\d{1,10}$/.test(text)) return { version: 4, low: Number(text) >>> 0, high: 0n };
  const ip = parseIp(text);
  if (!ip) return undefined;
  const [w0, w1, , w3] = ip.words;
  return { version: ip.version, low: w3 >>> 0, high: (BigInt(w0 >>> 0) << 32n) | BigInt(w1 >>> 0) };
}
