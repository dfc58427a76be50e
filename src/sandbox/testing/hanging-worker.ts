/** Worker of watchdog.test.ts: two VMs, and a native operation without end for the first. */
import { parentPort, workerData } from 'node:worker_threads';
import { openVm, type Vm } from '../index.ts';
import { instantiate } from '../wasm/module.ts';
import { WasmVm } from '../wasm/vm.ts';
import { PulseSender } from '../watchdog.ts';

const { pulse, without } = workerData as { pulse: SharedArrayBuffer; without: number[] };
const sender = new PulseSender(pulse);
const vms = new Map<number, Vm>();
for (const id of [1, 2]) {
  if (without.includes(id)) continue;
  const vm = new WasmVm({ name: `vm ${id}`, limits: { callMs: 50 }, pulse: sender.of(id) });
  vm.bind('hang', () => {
    for (;;);
  });
  // A native loop inside WebAssembly, without our fences.
  vm.bind('hang_natively', () => {
    const { exports: x } = instantiate(1 << 20, () => {});
    const l = x.luaL_newstate();
    x.luaopen_string(l);
    const at = x.malloc(4);
    new Uint8Array(x.memory.buffer).set(Buffer.from('rep'), at);
    x.lua_pushlstring(l, at, 3);
    x.lua_rawget(l, 1);
    x.lua_pushlstring(l, at, 0);
    x.lua_pushinteger(l, 2n ** 60n);
    x.lua_callk(l, 2, 1, 0, 0);
    return [];
  });
  vm.bind('grow', () => {
    const kept: number[][] = [];
    for (;;) kept.push(new Array(100000).fill(kept.length));
  });
  vms.set(id, vm);
}
const slow = without.includes(3)
  ? undefined
  : await openVm('quickjs', { name: 'vm 3', limits: { callMs: 50 }, pulse: sender.of(3) });
if (slow) vms.set(3, slow);
parentPort!.postMessage({ ready: [...vms.keys()] });
parentPort!.on('message', ({ id, source }: { id: number; source: string }) => {
  parentPort!.postMessage({ id, result: vms.get(id)?.load('w.lua', source) });
});
