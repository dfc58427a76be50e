import { hostile } from '../testing/hostile.ts';
import { WasmVm } from './vm.ts';

// As plugins have it: from the image of another.
const image = new WasmVm({ name: 'first' }).image();
hostile('wasm', async (options) => new WasmVm(options, image));
