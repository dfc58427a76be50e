/**
 * Static files of the page. All are read through `asset`, so that an executable that carries them inside can put its own
 * reader in place; each is compressed once, when first asked for, and addressed by their content, so that a browser never asks twice.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json; charset=utf-8',
};

/** Files below assets/; all that an executable must carry. */
export const ASSET_NAMES = [
  'base.css',
  'frame.css',
  'controls.css',
  'pieces.css',
  'tables.css',
  'pages.css',
  'views.css',
  'app.js',
  'chart.js',
  'uplot.js',
  'uplot.css',
  'icons.svg',
  'favicon.svg',
  'openapi.json',
] as const;
export type AssetName = (typeof ASSET_NAMES)[number];

/** What browsers ask for, and the files each is made of. */
const SERVED = {
  'style.css': ASSET_NAMES.filter((name) => name.endsWith('.css') && name !== 'uplot.css'),
  'app.js': ['app.js'],
  'chart.js': ['uplot.js', 'chart.js'],
  'chart.css': ['uplot.css'],
  'icons.svg': ['icons.svg'],
  'favicon.svg': ['favicon.svg'],
  'openapi.json': ['openapi.json'],
} as const satisfies Record<string, readonly AssetName[]>;
export type ServedName = keyof typeof SERVED;

/** Files that come from packages; the bundle has copies of them (scripts/bundle.ts). */
const FROM_PACKAGES: Partial<Record<AssetName, string>> = {
  'uplot.js': 'uplot/dist/uPlot.iife.min.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
};

function fromSource(name: AssetName): Uint8Array {
  const inPackage = FROM_PACKAGES[name];
  if (inPackage === undefined) return readFileSync(new URL(`assets/${name}`, import.meta.url));
  return readFileSync(createRequire(import.meta.url).resolve(inPackage));
}

let read: (name: AssetName) => Uint8Array = fromSource;

/** Puts another source of the files in place; call before the server starts. */
export function setAssetReader(reader: (name: AssetName) => Uint8Array): void {
  read = reader;
  loaded = undefined;
}

/** A file of the page as it lies in assets/. Throws when it is missing: the program was packed wrongly. */
export function asset(name: AssetName): Uint8Array {
  return read(name);
}

export interface ServedAsset {
  url: string;
  type: string;
  etag: string;
  plain: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
}

export interface Assets {
  /** Address that changes with the content. */
  url(name: ServedName): string;
  /** By address path; `immutable` when the content hash is in it. */
  find(path: string): { file: ServedAsset; immutable: boolean } | undefined;
}

let loaded: Assets | undefined;

/** Reads everything the first time. */
export function loadAssets(): Assets {
  return (loaded ??= readAll());
}

function readAll(): Assets {
  const byName = new Map<string, ServedAsset>();
  const byPath = new Map<string, { file: ServedAsset; immutable: boolean }>();
  for (const [name, files] of Object.entries(SERVED) as [ServedName, readonly AssetName[]][]) {
    const plain = Buffer.concat(files.flatMap((file) => [asset(file), Buffer.from('\n')]));
    const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 16);
    let gzip: Buffer | undefined;
    let brotli: Buffer | undefined;
    const file: ServedAsset = {
      url: `/assets/${hash}/${name}`,
      type: TYPES[name.slice(name.lastIndexOf('.') + 1)]!,
      etag: `"${hash}"`,
      plain,
      // When first asked for: compressing all took a tenth of the time until the service was ready.
      get gzip() {
        return (gzip ??= gzipSync(plain, { level: 9 }));
      },
      get brotli() {
        return (brotli ??= brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
      },
    };
    byName.set(name, file);
    byPath.set(file.url, { file, immutable: true });
    byPath.set(`/assets/${name}`, { file, immutable: false });
  }
  byPath.set('/favicon.ico', { file: byName.get('favicon.svg')!, immutable: false });
  return { url: (name) => byName.get(name)!.url, find: (path) => byPath.get(path) };
}
