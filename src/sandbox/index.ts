/** The sandbox's public face. */
import type { Vm, VmOptions } from './vm.ts';
import { WasmVm } from './wasm/vm.ts';

export type { SandboxAssets } from './assets.ts';
export { registerAssets } from './assets.ts';
export * from './vm.ts';

/** Opens a VM on the default engine, without waiting. Throws when the module cannot be loaded or memory is missing. */
export const openWasmVm = (options: VmOptions): Vm => new WasmVm(options);
