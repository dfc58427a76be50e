/**
 * Reads an uploaded plugin: zip (PKWARE APPNOTE 6.3) or tar (POSIX.1-1988 ustar, also gzip). What it holds is bounded before it is
 * unpacked, and no name in it can lead out of the plugin's folder.
 */
import { gunzipSync, inflateRawSync } from 'node:zlib';

export const ARCHIVE_LIMITS = {
  /** Bytes of the upload. */
  packed: 4_000_000,
  /** Bytes of all files; the plugin room reads 2 MB, captures of tests come on top. */
  unpacked: 12 << 20,
  fileBytes: 4 << 20,
  files: 400,
  nameLength: 200,
  depth: 6,
} as const;

/** Why an archive is not taken, in a sentence. */
export class ArchiveError extends Error {}

const refuse = (message: string): never => {
  throw new ArchiveError(message);
};

/** Files by path within the archive, "/" between names. Throws ArchiveError. */
export function readArchive(data: Buffer): Map<string, Buffer> {
  if (data.length > ARCHIVE_LIMITS.packed)
    refuse(`the file has ${data.length} bytes, at most ${ARCHIVE_LIMITS.packed} are taken`);
  try {
    if (data.length >= 22 && data.readUInt32LE(0) === 0x04034b50) return readZip(data);
    if (data.length > 18 && data[0] === 0x1f && data[1] === 0x8b)
      return readTar(gunzipSync(data, { maxOutputLength: ARCHIVE_LIMITS.unpacked + (1 << 20) }));
    if (data.length >= 512 && data.toString('latin1', 257, 262) === 'ustar') return readTar(data);
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return refuse('unpacked it is too large');
    return refuse(`the file is damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
  return refuse('the file is neither zip nor tar');
}

/** A name as it is safe below a folder; "" for a folder or what is left out; refuses what leads elsewhere. */
function safeName(raw: string): string {
  if (raw.length > ARCHIVE_LIMITS.nameLength)
    refuse(`a name in it is longer than ${ARCHIVE_LIMITS.nameLength} characters`);
  if (/[\p{Cc}\\:]/u.test(raw)) refuse(`the name ${JSON.stringify(raw)} in it is not taken`);
  if (raw.endsWith('/')) return '';
  const parts = raw.split('/').filter((part) => part !== '' && part !== '.');
  if (raw.startsWith('/') || parts.includes('..')) refuse(`the name ${raw} in it leads out of the plugin's folder`);
  if (parts.length > ARCHIVE_LIMITS.depth)
    refuse(`the name ${raw} in it is deeper than ${ARCHIVE_LIMITS.depth} folders`);
  // What systems put beside files; nobody needs it.
  if (parts.some((part) => part.startsWith('.') || part === '__MACOSX' || part.startsWith('._'))) return '';
  return parts.join('/');
}

class Files {
  readonly map = new Map<string, Buffer>();
  #bytes = 0;
  #seen = 0;

  /** Room for a file of that size; refuses when there is none. */
  expect(name: string, size: number): void {
    if (++this.#seen > ARCHIVE_LIMITS.files) refuse(`it holds more than ${ARCHIVE_LIMITS.files} files`);
    if (size > ARCHIVE_LIMITS.fileBytes)
      refuse(`${name} has ${size} bytes, at most ${ARCHIVE_LIMITS.fileBytes} are taken`);
    this.#bytes += size;
    if (this.#bytes > ARCHIVE_LIMITS.unpacked) refuse('unpacked it is too large');
  }

  put(name: string, data: Buffer): void {
    if (this.map.has(name)) refuse(`${name} is in it twice`);
    this.map.set(name, data);
  }
}

const SYMLINK = 0o120000;
const FILE_KIND = 0o170000;

function readZip(data: Buffer): Map<string, Buffer> {
  const files = new Files();
  // The end record stands behind everything but a comment of at most 65535 bytes.
  let end = data.length - 22;
  while (end >= 0 && data.readUInt32LE(end) !== 0x06054b50) if (--end < data.length - 66_000) end = -1;
  if (end < 0) refuse('the file is damaged: it has no end record');
  const count = data.readUInt16LE(end + 10);
  let at = data.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (data.readUInt32LE(at) !== 0x02014b50) refuse('the file is damaged: its list of files is broken');
    const flags = data.readUInt16LE(at + 8);
    const method = data.readUInt16LE(at + 10);
    const packed = data.readUInt32LE(at + 20);
    const size = data.readUInt32LE(at + 24);
    const [nameLength, extra, comment] = [
      data.readUInt16LE(at + 28),
      data.readUInt16LE(at + 30),
      data.readUInt16LE(at + 32),
    ];
    const mode = data.readUInt32LE(at + 38) >>> 16;
    const local = data.readUInt32LE(at + 42);
    const raw = data.toString('utf8', at + 46, at + 46 + nameLength);
    at += 46 + nameLength + extra + comment;
    const name = safeName(raw);
    if (name === '') continue;
    if ((mode & FILE_KIND) === SYMLINK) refuse(`${name} in it is a link`);
    if (flags & 1) refuse(`${name} in it is encrypted`);
    files.expect(name, size);
    const start = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
    const body = data.subarray(start, start + packed);
    if (body.length !== packed) refuse('the file is damaged: it is cut short');
    if (method === 0) files.put(name, Buffer.from(body));
    else if (method === 8) files.put(name, inflateRawSync(body, { maxOutputLength: Math.max(1, size) }));
    else refuse(`${name} in it is packed in a way that is not known`);
    if (files.map.get(name)!.length !== size) refuse(`the file is damaged: ${name} has another size than it says`);
  }
  return files.map;
}

function readTar(data: Buffer): Map<string, Buffer> {
  const files = new Files();
  const text = (at: number, length: number): string => data.toString('utf8', at, at + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= data.length; ) {
    if (data[at] === 0) break;
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8);
    if (!Number.isInteger(size) || size < 0) refuse('the file is damaged: a size is no number');
    const kind = String.fromCharCode(data[at + 156] ?? 0);
    const prefix = text(at + 257, 5) === 'ustar' ? text(at + 345, 155) : '';
    const raw = prefix === '' ? text(at, 100) : `${prefix}/${text(at, 100)}`;
    const body = at + 512;
    at = body + Math.ceil(size / 512) * 512;
    if (kind === '1' || kind === '2') refuse(`${raw} in it is a link`);
    if (kind === 'L' || kind === 'K') refuse('names longer than 255 characters are not taken');
    if (kind !== '0' && kind !== '\0') continue;
    const name = safeName(raw);
    if (name === '') continue;
    files.expect(name, size);
    if (body + size > data.length) refuse('the file is damaged: it is cut short');
    files.put(name, Buffer.from(data.subarray(body, body + size)));
  }
  return files.map;
}

const KEY = /^[A-Za-z][\w-]{1,40}$/;

/** The plugin within an archive: its folder is the one that holds manifest.lua; at the top, the archive's own name. */
export function pluginIn(
  files: ReadonlyMap<string, Buffer>,
  archiveName: string,
): { key: string; files: Map<string, Buffer> } {
  const manifests = [...files.keys()].filter((name) => name === 'manifest.lua' || name.endsWith('/manifest.lua'));
  if (manifests.length === 0) refuse('there is no plugin in it: manifest.lua is missing');
  if (manifests.length > 1) refuse(`there are ${manifests.length} plugins in it: upload one at a time`);
  const root = manifests[0]!.slice(0, -'manifest.lua'.length);
  const own = archiveName.replace(/^.*[\\/]/, '').replace(/(\.tar)?\.\w+$/, '');
  const key = root === '' ? own : root.replace(/\/$/, '').split('/').at(-1)!;
  if (!KEY.test(key)) refuse(`"${key}" will not do as a plugin's name: letters, digits, "_" and "-", a letter first`);
  const out = new Map<string, Buffer>();
  for (const [name, data] of files) if (name.startsWith(root)) out.set(name.slice(root.length), data);
  return { key, files: out };
}
