/** Where the engines' files come from: registered bytes (the single executable registers its own) or the packages. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface SandboxAssets {
  /** wasmoon's glue.wasm. */
  luaWasm?: Uint8Array;
  /** emscripten-module.wasm of @jitl/quickjs-wasmfile-release-sync. */
  quickjsWasm?: Uint8Array;
  /** Text of the bundle that scripts/build-fengari makes (dist/sandbox-fengari.js). */
  fengariBundle?: string;
}

let assets: SandboxAssets = {};
let reader: ((name: 'lua.wasm' | 'quickjs.wasm' | 'fengari.js') => Uint8Array) | undefined;

/** A bundle's own source of the files, each read when an engine first needs it. */
export function registerAssetReader(read: NonNullable<typeof reader>): void {
  reader = read;
}

/** Call before the first VM is opened. */
export function registerAssets(own: SandboxAssets): void {
  assets = { ...assets, ...own };
}

export function luaWasm(): Uint8Array {
  assets.luaWasm ??=
    reader?.('lua.wasm') ?? readFileSync(createRequire(import.meta.url).resolve('wasmoon/dist/glue.wasm'));
  return assets.luaWasm;
}

export function quickjsWasm(): Uint8Array {
  assets.quickjsWasm ??=
    reader?.('quickjs.wasm') ??
    readFileSync(createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm'));
  return assets.quickjsWasm;
}

/** In a checkout the bundle is made anew once per process: the build takes a tenth of a second and is never stale. */
export async function fengariBundle(): Promise<string> {
  if (reader) assets.fengariBundle ??= Buffer.from(reader('fengari.js')).toString('utf8');
  if (assets.fengariBundle === undefined) {
    const { buildFengari } = await import('./fengari/build.ts');
    assets.fengariBundle = await buildFengari();
  }
  return assets.fengariBundle;
}
