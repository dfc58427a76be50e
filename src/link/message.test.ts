import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleAlert } from '../alerts/sample.ts';
import { fakeStats } from '../appliance/fake-engine.ts';
import type { ToAppliance } from '../messages.ts';
import { EXAMPLES } from './examples.ts';
import { parseToAppliance, parseToEngine } from './message.ts';

const GOOD = [
  { kind: 'hello', protocol: 1, version: '1', pid: 2, bootId: 'b' },
  { kind: 'stats', stats: fakeStats({ counters: { 'decode.ip.too_short': 3 } }) },
  { kind: 'alerts', items: [sampleAlert(1)] },
  { kind: 'plugins', items: [EXAMPLES.plugin] },
  { kind: 'flows', request: 1, total: 1, items: [EXAMPLES.flow] },
  { kind: 'reloaded', request: 1, ok: true, text: '' },
  { kind: 'log', level: 'info', source: 's', text: 't' },
];

test('what the engine says is taken', () => {
  for (const message of GOOD) {
    const text = JSON.stringify(message);
    assert.deepEqual(parseToAppliance(text), JSON.parse(text));
  }
});

/** Every way to replace or drop one value inside `value`. */
function* spoiled(value: unknown): Generator<unknown> {
  for (const wrong of [null, 'x', 7, true, [], {}, [null]]) yield wrong;
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    const copy = structuredClone(value) as { [key: string]: unknown };
    delete copy[key];
    yield copy;
    for (const inner of spoiled((value as { [key: string]: unknown })[key])) {
      const changed = structuredClone(value) as { [key: string]: unknown };
      changed[key] = inner;
      yield changed;
    }
  }
}

test('no field of no message, spoiled in any way, makes the appliance throw when it uses what was taken', () => {
  let taken = 0;
  let refused = 0;
  const use = (message: ToAppliance): void => {
    // What engine-link, config-port and health do with it.
    if (message.kind === 'alerts') for (const item of message.items) item.key.slice(1);
    if (message.kind === 'stats') message.stats.source.state.text.slice(message.stats.flows.active);
    if (message.kind === 'plugins') {
      for (const plugin of message.items) for (const script of plugin.scripts) script.configHooks.join();
    }
    if (message.kind === 'flows') for (const flow of message.items) flow.client.ip.slice(flow.statuses.length);
    if (message.kind === 'log') message.text.slice(0, message.source.length);
  };
  for (const message of GOOD) {
    for (const bad of spoiled(message)) {
      const parsed = parseToAppliance(JSON.stringify(bad));
      if (parsed === undefined) refused += 1;
      else {
        taken += 1;
        use(parsed);
      }
    }
  }
  assert.ok(refused > 1000 && taken > 0, `${refused} refused, ${taken} taken`);
});

test('garbage is refused by both ends', () => {
  for (const text of [
    '',
    'x',
    'null',
    '[]',
    '5',
    '{"kind":"__proto__"}',
    '{"kind":null}',
    '{"kind":["stats"]}',
    '\u0000',
  ]) {
    assert.equal(parseToAppliance(text), undefined);
    assert.equal(parseToEngine(text), undefined);
  }
});
