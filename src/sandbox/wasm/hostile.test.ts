import { hostile } from '../testing/hostile.ts';
import { WasmVm } from './vm.ts';

hostile('wasm', async (options) => new WasmVm(options));
