/** One suite for every Lua engine. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CallResult, type LuaValue, luaError, type Ref, type Vm, type VmOptions } from '../vm.ts';
import { CASES } from './cases.ts';

export type OpenVm = (options: VmOptions) => Promise<Vm>;

export function okValues(result: CallResult): LuaValue[] {
  assert.ok(result.ok, result.ok ? '' : `${result.fault}: ${result.message}\n${result.traceback ?? ''}`);
  return result.values;
}
export const failure = (result: CallResult) => {
  assert.ok(!result.ok, 'expected a failure');
  return result;
};
export function refOf(result: CallResult & { ref?: Ref }): Ref {
  okValues(result);
  assert.ok(result.ref !== undefined, 'no function or table returned');
  return result.ref;
}

/** `shared`: run the cases in one VM (a VM of some engines takes long to start). */
export function conformance(engine: string, open: OpenVm): void {
  describe(`${engine}: lua programs`, async () => {
    const vm = await open({ name: 'cases', limits: { callMs: 3000 } });
    for (const [name, source, expected] of CASES) {
      it(name, () => {
        const fn = refOf(vm.load('case.lua', `return function() ${source}\nend`));
        assert.deepEqual(okValues(vm.call(fn, [])), expected);
        vm.release(fn);
      });
    }
  });

  describe(`${engine}: border`, async () => {
    let written = '';
    let nowMs = 1_600_000_000_500;
    const vm = await open({
      name: 'border',
      limits: { callMs: 3000, valueBytes: 200_000 },
      hooks: { nowMs: () => nowMs, write: (text) => (written += text) },
    });
    const run = (source: string) => vm.load('t.lua', source);

    it('names itself', () => {
      assert.equal(vm.engine, engine);
      assert.equal(vm.usable, true);
    });
    it('reports compile errors with file and line', () => {
      const failed = failure(run('local a\nlocal = 3'));
      assert.equal(failed.fault, 'error');
      assert.match(failed.message, /^t\.lua:2: /);
      assert.equal(vm.usable, true);
    });
    it('reports run-time errors with file, line and traceback', () => {
      const failed = failure(run('local function f()\n  local x\n  return x.y\nend\nlocal r = f()'));
      assert.match(failed.message, /^t\.lua:3: attempt to index a nil value \(local 'x'\)/);
      assert.match(failed.traceback ?? '', /t\.lua:5:/);
    });
    it('reports error objects by their text', () => {
      assert.match(
        failure(run('error(setmetatable({}, {__tostring=function() return "own text" end}))')).message,
        /own text/,
      );
      assert.match(failure(run('error({})')).message, /table/);
      assert.match(failure(run('error()')).message, /nil/);
      assert.equal(vm.usable, true);
    });
    it('cuts long messages', () => assert.ok(failure(run('error(("x"):rep(100000))')).message.length < 5000));
    it('takes values of every kind', () => {
      const echo = refOf(run('return function(...) return ... end'));
      const values: LuaValue[] = [
        1,
        -1,
        0.5,
        2 ** 31,
        -(2 ** 31),
        'x',
        'ünï',
        'a\0b',
        true,
        false,
        [1, [2]],
        { a: { b: 'c' } },
      ];
      assert.deepEqual(okValues(vm.call(echo, values)), values);
      assert.deepEqual(okValues(vm.call(echo, [null, undefined, 1])), [undefined, undefined, 1]);
      vm.release(echo);
    });
    it('gives whole numbers as integers', () => {
      const kind = refOf(run('return function(a, b) return math.type(a), math.type(b), a .. "" end'));
      assert.deepEqual(okValues(vm.call(kind, [53, 0.25])), ['integer', 'float', '53']);
    });
    it('binds functions below paths', () => {
      vm.bind('a.b.add', ([x, y]) =>
        typeof x === 'number' && typeof y === 'number' ? [x + y] : luaError('two numbers expected'),
      );
      vm.bind('a.b.two', () => ['x', { list: [1, 2] }]);
      assert.deepEqual(okValues(run('return a.b.add(1, 2), a.b.two()')), [3, 'x', { list: [1, 2] }]);
      const failed = failure(run('\n\na.b.add("x")'));
      assert.match(failed.message, /^t\.lua:3: two numbers expected/);
      assert.deepEqual(okValues(run('return pcall(a.b.add)')).slice(0, 1), [false]);
    });
    it('hands arguments over as they are', () => {
      let seen: LuaValue[] = [];
      vm.bind('see', (args) => {
        seen = args;
        return [];
      });
      okValues(run('see(1, nil, "s", {a={1}}, print, 2.5, false)'));
      assert.deepEqual(seen, [1, undefined, 's', { a: [1] }, undefined, 2.5, false]);
    });
    it('turns exceptions of ours into errors of the script', () => {
      vm.bind('broken', () => {
        throw new Error('oops');
      });
      assert.match(failure(run('broken()')).message, /bug in broken: oops/);
      assert.deepEqual(okValues(run('return (pcall(broken))')), [false]);
      assert.equal(vm.usable, true);
    });
    it('binds fast functions and records', () => {
      let status = '';
      vm.bindFast('fast', (f) => {
        status = `${f.count} ${f.numberAt(0)} ${f.stringAt(1)} ${f.truthAt(2)} ${f.stringAt(0)} ${f.truthAt(9)} ${JSON.stringify(f.valueAt(3))}`;
        f.number(7);
        f.string('ok');
        f.boolean(true);
        f.nil();
        f.value([1]);
        return undefined;
      });
      assert.deepEqual(okValues(run('return fast(1, "s", true, {a=1})')), [7, 'ok', true, undefined, [1]]);
      assert.equal(status, '4 1 s true undefined false {"a":1}');
      vm.bindRecord('flow.getInfo', ['srv.ip', 'a "b"\n', 'n', 'none'], (f) => {
        f.string('1.2.3.4');
        f.string('x');
        f.number(1.5);
        f.nil();
        return undefined;
      });
      assert.deepEqual(
        okValues(run('return 0, flow.getInfo(), flow.getInfo()["srv.ip"], flow.getInfo() == flow.getInfo()')),
        [0, { 'srv.ip': '1.2.3.4', 'a "b"\n': 'x', n: 1.5 }, '1.2.3.4', false],
      );
      vm.bindRecord('bad', ['x'], () => luaError('not now'));
      assert.match(failure(run('\nlocal x = bad().y')).message, /t\.lua:2: not now/);
    });
    it('binds a record of the most fields', () => {
      const fields = Array.from({ length: 200 }, (_, i) => `field ${i}`);
      vm.bindRecord('wide', fields, (f) => {
        for (let i = 0; i < 200; i++) f.number(i);
        return undefined;
      });
      assert.deepEqual(okValues(run('local w = wide() return w["field 0"], w["field 199"]')), [0, 199]);
    });
    it('keeps, reads, follows and releases refs', () => {
      const ref = refOf(run('return {hooks={all=function(a, b) got = {a, b.items} end}, n=1, list={1,2}}'));
      assert.deepEqual(vm.read(ref), { hooks: {}, n: 1, list: [1, 2] });
      const hook = vm.field(ref, 'hooks.all');
      assert.ok(hook !== undefined);
      assert.equal(vm.field(ref, 'hooks.none'), undefined);
      assert.equal(vm.field(ref, 'n'), undefined);
      assert.equal(vm.field(ref, 'n.x.y'), undefined);
      const conf = vm.keep({ items: ['8.8.8.8'] });
      assert.equal(
        vm.run(hook, (w) => {
          w.number(5);
          w.ref(conf);
        }),
        undefined,
      );
      assert.deepEqual(okValues(run('return got')), [undefined]);
      assert.deepEqual(vm.read(refOf(run('return got'))), [5, ['8.8.8.8']]);
      for (const r of [ref, hook, conf]) vm.release(r);
    });
    it('reports failures of run', () => {
      const f = refOf(run('return function(x) error("no " .. x, 0) end'));
      const failed = vm.run(f, (w) => w.string('way'));
      assert.equal(failed?.fault, 'error');
      assert.equal(failed.message, 'no way');
      assert.equal(vm.run(refOf(run('return function() end'))), undefined);
      assert.equal(vm.run(refOf(run('return {}')))?.fault, 'error');
    });
    it('sets globals', () => {
      vm.setGlobal('conf', { a: [1, 'x'] });
      assert.deepEqual(okValues(run('return conf.a[2], type(conf)')), ['x', 'table']);
    });
    it('runs chunks in an environment', () => {
      const env = vm.keep({ only: 1 });
      assert.deepEqual(okValues(vm.load('e.lua', 'x = only return x, print, only', env)), [1, undefined, 1]);
      assert.deepEqual(okValues(run('return x')), [undefined]);
      assert.deepEqual(vm.read(env), { only: 1, x: 1 });
    });
    it('has a clock of its owner', () => {
      assert.deepEqual(okValues(run('return os.time(), os.date("!%H:%M:%S")')), [1_600_000_000, '12:26:40']);
      nowMs += 60_000;
      assert.deepEqual(okValues(run('return os.time(), os.date("!*t").min')), [1_600_000_060, 27]);
      assert.match(failure(run('os.date("%Q")')).message, /invalid conversion/);
      assert.match(failure(run('os.time({year=2020})')).message, /field 'month'/);
    });
    it('writes to its owner', () => {
      written = '';
      okValues(run('print(1, "a", nil, true) io.write("x", 2, "\\n") io.stdout:write("y")'));
      assert.equal(written, '1\ta\tnil\ttrue\nx2\ny');
      assert.match(failure(run('\nio.write({})')).message, /t\.lua:2: bad argument #1 to 'write'/);
    });
    it('refuses values that are too large, both ways', () => {
      const big = failure(run('return ("x"):rep(300000)'));
      assert.equal(big.fault, 'error');
      assert.match(big.message, /too large/);
      assert.match(failure(run('see(("x"):rep(300000))')).message, /too large/);
      assert.match(failure(run('local t = {} for i = 1, 15000 do t[i] = i end see(t)')).message, /too large/);
      const echo = refOf(run('return function(x) return #x end'));
      assert.match(failure(vm.call(echo, ['x'.repeat(300000)])).message, /too large/);
      assert.equal(vm.usable, true);
      assert.deepEqual(okValues(vm.call(echo, ['x'.repeat(1000)])), [1000]);
    });
    it('may be called again from a host function', () => {
      const inner = refOf(run('return function(n) return n * 2 end'));
      vm.bind('again', ([n]) => {
        const result = vm.call(inner, [n]);
        return result.ok ? result.values : luaError(result.message);
      });
      assert.deepEqual(okValues(run('return again(4), coroutine.wrap(function() return again(5) end)()')), [8, 10]);
    });
    it('measures itself', async () => {
      const fresh = await open({ name: 'fresh', limits: { callMs: 3000 } });
      const before = fresh.memoryUsed();
      assert.ok(before > 10_000 && before < 4e6, String(before));
      okValues(fresh.load('t.lua', 'keepme = {} for i = 1, 3000 do keepme[i] = "text " .. i end'));
      assert.ok(fresh.memoryUsed() > before + 50_000);
      fresh.close();
    });
    it('closes', () => {
      vm.close();
      assert.equal(vm.usable, false);
      assert.equal(failure(run('return 1')).fault, 'aborted');
      assert.equal(vm.memoryUsed(), 0);
      vm.bind('late', () => []);
      vm.close();
    });
  });
}
