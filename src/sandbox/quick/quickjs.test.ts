import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure, okValues, refOf } from '../testing/conformance.ts';
import { type LuaValue, luaError } from '../vm.ts';
import { QuickVm } from './vm.ts';

const CALL_MS = 150;
const SLACK_MS = 850;

describe('quickjs: plugins in JavaScript', async () => {
  let written = '';
  const vm = await QuickVm.open('quickjs', {
    name: 'js',
    limits: { callMs: 3000, valueBytes: 100_000 },
    hooks: { nowMs: () => 1_600_000_000_000, write: (text) => (written += text) },
  });
  const run = (source: string) => vm.load('script.js', source);

  it('takes module.exports, exports and what a module returns', () => {
    assert.deepEqual(vm.read(refOf(run('module.exports = { a: [1, "x", { b: null }] }'))), { a: [1, 'x', {}] });
    assert.deepEqual(vm.read(refOf(run('exports.n = 5; exports.f = () => 1'))), { n: 5 });
    assert.deepEqual(okValues(run('return 42')), [42]);
    assert.deepEqual(vm.read(refOf(run('return [undefined, NaN, Infinity, 2**40, 10n, "ü\\0"]'))), [
      undefined,
      Number.NaN,
      Infinity,
      2 ** 40,
      10,
      'ü\0',
    ]);
  });
  it('calls hooks and reads fields', () => {
    const script = refOf(
      run('module.exports = { hooks: { protocolDetected(now, conf) { globalThis.got = [now, conf.items.length]; } } }'),
    );
    const hook = vm.field(script, 'hooks.protocolDetected')!;
    assert.equal(vm.field(script, 'hooks.none'), undefined);
    assert.equal(vm.field(script, 'hooks.toString'), undefined, 'inherited names are not fields');
    const conf = vm.keep({ items: ['a', 'b'] });
    assert.equal(
      vm.run(hook, (w) => {
        w.number(7);
        w.ref(conf);
      }),
      undefined,
    );
    assert.deepEqual(vm.read(refOf(run('return got'))), [7, 2]);
    const add = refOf(run('return (a, b) => a + b'));
    assert.deepEqual(okValues(vm.call(add, [2, 3])), [5]);
    vm.release(add);
    assert.equal(failure(vm.call(add, [])).fault, 'error');
  });
  it('binds functions and records', () => {
    const seen: LuaValue[][] = [];
    vm.bind('flow.triggerStatus', (args) => {
      seen.push(args);
      return [];
    });
    vm.bind('two', () => [1, 'x']);
    vm.bind('refuse', () => luaError('not that'));
    vm.bind('broken', () => {
      throw new Error('oops');
    });
    vm.bindRecord('flow.getInfo', ['srv.ip', 'vlan', 'none'], (f) => {
      f.string('1.2.3.4');
      f.number(0);
      f.nil();
      return undefined;
    });
    assert.deepEqual(okValues(run('flow.triggerStatus(flow.getInfo(), 100); return two()[1]')), ['x']);
    assert.deepEqual(seen, [[{ 'srv.ip': '1.2.3.4', vlan: 0 }, 100]]);
    assert.match(failure(run('\nrefuse()')).message, /^script\.js:2: Error: not that/);
    assert.match(failure(run('broken()')).message, /bug in broken: oops/);
    assert.deepEqual(okValues(run('try { refuse() } catch (e) { return e.message }')), ['not that']);
  });
  it('says where errors are', () => {
    assert.match(failure(run('let a = 1;\nlet b = ;')).message, /script\.js:2/);
    assert.match(failure(run('\n\nnull.x')).message, /^script\.js:3: TypeError/);
    assert.match(failure(run('throw { code: 1 }')).message, /"code":1/);
    assert.equal(vm.usable, true);
  });
  it('has the clock and the log of its owner', () => {
    written = '';
    assert.deepEqual(
      okValues(run('console.log("a", {b: 1}); print(2); return Date.now() + new Date().getFullYear()')),
      [1_600_000_002_020],
    );
    assert.equal(written, 'a\t{"b":1}\n2\n');
  });
  it('has no way out', () => {
    const names = [
      'process',
      'require',
      'std',
      'os',
      'fetch',
      'setTimeout',
      'WebAssembly',
      'SharedArrayBuffer',
      '__host',
      '__bridge',
      '__memory',
    ];
    for (const name of names) assert.deepEqual(okValues(run(`return typeof ${name}`)), ['undefined'], name);
    run('import("fs").then(() => { globalThis.leaked = true })');
    assert.deepEqual(okValues(run('return typeof leaked')), ['undefined']);
  });
  it('refuses values that are too large, both ways', () => {
    assert.match(failure(run('return "x".repeat(200000)')).message, /too large/);
    assert.match(failure(run('flow.triggerStatus("x".repeat(200000))')).message, /too large/);
    const length = refOf(run('return (s) => s.length'));
    assert.match(failure(vm.call(length, ['x'.repeat(200000)])).message, /too large/);
    assert.deepEqual(okValues(vm.call(length, ['abc'])), [3]);
  });
  it('cuts cycles and depth', () => {
    assert.deepEqual(vm.read(refOf(run('const a = { n: 1 }; a.self = a; return a'))), { n: 1 });
  });
});

const HOSTILE: [string, string[], string][] = [
  ['endless loop', ['time'], 'for (;;);'],
  ['endless loop caught', ['time'], 'for (;;) try { for (;;); } catch {} finally { for (;;); }'],
  ['endless getter while crossing', ['time'], 'return 0, { get x() { for (;;); } }'],
  ['endless toString of an error', ['time'], 'throw { get x() { for (;;); } }'],
  ['endless microtasks', ['done', 'time'], 'const f = () => Promise.resolve().then(f); f(); return 1'],
  ['endless generator', ['time'], 'function* g() { for (;;) yield 1 } for (const x of g());'],
  ['endless sort', ['time'], '[3, 1, 2].sort(() => { for (;;); })'],
  [
    'endless proxy',
    ['time'],
    'return new Proxy({}, { ownKeys() { for (;;); } })[0], Object.keys(new Proxy({}, { ownKeys() { for (;;); } }))',
  ],
  ['string doubling', ['memory', 'error', 'time'], 'let s = "x"; for (;;) s += s'],
  ['string repeat', ['memory', 'error'], 'return "x".repeat(2 ** 29).length'],
  ['strings kept', ['memory', 'time'], 'const a = []; for (;;) a.push("x".repeat(100000) + a.length)'],
  ['typed arrays', ['memory', 'error', 'time'], 'const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1))'],
  ['arrays', ['memory', 'time'], 'const a = []; for (;;) a.push([1, 2, 3])'],
  ['closures', ['memory', 'time'], 'const a = []; for (;;) { const n = a.length; a.push(() => n) }'],
  [
    'out of memory caught',
    ['memory', 'time'],
    'const a = []; for (;;) try { a.push(new Uint8Array(1 << 20)) } catch {}',
  ],
  ['deep recursion', ['stack', 'error'], 'const f = () => f() + 1; f()'],
  [
    'deep JSON',
    ['stack', 'error', 'time', 'memory'],
    'let a = []; for (let i = 0; i < 1e6; i++) a = [a]; JSON.stringify(a)',
  ],
  [
    'broken JSON',
    ['aborted', 'error', 'done'],
    'JSON.stringify = () => "nonsense"; Array.prototype.map = () => 5; return {}',
  ],
  [
    'tampered prototypes',
    ['aborted', 'error', 'done', 'time'],
    'Object.prototype.toJSON = () => 1; Object.prototype.fault = "error"; String.prototype.startsWith = () => true; return { a: 1 }',
  ],
  ['eval', ['done', 'error'], 'return eval("1 + 1")'],
  ['constructor escape', ['done', 'error'], 'return [].constructor.constructor("return typeof process")()'],
];

describe('quickjs: hostile scripts', async () => {
  const witness = await QuickVm.open('quickjs', { name: 'witness' });
  for (const [name, endings, source] of HOSTILE) {
    it(name, async () => {
      const vm = await QuickVm.open('quickjs', { name, limits: { callMs: CALL_MS, memoryBytes: 8 << 20 } });
      const started = performance.now();
      const loaded = vm.load('hostile.js', source);
      const result =
        loaded.ok && loaded.ref !== undefined ? vm.call(refOf(vm.load('r.js', 'return (x) => x')), []) : loaded;
      if (loaded.ref !== undefined) vm.read(loaded.ref);
      const tookMs = performance.now() - started;
      const ending = !result.ok ? result.fault : loaded.ok && vm.usable ? 'done' : 'time';
      assert.ok(endings.includes(ending), `ended as ${ending}${result.ok ? '' : `: ${result.message}`}`);
      assert.ok(tookMs < 2 * CALL_MS + SLACK_MS, `took ${Math.round(tookMs)} ms`);
      vm.close();
      assert.deepEqual(okValues(witness.load('w.js', 'return 1 + 1')), [2]);
    });
  }
});
