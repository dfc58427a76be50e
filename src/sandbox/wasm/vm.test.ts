import { conformance } from '../testing/conformance.ts';
import { WasmVm } from './vm.ts';

conformance('wasm', async (options) => new WasmVm(options));
