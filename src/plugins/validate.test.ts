import assert from 'node:assert/strict';
import test from 'node:test';
import type { ScriptGui } from './types.ts';
import { describeConf, LIMITS, parseConf } from './validate.ts';

const gui = (over: Partial<ScriptGui>): ScriptGui => ({
  builder: 'items_list',
  inputTitle: '',
  inputDescription: '',
  itemListType: 'ip_address',
  unit: '',
  min: null,
  max: null,
  step: null,
  operator: '',
  groups: [],
  ...over,
});
const on = (script_conf: unknown) => ({ enabled: true, script_conf });

function conf(g: ScriptGui | null, script_conf: unknown): unknown {
  const result = parseConf(g, 'all', on(script_conf));
  return result.ok ? result.conf.script_conf : result.message;
}

test('a list of addresses typed as text is split, trimmed, and its duplicates dropped', () => {
  assert.deepEqual(conf(gui({}), { items: ' 8.8.8.8, 1.1.1.1,8.8.8.8,\n 2001:db8::1 ,' }), {
    items: ['8.8.8.8', '1.1.1.1', '2001:db8::1'],
  });
});

test('the first bad item refuses the whole form and is named', () => {
  const cases: [string, string, string][] = [
    ['ip_address', '8.8.8.8,8.8.8', 'Bad address: 8.8.8'],
    ['ip_address', '8.8.8.256', 'Bad address: 8.8.8.256'],
    ['country', 'it,deu', 'Bad country: deu'],
    ['mac_address', '00:11:22:33:44:5', 'Bad MAC address: 00:11:22:33:44:5'],
    ['device_type', 'toaster', 'Bad device type: toaster'],
    ['string', "it's", "Bad string: it's"],
    ['string', 'two words', 'Bad string: two words'],
  ];
  for (const [itemListType, items, message] of cases) {
    assert.equal(conf(gui({ itemListType }), { items }), message, itemListType);
  }
  assert.deepEqual(conf(gui({ itemListType: 'country' }), { items: 'it,IT,de' }), { items: ['IT', 'DE'] });
  assert.deepEqual(conf(gui({ itemListType: '' }), { items: 'any thing' }), { items: ['any thing'] });
});

test('names of protocols are checked against those the caller knows', () => {
  const g = gui({ itemListType: 'proto_or_category' });
  const known = (name: string) => name === 'DNS';
  assert.equal(parseConf(g, 'all', on({ items: ['DNS'] }), known).ok, true);
  const bad = parseConf(g, 'all', on({ items: ['Gopher'] }), known);
  assert.deepEqual(bad, { ok: false, field: 'all.items', message: 'Bad protocol or category: Gopher' });
});

test('thresholds are numbers within the bounds, with an operator', () => {
  const g = gui({ builder: 'threshold_cross', min: 1, max: 65535, operator: 'gt' });
  assert.deepEqual(conf(g, { threshold: '256', operator: 'lt' }), { operator: 'gt', threshold: 256 });
  assert.match(String(conf(g, { threshold: 'many' })), /must be a number, got "many"/);
  assert.match(String(conf(g, {})), /must be a number, got nothing/);
  assert.match(String(conf(g, { threshold: 0 })), /at least 1/);
  assert.match(String(conf(g, { threshold: 65536 })), /at most 65535/);
  const free = gui({ builder: 'threshold_cross' });
  assert.deepEqual(conf(free, { threshold: 3, operator: 'lt' }), { operator: 'lt', threshold: 3 });
  assert.match(String(conf(free, { threshold: 3, operator: 'like' })), /Operator/);
});

test('choices must be offered ones and are kept as texts', () => {
  const g = gui({
    builder: 'multi_select',
    itemListType: '',
    groups: [
      {
        label: '',
        elements: [
          { id: '1', label: 'XSS' },
          { id: '2', label: 'SQL' },
        ],
      },
    ],
  });
  assert.deepEqual(conf(g, { items: [1, '2'] }), { items: ['1', '2'] });
  assert.equal(conf(g, { items: [3] }), 'Bad choice: 3');
  assert.equal(describeConf(g, { all: { enabled: true, script_conf: { items: ['2', '1'] } } }), 'SQL, XSS');
});

test('the numeric builders of long-lived and elephant flows', () => {
  assert.deepEqual(conf(gui({ builder: 'long_lived', itemListType: '' }), { items: [], min_duration: '3600' }), {
    items: [],
    min_duration: 3600,
  });
  assert.match(String(conf(gui({ builder: 'elephant_flows' }), { items: [], l2r_bytes_value: 5 })), /r2l_bytes_value/);
  assert.match(String(conf(gui({ builder: 'long_lived' }), { min_duration: -1 })), /negative/);
});

test('a disabled hook is stored as it is; both fields are mandatory', () => {
  assert.deepEqual(parseConf(gui({}), 'all', { enabled: false, script_conf: { items: ['bad'] } }), {
    ok: true,
    conf: { enabled: false, script_conf: { items: ['bad'] } },
  });
  for (const input of [null, 3, [], {}, { enabled: true }, { enabled: 'yes', script_conf: {} }, on(7), on([1])]) {
    assert.equal(parseConf(gui({}), 'all', input).ok, false, JSON.stringify(input));
  }
});

test('lists, items and unknown configurations are bounded', () => {
  const many = Array.from({ length: LIMITS.items + 1 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  assert.match(String(conf(gui({}), { items: many })), /more than 10000 items/);
  assert.match(String(conf(gui({ itemListType: '' }), { items: ['x'.repeat(300)] })), /^Bad item: x+…$/);
  assert.match(String(conf(gui({ builder: 'default' }), { blob: 'x'.repeat(LIMITS.confBytes) })), /too large/);
});

test('thresholds are described in the order of their granularity', () => {
  const g = gui({ builder: 'threshold_cross', unit: 'flows/s' });
  const confs = {
    hour: { enabled: true, script_conf: { operator: 'lt', threshold: 3 } },
    min: { enabled: true, script_conf: { operator: 'gt', threshold: 256 } },
    day: { enabled: false, script_conf: { operator: 'gt', threshold: 1 } },
  };
  assert.equal(describeConf(g, confs), '> 256 flows/s (Minute), < 3 flows/s (Hourly)');
  assert.equal(describeConf(gui({}), { all: on({ items: ['8.8.8.8', '1.1.1.1'] }) as never }), '8.8.8.8, 1.1.1.1');
});
