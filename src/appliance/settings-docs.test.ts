import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { settingsDocs } from './settings-docs.ts';
import { keysOf, SETTINGS_KEYS, SETTINGS_RULES, SETTINGS_SECTIONS } from './settings-schema.ts';

test('docs/settings.md is what the table says', async () => {
  const written = await readFile(new URL('../../docs/settings.md', import.meta.url), 'utf8');
  assert.equal(written, settingsDocs(), 'run: node src/appliance/settings-docs.ts > docs/settings.md');
});

test('each setting: its default passes its own check, it stands in one section, it says what it is for', () => {
  for (const key of SETTINGS_KEYS) {
    const rule = SETTINGS_RULES[key];
    assert.equal(rule.wrong(rule.fallback), undefined, key);
    assert.match(rule.title, /^\p{Lu}/u, key);
    assert.match(rule.help, /\.$/, key);
    for (const bad of [undefined, null, {}, Number.NaN, Symbol('x')]) {
      assert.match(String(rule.wrong(bad)), /^(must|has) /, `${key} ${String(bad)}`);
    }
  }
  const inSections = SETTINGS_SECTIONS.flatMap(({ key }) => keysOf(key));
  assert.deepEqual([...inSections, ...keysOf('none')].sort(), [...SETTINGS_KEYS].sort());
});
