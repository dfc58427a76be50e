/** Where the engines' files come from: registered bytes (the single executable registers its own) or the packages. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface SandboxAssets {
  /** wasmoon's glue.wasm. */
  luaWasm?: Uint8Array;
  /** Text of the bundle that scripts/build-fengari makes. */
  fengariBundle?: string;
}

let assets: SandboxAssets = {};

/** Call before the first VM is opened. */
export function registerAssets(own: SandboxAssets): void {
  assets = { ...assets, ...own };
}

export function luaWasm(): Uint8Array {
  assets.luaWasm ??= readFileSync(createRequire(import.meta.url).resolve('wasmoon/dist/glue.wasm'));
  return assets.luaWasm;
}
