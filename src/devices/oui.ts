/**
 * Vendors of MAC addresses by the IEEE's lists (MA-L 24, MA-M 28, MA-S 36 bits), packed into one buffer of about 1 MB
 * that is searched in place: nothing of it becomes an object until a name is asked for.
 *
 *   "OUI1"  u32 n24, n28, n36, names   then per prefix length: sorted prefixes (u32, the 36-bit ones as f64), then the
 *   index of its name (u16 each); then where each name begins (u32, one more than names), then the names in UTF-8.
 *   Numbers are little endian; each array begins at a multiple of 8 bytes.
 */

const MAGIC = 0x3149554f;
const HEAD = 24;
const LENGTHS = [24, 28, 36] as const;
const align = (n: number): number => (n + 7) & ~7;

export class OuiTable {
  readonly #prefixes: (Uint32Array | Float64Array)[] = [];
  readonly #names: Uint16Array[] = [];
  readonly #begins: Uint32Array;
  readonly #text: Buffer;

  /** Throws a RangeError when the bytes are not such a table. */
  constructor(bytes: Uint8Array) {
    // The arrays need their own alignment, which a slice of a larger buffer does not promise.
    const own = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    const head = new Uint32Array(own.buffer, own.byteOffset, HEAD / 4);
    if (own.length < HEAD || head[0] !== MAGIC) throw new RangeError('not a packed vendor table; build it again');
    let at = HEAD;
    for (let i = 0; i < LENGTHS.length; i++) {
      const n = head[i + 1]!;
      const wide = LENGTHS[i] === 36;
      this.#prefixes.push(
        wide
          ? new Float64Array(own.buffer, own.byteOffset + at, n)
          : new Uint32Array(own.buffer, own.byteOffset + at, n),
      );
      at = align(at + n * (wide ? 8 : 4));
      this.#names.push(new Uint16Array(own.buffer, own.byteOffset + at, n));
      at = align(at + n * 2);
    }
    this.#begins = new Uint32Array(own.buffer, own.byteOffset + at, head[4]! + 1);
    this.#text = Buffer.from(own.buffer, own.byteOffset + align(at + (head[4]! + 1) * 4));
  }

  /** Vendor of a MAC held as a 48-bit number; "" when nobody registered it or it is locally administered. */
  vendor(mac: number): string {
    if (isLocalMac(mac)) return '';
    // The longest prefix is the registration of the one who makes the device; the shorter is a registry's own block.
    for (let i = LENGTHS.length - 1; i >= 0; i--) {
      const found = search(this.#prefixes[i]!, Math.floor(mac / 2 ** (48 - LENGTHS[i]!)));
      if (found < 0) continue;
      const name = this.#names[i]![found]!;
      return this.#text.toString('utf8', this.#begins[name]!, this.#begins[name + 1]!);
    }
    return '';
  }
}

function search(sorted: Uint32Array | Float64Array, wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle]!;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Packs `{ "286FB9": "vendor\naddress…" }`; keys are 6, 7 or 9 hex digits, others are left out. */
export function packOui(list: Readonly<Record<string, string>>): Buffer {
  const names = new Map<string, number>();
  const rows: { prefix: number; name: number }[][] = [[], [], []];
  for (const [key, entry] of Object.entries(list)) {
    const kind = [6, 7, 9].indexOf(key.length);
    const vendor = entry.split('\n')[0]!.replace(/\s+/g, ' ').trim();
    if (kind < 0 || !/^[0-9a-f]+$/i.test(key) || !vendor) continue;
    const name = names.get(vendor) ?? names.set(vendor, names.size).size - 1;
    if (name > 0xffff) throw new RangeError('more than 65,536 vendors; widen the name index');
    rows[kind]!.push({ prefix: Number.parseInt(key, 16), name });
  }
  const parts: Buffer[] = [];
  let at = 0;
  const put = (view: NodeJS.ArrayBufferView): void => {
    const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    const padded = Buffer.alloc(align(at + bytes.length) - at);
    bytes.copy(padded);
    parts.push(padded);
    at += padded.length;
  };
  put(new Uint32Array([MAGIC, rows[0]!.length, rows[1]!.length, rows[2]!.length, names.size, 0]));
  for (const [i, list] of rows.entries()) {
    list.sort((a, b) => a.prefix - b.prefix);
    const prefixes = list.map((r) => r.prefix);
    put(LENGTHS[i] === 36 ? Float64Array.from(prefixes) : Uint32Array.from(prefixes));
    put(Uint16Array.from(list, (r) => r.name));
  }
  const texts = [...names.keys()].map((name) => Buffer.from(name));
  const begins = new Uint32Array(texts.length + 1);
  for (const [i, text] of texts.entries()) begins[i + 1] = begins[i]! + text.length;
  put(begins);
  parts.push(...texts);
  return Buffer.concat(parts);
}

/** The second-lowest bit of the first byte: chosen by the device itself, as phones do per network. */
export const isLocalMac = (mac: number): boolean => (Math.floor(mac / 2 ** 40) & 2) !== 0;

let read: (() => Uint8Array) | undefined;
let table: OuiTable | undefined;

/** Says where the packed table comes from; it is read at the first question. */
export function setOuiReader(reader: () => Uint8Array): void {
  read = reader;
  table = undefined;
}

/** Vendor of a MAC held as a number; "" without a table, too. */
export function vendorOf(mac: number): string {
  if (!table && read) {
    try {
      table = new OuiTable(read());
    } catch {
      // Without the table devices are shown by their MAC alone; asked once.
      read = undefined;
    }
  }
  return table?.vendor(mac) ?? '';
}
