import assert from 'node:assert/strict';
import { it } from 'node:test';
import { luaWasm } from '../assets.ts';
import { okValues } from '../testing/conformance.ts';
import { capMemory, instantiate, PAGE } from './module.ts';
import { WasmVm } from './vm.ts';

it('has its maximum of memory in the module itself', () => {
  const capped = new WebAssembly.Instance(new WebAssembly.Module(capMemory(luaWasm(), 18, 20)), everything());
  const memory = capped.exports['memory'] as WebAssembly.Memory;
  assert.equal(memory.buffer.byteLength, 18 * PAGE);
  memory.grow(2);
  assert.throws(() => memory.grow(1));
});

it('refuses the heap more than the allowance', () => {
  let told = 0;
  const me = instantiate(1 << 20, () => told++);
  assert.notEqual(me.exports.malloc(100_000), 0);
  assert.equal(me.exports.malloc(2 << 20), 0);
  assert.equal(told, 1);
});

it('is small', () => {
  const vm = new WasmVm({ name: 'small' });
  assert.ok(vm.memoryUsed() < 100_000, String(vm.memoryUsed()));
});

it('lets a plugin catch out of memory once and go on within its call', () => {
  const vm = new WasmVm({ name: 'once', limits: { memoryBytes: 2 << 20, callMs: 5000 } });
  const values = okValues(vm.load('m.lua', 'local ok = pcall(string.rep, "x", 1 << 30) return ok, #("y"):rep(1000)'));
  assert.deepEqual(values, [false, 1000]);
  assert.equal(vm.usable, true);
});

it('lives on after an error in a coroutine that a host function raised', () => {
  const vm = new WasmVm({ name: 'threads' });
  vm.bind('fail', () => {
    throw new Error('no');
  });
  for (let i = 0; i < 50; i++) {
    okValues(vm.load('c.lua', 'local c = coroutine.create(function() fail() end) coroutine.resume(c) c = nil'));
  }
  assert.deepEqual(okValues(vm.load('c.lua', 'collectgarbage() return 1, "x"')), [1, 'x']);
});

function everything(): Record<string, Record<string, () => number>> {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module, name } of WebAssembly.Module.imports(new WebAssembly.Module(luaWasm()))) {
    (imports[module] ??= {})[name] = () => 0;
  }
  return imports;
}
