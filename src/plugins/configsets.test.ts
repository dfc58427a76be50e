import assert from 'node:assert/strict';
import test from 'node:test';
import * as sets from './configsets.ts';
import type { ScriptInfo } from './types.ts';

const script = (over: Partial<ScriptInfo>): ScriptInfo => ({
  key: 'unexpected_dns',
  subdir: 'flow',
  plugin: 'unexpected_dns',
  file: 'user_scripts/flow/unexpected_dns.lua',
  title: '',
  description: '',
  category: 'security',
  categoryTitle: '',
  categoryIcon: '',
  hooks: ['protocolDetected'],
  configHooks: ['all'],
  defaultEnabled: false,
  defaultConf: { items: [] },
  gui: null,
  state: 'ok',
  reason: '',
  ...over,
});

test('configuration is kept per granularity for periodic kinds and under "all" for the others', () => {
  assert.deepEqual(sets.configHooks('flow', ['protocolDetected', 'flowEnd']), ['all']);
  assert.deepEqual(sets.configHooks('host', ['day', 'min']), ['min', 'day']);
  assert.deepEqual(sets.configHooks('syslog', ['handleEvent']), ['all']);
});

test('defaults are added only where an entry is missing, never merged into a stored one', () => {
  const first = sets.addDefaults(sets.emptySet(), [script({})]);
  assert.equal(first.changed, true);
  assert.deepEqual(sets.hookConf(first.set, 'flow', 'unexpected_dns', 'all'), {
    enabled: false,
    script_conf: { items: [] },
  });
  const kept = sets.updateScript(first.set, 'flow', 'unexpected_dns', {
    all: { enabled: true, script_conf: { items: ['1.1.1.1'] } },
  });
  const again = sets.addDefaults(kept, [script({ defaultConf: { items: [], newer: 1 }, defaultEnabled: false })]);
  assert.equal(again.changed, false);
  assert.equal(again.set, kept);
  assert.deepEqual(sets.hookConf(again.set, 'flow', 'unexpected_dns', 'all').script_conf, { items: ['1.1.1.1'] });
});

test('a hook that a script gained later gets its defaults, the others keep theirs', () => {
  const one = script({ key: 'bytes', subdir: 'host', hooks: ['min'], configHooks: ['min'], defaultConf: {} });
  const set = sets.updateScript(sets.emptySet(), 'host', 'bytes', {
    min: { enabled: true, script_conf: { threshold: 7 } },
  });
  const two = sets.addDefaults(set, [{ ...one, hooks: ['min', 'hour'], configHooks: ['min', 'hour'] }]).set;
  assert.deepEqual(sets.hookConf(two, 'host', 'bytes', 'min').script_conf, { threshold: 7 });
  assert.equal(sets.hookConf(two, 'host', 'bytes', 'hour').enabled, false);
});

test('update, toggle and reset return new sets and leave the old one alone', () => {
  const base = sets.addDefaults(sets.emptySet(), [script({})]).set;
  const frozen = JSON.stringify(base);
  const on = sets.toggleScript(base, script({}), true);
  assert.equal(sets.hookConf(on, 'flow', 'unexpected_dns', 'all').enabled, true);
  const changed = sets.updateScript(on, 'flow', 'unexpected_dns', {
    all: { enabled: true, script_conf: { items: ['9.9.9.9'] } },
  });
  const back = sets.resetScript(changed, script({}));
  assert.deepEqual(sets.hookConf(back, 'flow', 'unexpected_dns', 'all'), {
    enabled: false,
    script_conf: { items: [] },
  });
  assert.equal(JSON.stringify(base), frozen);
});

test('names that reach a prototype are refused, and lookups never reach one', () => {
  const set = sets.updateScript(sets.emptySet(), 'flow', '__proto__', {
    all: { enabled: true, script_conf: {} },
  });
  assert.deepEqual(set.config, {});
  assert.equal(sets.hookConf(set, 'flow', 'toString', 'all').enabled, false);
  assert.equal(sets.hookConf(set, 'flow', 'constructor', 'name').enabled, false);
});

test('sets are cloned, renamed and deleted, the default one neither renamed nor deleted', () => {
  const cloned = sets.cloneSet([sets.emptySet()], 0, 'cameras');
  assert.ok(cloned.ok);
  assert.deepEqual(
    cloned.sets.map((s) => [s.id, s.name]),
    [
      [0, 'Default'],
      [1, 'cameras'],
    ],
  );
  assert.equal(sets.cloneSet(cloned.sets, 0, 'cameras').ok, false);
  assert.equal(sets.cloneSet(cloned.sets, 0, 'a name that is too long').ok, false);
  assert.equal(sets.renameSet(cloned.sets, 0, 'x').ok, false);
  assert.equal(sets.renameSet(cloned.sets, 1, 'x').ok, true);
  assert.equal(sets.deleteSet(cloned.sets, 0).ok, false);
  assert.equal(sets.deleteSet(cloned.sets, 7).ok, false);
  const deleted = sets.deleteSet(cloned.sets, 1);
  assert.ok(deleted.ok && deleted.sets.length === 1);
});
