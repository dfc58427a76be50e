import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { applyBackup, BackupError, eraseState, makeBackup, openBackup, travels } from './backup.ts';
import { defaultSettings, type Settings } from './settings-schema.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-backup-'));
after(() => rm(root, { recursive: true, force: true }));
const PHRASE = 'a long passphrase';
const settings: Settings = {
  ...defaultSettings(),
  name: 'Büro',
  interface: 'eth7',
  passwordHash: 'scrypt$15$8$1$c2FsdHNhbHRzYWx0c2FsdA$c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0',
  localNetworks: ['10.0.0.0/8'],
};

async function state(): Promise<string> {
  const dir = await mkdtemp(join(root, 's-'));
  await writeFile(join(dir, 'config.db'), '{"set":0,"webhook":"hunter2"}\n');
  await writeFile(join(dir, 'alerts.db'), 'large and not in it');
  await mkdir(join(dir, 'plugins/mine/alert_definitions'), { recursive: true });
  await writeFile(join(dir, 'plugins/mine/manifest.lua'), 'return {}');
  await writeFile(join(dir, 'plugins/mine/alert_definitions/x.lua'), 'return {}');
  await symlink('/etc/passwd', join(dir, 'plugins/mine/link.lua'));
  return dir;
}

const make = (dir: string): Promise<string> =>
  makeBackup(dir, settings, PHRASE, { version: '0.1', nowMs: 1_700_000_000_000 });

test('made on one box, restored on another: settings, configuration, plugins; alerts stay', async () => {
  const text = await make(await state());
  const dir = await mkdtemp(join(root, 'other-'));
  await writeFile(join(dir, 'alerts.db'), 'mine');
  await writeFile(join(dir, 'exclusions.db'), 'old');
  await writeFile(join(dir, 'sessions.json'), 'old');
  const opened = await openBackup(text, PHRASE);
  assert.deepEqual(opened.skipped, []);
  await applyBackup(dir, opened);
  const written = JSON.parse(await readFile(join(dir, 'settings.json'), 'utf8')) as { settings: Settings };
  assert.deepEqual(written.settings, settings);
  assert.match(await readFile(join(dir, 'config.db'), 'utf8'), /hunter2/);
  assert.equal(await readFile(join(dir, 'plugins/mine/alert_definitions/x.lua'), 'utf8'), 'return {}');
  assert.ok(!existsSync(join(dir, 'plugins/mine/link.lua')), 'links are not followed');
  assert.equal(await readFile(join(dir, 'alerts.db'), 'utf8'), 'mine');
  assert.ok(!existsSync(join(dir, 'exclusions.db')) && !existsSync(join(dir, 'sessions.json')));
});

test('nothing but the head can be read without the passphrase; any change is noticed', async () => {
  const text = await make(await state());
  for (const secret of ['scrypt$', 'hunter2', 'eth7', '10.0.0.0']) assert.ok(!text.includes(secret), secret);
  await assert.rejects(openBackup(text, 'another phrase'), /does not fit/);
  const parsed = JSON.parse(text) as { head: { name: string }; box: { data: string } };
  parsed.head.name = 'Mine';
  await assert.rejects(openBackup(JSON.stringify(parsed), PHRASE), /does not fit, or the file was changed/);
  const at = Math.floor(text.length / 2);
  await assert.rejects(
    openBackup(`${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`, PHRASE),
    BackupError,
  );
  await assert.rejects(makeBackup(await state(), settings, 'short', { version: '', nowMs: 0 }), /at least 10/);
});

test('what is no backup is refused with a sentence, at any cut', async () => {
  const text = await make(await state());
  for (const bad of [
    '',
    'null',
    '[]',
    '{}',
    '{"head":{"product":"spanwatch"},"box":{}}',
    '\u0000'.repeat(99),
    text.slice(0, 300),
    text.slice(0, -30),
  ]) {
    await assert.rejects(openBackup(bad, PHRASE), BackupError, bad.slice(0, 40));
  }
  const newer = JSON.parse(text) as { head: { format: number } };
  newer.head.format = 2;
  await assert.rejects(openBackup(JSON.stringify(newer), PHRASE), /newer version/);
});

test('paths that lead out of the state folder never travel', () => {
  for (const good of ['config.db', 'plugins/a/manifest.lua', 'plugins/my plugin/x-y_z.lua'])
    assert.ok(travels(good), good);
  for (const bad of [
    '../x',
    'plugins/../settings.json',
    '/etc/passwd',
    'plugins/.ssh/x',
    'settings.json',
    'plugins//x',
    'plugins/a/..',
    'C:\\x',
    'plugins/a\\..\\b',
    'plugins/\u0000',
    'sessions.json',
    'pluginsx/a',
    `plugins/${'a'.repeat(400)}`,
  ]) {
    assert.ok(!travels(bad), bad);
  }
});

test('factory reset leaves nothing but the lock', async () => {
  const dir = await state();
  await writeFile(join(dir, 'spanwatch.lock'), '1');
  await eraseState(dir);
  assert.deepEqual(await readdir(dir), ['spanwatch.lock']);
});
