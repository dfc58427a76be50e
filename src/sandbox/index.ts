/** The sandbox's public face. */
import type { PreparedVm, QuickVm } from './quick/vm.ts';
import type { Vm, VmOptions } from './vm.ts';
import type { Image } from './wasm/image.ts';
import { WasmVm } from './wasm/vm.ts';

export type { SandboxAssets } from './assets.ts';
export { registerAssets } from './assets.ts';
export * from './vm.ts';

export type Engine = Vm['engine'];
/** What `VmStock.image` gives. */
export type VmImage = Image;

/** Opens a VM on the default engine, without waiting. Throws when the module cannot be loaded or memory is missing. */
export const openWasmVm = (options: VmOptions): Vm => new WasmVm(options);

/** Opens a VM on any engine. Rejects when it cannot be loaded. */
export async function openVm(engine: Engine, options: VmOptions): Promise<Vm> {
  if (engine === 'wasm') return openWasmVm(options);
  const { QuickVm } = await import('./quick/vm.ts');
  return QuickVm.open(engine, options);
}

/**
 * VMs opened without waiting, on engines that must be waited for: one of each engine is kept ready once `prepare` was
 * called for it. All have the same allowance of memory.
 */
export class VmStock {
  readonly #memoryBytes: number;
  readonly #ready = new Map<'fengari' | 'quickjs', PreparedVm>();
  #open: typeof QuickVm | undefined;

  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
  }

  /** Resolves when a VM of that engine can be opened; at once for `wasm`. Rejects when the engine cannot be loaded. */
  async prepare(engine: Engine): Promise<void> {
    if (engine === 'wasm' || this.#ready.has(engine)) return;
    this.#open ??= (await import('./quick/vm.ts')).QuickVm;
    this.#ready.set(engine, await this.#open.prepare(engine, this.#memoryBytes));
  }

  /** Whether `open` would work now. */
  has(engine: Engine): boolean {
    return engine === 'wasm' || this.#ready.has(engine);
  }

  /** A VM of ours as others may begin; undefined where the engine cannot. Take it before anything of a stranger ran. */
  image(vm: Vm): VmImage | undefined {
    return vm instanceof WasmVm ? vm.image() : undefined;
  }
  /** Functions that were bound in the image and are not yet in the VM that began with it. */
  unbound(vm: Vm): string[] {
    return vm instanceof WasmVm ? vm.unbound : [];
  }

  /** Throws when nothing is ready or the VM cannot start. `image` is for `wasm` only. */
  open(engine: Engine, options: VmOptions, image?: VmImage): Vm {
    const limits = { ...options.limits, memoryBytes: this.#memoryBytes };
    if (engine === 'wasm') return new WasmVm({ ...options, limits }, image);
    const ready = this.#ready.get(engine);
    if (!ready || !this.#open) throw new Error(`no ${engine} VM is ready`);
    this.#ready.delete(engine);
    return this.#open.openPrepared(engine, { ...options, limits }, ready);
  }
}
