import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { emptySet, updateScript } from '../plugins/configsets.ts';
import { CONFIG_LIMITS, type ConfigStore, createConfigStore } from './config-store.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-config-'));
after(() => rm(root, { recursive: true, force: true }));
const folder = (): Promise<string> => mkdtemp(join(root, 'c-'));

async function opened(dir: string): Promise<ConfigStore> {
  const store = createConfigStore(dir);
  await store.start();
  return store;
}

const conf = (items: string[]) => ({ all: { enabled: true, script_conf: { items, 'a.b': 1, $x: true } } });

test('sets are kept, field names with dots and dollars too, and removed sets stay removed', async () => {
  const dir = await folder();
  const store = await opened(dir);
  assert.deepEqual(store.sets(), [emptySet()]);
  const first = updateScript(emptySet(), 'flow', 'unexpected_dns', conf(['9.9.9.9']));
  const second = { ...first, id: 1, name: 'Guests' };
  await store.save([first, second]);
  assert.deepEqual((await opened(dir)).sets(), [first, second]);
  await store.save([first]);
  assert.deepEqual((await opened(dir)).sets(), [first]);
});

test('saving the same writes nothing; saving often does not let the file grow', async () => {
  const dir = await folder();
  const file = join(dir, 'config.db');
  const store = await opened(dir);
  let set = updateScript(emptySet(), 'flow', 's', conf(['1.1.1.1']));
  await store.save([set]);
  const { size } = await stat(file);
  await store.save([set]);
  assert.equal((await stat(file)).size, size);
  for (let n = 0; n < 200; n++) {
    set = updateScript(set, 'flow', 's', conf(Array.from({ length: 100 }, (_, i) => `10.0.${n}.${i}`)));
    await store.save([set]);
    assert.ok((await stat(file)).size < 100_000);
  }
  assert.deepEqual((await opened(dir)).sets(), [set]);
});

test('bounds are refused with a word and change nothing', async () => {
  const dir = await folder();
  const store = await opened(dir);
  const many = Array.from({ length: CONFIG_LIMITS.sets + 1 }, (_, id) => ({ ...emptySet(), id, name: `n${id}` }));
  await assert.rejects(store.save(many), /at most 64 configurations/);
  const huge = updateScript(emptySet(), 'flow', 's', conf(['x'.repeat(CONFIG_LIMITS.setBytes)]));
  await assert.rejects(store.save([huge]), /larger than/);
  assert.deepEqual(store.sets(), [emptySet()]);
});

test('a damaged file: set 0 exists, what can be read is kept, and it is said', async () => {
  const dir = await folder();
  const file = join(dir, 'config.db');
  const store = await opened(dir);
  const guests = { ...emptySet(), id: 1, name: 'Guests' };
  await store.save([updateScript(emptySet(), 'flow', 's', conf([])), guests]);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"_id":"0"', '"_id":"zero"'));
  const again = await opened(dir);
  assert.deepEqual(again.sets(), [emptySet(), guests]);
  assert.equal(again.notices().length, 1);
  await writeFile(file, text.replace('\\"enabled\\":true', '\\"enabled\\":7'));
  assert.deepEqual((await opened(dir)).sets(), [emptySet(), guests]);
});
