import assert from 'node:assert/strict';
import { it } from 'node:test';
import { conformance, failure, okValues, refOf } from '../testing/conformance.ts';
import { WasmVm } from './vm.ts';

const image = new WasmVm({ name: 'first' }).image();
conformance('wasm', async (options) => new WasmVm(options, image));

/** A VM with a library in Lua that keeps two functions of ours. */
function prepared(): { vm: WasmVm; api: ReturnType<typeof refOf> } {
  const vm = new WasmVm({ name: 'template' });
  vm.bind('host.name', () => ['template']);
  vm.bind('host.other', () => [1]);
  const api = refOf(
    vm.load(
      'lib.lua',
      'local h = host host = nil local n = 0 return { who = function() n = n + 1 return h.name(), n end, other = h.other }',
    ),
  );
  return { vm, api };
}

it('goes on where the image was taken, each VM with functions and a state of its own', () => {
  const { vm: first, api } = prepared();
  const from = first.image();
  const vms = ['a', 'b'].map((name) => {
    const vm = new WasmVm({ name }, from);
    assert.deepEqual(vm.unbound.sort(), ['host.name', 'host.other']);
    vm.bind('host.name', () => [name]);
    vm.bind('host.other', () => [2]);
    assert.deepEqual(vm.unbound, []);
    return vm;
  });
  const who = (vm: WasmVm) => okValues(vm.call(vm.field(api, 'who')!, []));
  assert.deepEqual(who(first), ['template', 1]);
  assert.deepEqual(who(vms[0]!), ['a', 1]);
  assert.deepEqual(who(vms[0]!), ['a', 2]);
  assert.deepEqual(who(vms[1]!), ['b', 1]);
  assert.deepEqual(who(first), ['template', 2]);
});

it('says which function is missing when one of the image was not bound again', () => {
  const { vm: first, api } = prepared();
  const vm = new WasmVm({ name: 'c' }, first.image());
  vm.bind('host.name', () => ['c']);
  assert.match(failure(vm.call(vm.field(api, 'other')!, [])).message, /host\.other is not there/);
  assert.ok(vm.usable);
});

it('binds new functions behind those of the image, more than a page of them', () => {
  const { vm: first } = prepared();
  const vm = new WasmVm({ name: 'd' }, first.image());
  for (let i = 0; i < 200; i++) vm.bind(`many.f${i}`, () => [i]);
  const sum = 'local s = 0 for i = 0, 199 do s = s + many["f" .. i]() end return s';
  assert.deepEqual(okValues(vm.load('sum', sum)), [19_900]);
});

it('bounds what is added to the image, and a bomb in one VM leaves the next', () => {
  const { vm: first } = prepared();
  const vm = new WasmVm({ name: 'e', limits: { memoryBytes: 2 << 20, callMs: 5000 } }, first.image());
  const bomb = vm.load('bomb', 'local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end');
  assert.equal(failure(bomb).fault, 'memory');
  assert.equal(vm.usable, false);
  assert.ok(new WasmVm({ name: 'f' }, first.image()).usable);
});
