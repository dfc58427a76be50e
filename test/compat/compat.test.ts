/** Every community plugin of ntopng 4.2, in our re-creation of its use of the API: loads, is configured, and does its work. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { CASES } from './cases.ts';
import { CompatRoom, scan } from './room.ts';

const REFERENCE = fileURLToPath(new URL('../../../shared/reference/plugins.tsv', import.meta.url));

test('there is a re-creation and a case for each plugin of 4.2, and 75 scripts', (t) => {
  const keys = scan().plugins.map((plugin) => plugin.key);
  assert.deepEqual([...keys].sort(), Object.keys(CASES).sort());
  const scripts = scan().plugins.flatMap((plugin) =>
    [...plugin.files.keys()].filter((file) => file.startsWith('user_scripts/')),
  );
  assert.equal(scripts.length, 75);
  if (!existsSync(REFERENCE)) return t.skip('no reference list of the plugins here');
  const rows = readFileSync(REFERENCE, 'utf8').trim().split('\n').slice(1);
  assert.deepEqual(rows.map((row) => row.split('\t')[1]).sort(), [...keys].sort());
});

test('all of them together load without an error, each script with its texts', async () => {
  const room = await CompatRoom.open(Object.keys(CASES));
  for (const plugin of room.kit.house.infos()) {
    assert.deepEqual(plugin.errors, [], plugin.key);
    if (plugin.key === 'example') continue;
    for (const script of plugin.scripts) {
      assert.notEqual(script.state, 'error', `${plugin.key}/${script.key}: ${script.reason}`);
      for (const text of [script.title, script.description])
        assert.match(text, /^[A-Z][^.]*[ a-zA-Z]/, `${plugin.key}/${script.key}: ${text}`);
      assert.doesNotMatch(
        `${script.title} ${script.description} ${script.gui?.unit}`,
        /\b[a-z_]+\.[a-z_]+\b/,
        script.key,
      );
    }
  }
  room.close();
});

for (const [key, one] of Object.entries(CASES)) {
  test(`${key}: ${one.refused ? 'says why it cannot work here' : one.traffic}`, async () => {
    const room = await CompatRoom.open([key], one.typed, one.over);
    const info = room.kit.plugin(key);
    if (one.refused) {
      const words = info.state === 'disabled' ? info.reason : info.scripts.map((script) => script.reason).join(' ');
      assert.match(words, one.refused);
    } else {
      assert.equal(info.state, 'running', info.reason);
      assert.notEqual(await one.fire(room), '');
      const faults = room.kit
        .plugin(key)
        .errors.filter((error) => !EXPECTED[key]?.test(`${error.file}: ${error.message}`));
      assert.deepEqual(faults, []);
    }
    room.close();
  });
}

/** 4.2's own slips, which stay with their script. */
const EXPECTED: { [plugin: string]: RegExp } = {
  periodic_activities:
    /^user_scripts\/system\/slow_periodic_activity\.lua: attempt to perform arithmetic on a nil value/,
};
