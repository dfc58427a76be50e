/** The sandbox's public face. */
import type { Vm, VmOptions } from './vm.ts';
import { WasmVm } from './wasm/vm.ts';

export type { SandboxAssets } from './assets.ts';
export { registerAssets } from './assets.ts';
export * from './vm.ts';

export type Engine = Vm['engine'];

/** Opens a VM on the default engine, without waiting. Throws when the module cannot be loaded or memory is missing. */
export const openWasmVm = (options: VmOptions): Vm => new WasmVm(options);

/** Opens a VM on any engine. Rejects when it cannot be loaded. */
export async function openVm(engine: Engine, options: VmOptions): Promise<Vm> {
  if (engine === 'wasm') return openWasmVm(options);
  const { QuickVm } = await import('./quick/vm.ts');
  return QuickVm.open(engine, options);
}
