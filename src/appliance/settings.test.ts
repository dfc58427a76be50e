import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MIGRATIONS, migrate } from './migrations.ts';
import { createSettings, InvalidSettings, type SettingsStore } from './settings.ts';
import { defaultSettings, isCidr, SETTINGS_VERSION } from './settings-schema.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-settings-'));
after(() => rm(root, { recursive: true, force: true }));

async function opened(dir?: string): Promise<{ dir: string; file: string; store: SettingsStore }> {
  const folder = dir ?? (await mkdtemp(join(root, 's-')));
  const file = join(folder, 'settings.json');
  const store = createSettings(file);
  await store.start();
  return { dir: folder, file, store };
}

test('changes are on the disk when update resolves, private, and read at the next start', async () => {
  const { dir, file, store } = await opened();
  assert.deepEqual(store.get(), defaultSettings());
  const seen: string[][] = [];
  store.onChange = (keys) => seen.push(keys);
  await Promise.all([
    store.update({ interface: 'eth1', localNetworks: ['10.0.0.0/8', 'fd00::/8'] }),
    store.update({ name: 'Büro' }),
    store.update({ name: 'Büro' }),
  ]);
  assert.deepEqual(seen, [['interface', 'localNetworks'], ['name']]);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const again = (await opened(dir)).store;
  assert.deepEqual(again.get(), {
    ...defaultSettings(),
    interface: 'eth1',
    localNetworks: ['10.0.0.0/8', 'fd00::/8'],
    name: 'Büro',
  });
  assert.deepEqual(again.notices(), []);
  assert.deepEqual(await readdir(dir), ['settings.json']);
});

test('a bad change is refused whole, with the key and what is expected', async () => {
  const { store } = await opened();
  const bad = { name: 'ok', localNetworks: ['10.0.0.0/8', '10.0.0.0/33'], interface: '../etc', nonsense: 1 } as object;
  await assert.rejects(store.update(bad), (error: InvalidSettings) => {
    assert.deepEqual(
      error.problems.map(({ key }) => key as string),
      ['localNetworks', 'interface', 'nonsense'],
    );
    assert.match(error.message, /"10\.0\.0\.0\/33" is not a network; write it as/);
    return true;
  });
  assert.deepEqual(store.get(), defaultSettings());
  for (const name of ['__proto__', 'constructor', 'toString']) {
    await assert.rejects(store.update(JSON.parse(`{"${name}": 1}`) as object), InvalidSettings);
  }
});

test('a file cut at any byte, or of garbage, is set aside (three at most) and defaults are used', async () => {
  const { dir, file, store } = await opened();
  await store.update({ interface: 'eth1' });
  const whole = await readFile(file);
  for (let size = 0; size < whole.length - 1; size += 3) {
    await writeFile(file, whole.subarray(0, size));
    const cut = (await opened(dir)).store;
    assert.equal(cut.get().interface, '');
    assert.equal(cut.notices().length, 1, `cut at ${size}`);
    assert.match(cut.notices()[0]!, /could not be read .* kept as settings\.json\.damaged-/);
  }
  for (const text of ['null', '[]', '{}', '{"settings":[]}', '{"settings":{},"version":"x"}', '\u0000'.repeat(500)]) {
    await writeFile(file, text);
    assert.equal((await opened(dir)).store.notices().length, 1, text);
  }
  assert.equal((await readdir(dir)).length, 3);
});

test('one bad value costs that value only; what a newer version stored is kept', async () => {
  const { dir, file } = await opened();
  const settings = { name: 5, interface: 'eth1', localNetworks: 'x', language: 'de', later: { a: 1 } };
  await writeFile(file, JSON.stringify({ version: SETTINGS_VERSION + 1, settings }));
  const { store } = await opened(dir);
  assert.deepEqual(store.get(), { ...defaultSettings(), interface: 'eth1', language: 'de' });
  assert.equal(store.notices().length, 3);
  await store.update({ name: 'x' });
  const written = JSON.parse(await readFile(file, 'utf8')) as { settings: object };
  assert.deepEqual(written.settings, {
    ...defaultSettings(),
    interface: 'eth1',
    language: 'de',
    name: 'x',
    later: { a: 1 },
  });
  assert.equal((await readdir(dir)).filter((name) => name.includes('.damaged-')).length, 1);
});

test('migrations run in order, each once; a missing one is an error', () => {
  const steps = [(before: object) => ({ ...before, a: 1 }), (before: object) => ({ ...before, b: 2 })];
  assert.deepEqual(migrate({ z: 0 }, 0, 2, steps), { z: 0, a: 1, b: 2 });
  assert.deepEqual(migrate({ z: 0 }, 1, 2, steps), { z: 0, b: 2 });
  assert.throws(() => migrate({}, 2, 4, steps), /version 2 cannot be brought to version 3/);
  assert.equal(MIGRATIONS.length, SETTINGS_VERSION);
});

test('an unreadable settings file does not stop the start; a failed write leaves no temporary file', async () => {
  const dir = await mkdtemp(join(root, 's-'));
  await mkdir(join(dir, 'settings.json'));
  const { store } = await opened(dir);
  assert.match(store.notices()[0]!, /cannot read/);
  await assert.rejects(store.update({ name: 'x' }), /cannot write/);
  assert.equal(store.get().name, 'spanwatch', 'what is not on the disk is not in force');
  await assert.rejects(writeFileAtomic(join(dir, 'settings.json'), 'x'), /cannot write/);
  assert.deepEqual(await readdir(dir), ['settings.json']);
});

test('networks', () => {
  for (const good of ['10.0.0.0/8', '10.1.2.3', '::1', 'fe80::/10', '0.0.0.0/0']) assert.ok(isCidr(good), good);
  for (const bad of ['', '10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', 'x/8']) {
    assert.ok(!isCidr(bad), bad);
  }
});
