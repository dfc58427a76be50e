/** One QuickJS of its own per VM, in a memory of its own with a maximum: the only bound that holds (docs: dependencies). */
import * as releaseSync from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten';
import { quickjsWasm } from '../assets.ts';

const PAGE = 65536;
/** The module's own minimum. */
const MIN_PAGES = 256;
/** What QuickJS, its C stack and fengari take before a plugin takes anything. */
const BASE_BYTES = 8 << 20;

let compiled: WebAssembly.Module | undefined;

export interface QuickEngine {
  context: QuickJSContext;
  runtime: QuickJSRuntime;
  memory: WebAssembly.Memory;
  /** Bytes that `memory` may grow to. */
  maximumBytes: number;
}

/** A QuickJS that runs nothing yet; making one waits for the WebAssembly engine, using it does not. */
export interface PreparedQuickJs {
  module: QuickJSWASMModule;
  memory: WebAssembly.Memory;
  maximumBytes: number;
}

/** Rejects when the engine cannot be loaded. */
export async function prepareQuickJs(allowance: number): Promise<PreparedQuickJs> {
  compiled ??= new WebAssembly.Module(quickjsWasm());
  const maximum = Math.max(MIN_PAGES, Math.ceil((BASE_BYTES + allowance) / PAGE));
  const memory = new WebAssembly.Memory({ initial: MIN_PAGES, maximum });
  // The package's types want the DOM's WebAssembly; ours (webassembly.d.ts) are the part we use.
  const own = { wasmModule: compiled, wasmMemory: memory } as unknown as Parameters<typeof newVariant>[1];
  // Compiled with types for CommonJS, the package's default export hides behind another one.
  const base = releaseSync.default as unknown as QuickJSSyncVariant;
  const module = await newQuickJSWASMModuleFromVariant(newVariant(base, own));
  return { module, memory, maximumBytes: maximum * PAGE };
}

/**
 * `interrupted` is asked every 10,000 jumps and calls; true ends the call, and no script can catch that. `stackBytes` bounds
 * recursion.
 */
export function startQuickJs(prepared: PreparedQuickJs, stackBytes: number, interrupted: () => boolean): QuickEngine {
  const { module, memory, maximumBytes } = prepared;
  const runtime = module.newRuntime({ interruptHandler: interrupted, maxStackSizeBytes: stackBytes });
  return { context: runtime.newContext(), runtime, memory, maximumBytes };
}

export type { QuickJSHandle };
