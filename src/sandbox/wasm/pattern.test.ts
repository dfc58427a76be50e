import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BorderError } from '../border.ts';
import { okValues, refOf } from '../testing/conformance.ts';
import { indexOf, Matcher } from './pattern.ts';
import { WasmVm } from './vm.ts';

const PIECES = [
  'a',
  'b',
  '.',
  '%a',
  '%d',
  '%w',
  '%s',
  '%S',
  '[ab]',
  '[^a]',
  '[a-c%d]',
  '[%w_-]',
  '%.',
  '%b()',
  '%f[%w]',
  '(',
  ')',
  '()',
];
const SUFFIXES = ['', '', '*', '+', '-', '?'];
const TEXT = 'aabbc 12.(x(y)) _-';

/** Small linear congruential generator: the same programs every time. */
function generator(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % n;
  };
}

it('finds what the native matcher finds', () => {
  const vm = new WasmVm({ name: 'patterns' });
  const native = refOf(vm.load('n.lua', 'return function(s, p, i) return pcall(string.find, s, p, i) end'));
  const next = generator(7);
  let matched = 0;
  for (let round = 0; round < 4000; round++) {
    let text = '';
    for (let i = next(20); i > 0; i--) text += TEXT[next(TEXT.length)];
    let pattern = next(4) === 0 ? '^' : '';
    for (let i = 1 + next(4); i > 0; i--) {
      const piece = PIECES[next(PIECES.length)]!;
      pattern +=
        piece + (piece.includes('(') || piece === ')' || piece.startsWith('%f') ? '' : SUFFIXES[next(SUFFIXES.length)]);
    }
    if (next(5) === 0) pattern += '$';
    if (!/[\^$*+?.([%-]/.test(pattern)) continue;
    const [ok, ...expected] = okValues(vm.call(native, [text, pattern]));
    let actual: unknown[];
    try {
      const match = new Matcher(Buffer.from(text), Buffer.from(pattern), () => {}).search(0, true);
      actual = match
        ? [
            match.start + 1,
            match.end,
            ...match.captures.map((c) => (c.end === undefined ? c.start : text.slice(c.start, c.end))),
          ]
        : [undefined];
      assert.equal(ok, true, `native refuses ${pattern}: ${expected[0]}`);
    } catch (e) {
      if (!(e instanceof BorderError)) throw e;
      assert.equal(ok, false, `native takes ${pattern} on ${JSON.stringify(text)}`);
      continue;
    }
    assert.deepEqual(actual, expected, `${pattern} on ${JSON.stringify(text)}`);
    if (match(actual)) matched++;
  }
  assert.ok(matched > 800, `only ${matched} matches: the test proves little`);
});
const match = (found: unknown[]): boolean => found[0] !== undefined;

it('gsub and gmatch give the same on the slow path as natively', () => {
  const vm = new WasmVm({ name: 'slow', limits: { callMs: 5000 } });
  const cases: [string, string][] = [
    ['(%w+)%s*=%s*(%w+)', '"%2=%1"'],
    ['%s*(%w-)%s*,', '{foo = "F", bar = 1, no = false}'],
    ['()', '"."'],
    ['^%s*(%w-)%s*=', 'function(x) return #x end'],
    ['%w*', '"<%0>"'],
    ['(f)(o)(o)%s*%s*', 'function(a, b, c) if b then return c .. b .. a end end'],
  ];
  for (const [pattern, replacement] of cases) {
    const [short, long] = [0, 4000].map((tail) =>
      okValues(
        vm.load(
          'g.lua',
          `local s = ("foo = bar, no,"):rep(3) .. "|" .. ("_"):rep(${tail})
           local n, all = 0, {}
           for a, b in s:gmatch(${JSON.stringify(pattern)}) do
             n = n + 1 if n > 3 then break end
             all[n] = tostring(a) .. ":" .. tostring(b)
           end
           local r, count = s:gsub(${JSON.stringify(pattern)}, ${replacement}, 3)
           return n, table.concat(all, ";"), count, (r:gsub("|.*", ""))`,
        ),
      ),
    );
    assert.deepEqual(long, short, pattern);
  }
  const both = okValues(
    vm.load(
      'b.lua',
      `local short = ("foo = bar, "):rep(3)
       local long = short .. ("-"):rep(4000)
       local p = "(%w+)%s*=%s*(%w+)"
       local a, n = short:gsub(p, "%2=%1")
       local b, m = long:gsub(p, "%2=%1")
       return a == b:sub(1, #a), n == m, short:find(p) == long:find(p), short:match(p) == long:match(p),
         select(2, pcall(string.gsub, short, p, "%9")) == select(2, pcall(string.gsub, long, p, "%9"))`,
    ),
  );
  assert.deepEqual(both, [true, true, true, true, true]);
});

it('searches plain text in linear time', () => {
  const next = generator(3);
  for (let round = 0; round < 500; round++) {
    const text = Buffer.from(Array.from({ length: next(30) }, () => 97 + next(2)));
    const needle = Buffer.from(Array.from({ length: next(5) }, () => 97 + next(2)));
    assert.equal(indexOf(text, needle, 0), text.indexOf(needle));
  }
});
