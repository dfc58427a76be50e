import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { SCAN_LIMITS, scanPlugins } from './scan.ts';

function folder(t: { after(fn: () => void): void }): { root: string; put(path: string, text?: string | Buffer): void } {
  const root = mkdtempSync(join(tmpdir(), 'spanwatch-scan-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return {
    root,
    put(path, text = 'return {}') {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
  };
}
const keys = (root: string) => scanPlugins([root]).plugins.map((p) => p.key);

test('plugins are found up to four levels deep, named by their folder, and not looked into for others', (t) => {
  const { root, put } = folder(t);
  put('one/manifest.lua');
  put('alerts/two/manifest.lua');
  put('alerts/security/three/manifest.lua');
  put('plugins/alerts/security/four/manifest.lua');
  put('a/b/c/d/five/manifest.lua');
  put('one/inner/manifest.lua');
  put('.hidden/manifest.lua');
  assert.deepEqual(keys(root).sort(), ['four', 'one', 'three', 'two']);
});

test('what belongs to a plugin is read, and nothing else', (t) => {
  const { root, put } = folder(t);
  for (const file of [
    'manifest.lua',
    'locales/en.lua',
    'user_scripts/flow/x.lua',
    'modules/m.lua',
    'alert_definitions/a.lua',
  ])
    put(`p/${file}`);
  for (const file of [
    'README.md',
    'user_scripts/flow/x.txt',
    'user_scripts/flow/deep/er/x.lua',
    'secret/x.lua',
    '.git/x.lua',
  ])
    put(`p/${file}`);
  assert.deepEqual([...scanPlugins([root]).plugins[0]!.files.keys()].sort(), [
    'alert_definitions/a.lua',
    'locales/en.lua',
    'manifest.lua',
    'modules/m.lua',
    'user_scripts/flow/x.lua',
  ]);
});

test('data folders that the manifest names are read, one level deep', (t) => {
  const { root, put } = folder(t);
  put('p/manifest.lua', 'return { title = "T", data_dirs = { "probes", \'more\', "../out", "gone" } }');
  for (const file of ['probes/icmp.lua', 'probes/deep/x.lua', 'probes/x.bin', 'more/hosts.json', 'other/x.lua'])
    put(`p/${file}`);
  put('out/x.lua');
  assert.deepEqual(
    [...scanPlugins([root]).plugins[0]!.files.keys()],
    ['manifest.lua', 'probes/icmp.lua', 'more/hosts.json'],
  );
});

test('the first folder of a name wins, with a warning; a root that is not there is empty', (t) => {
  const a = folder(t);
  const b = folder(t);
  a.put('p/manifest.lua', 'return 1');
  b.put('p/manifest.lua', 'return 2');
  const scan = scanPlugins(['/nowhere/at/all', a.root, b.root]);
  assert.equal(scan.plugins.length, 1);
  assert.equal(scan.plugins[0]!.files.get('manifest.lua'), 'return 1');
  assert.match(scan.warnings[0]!, /has the same name and comes first/);
});

test('links out of the folder, pipes, binaries, giants and odd names are left out with a word', (t) => {
  const { root, put } = folder(t);
  const outside = folder(t);
  outside.put('evil/manifest.lua');
  outside.put('secret.lua', 'return "secret"');
  symlinkSync(join(outside.root, 'evil'), join(root, 'evil'));
  symlinkSync(root, join(root, 'loop'));
  put('p/manifest.lua');
  put('p/user_scripts/flow/fine.lua');
  symlinkSync(join(outside.root, 'secret.lua'), join(root, 'p/user_scripts/flow/linked.lua'));
  execFileSync('mkfifo', [join(root, 'p/user_scripts/flow/pipe.lua')]);
  symlinkSync(join(root, 'p/user_scripts/flow/pipe.lua'), join(root, 'p/user_scripts/flow/to_pipe.lua'));
  put('p/user_scripts/flow/bytecode.lua', Buffer.from('\x1bLuaS\x00'));
  put('p/user_scripts/flow/binary.lua', Buffer.from([0x72, 0, 0xff]));
  put('p/user_scripts/flow/giant.lua', 'x'.repeat(SCAN_LIMITS.fileBytes + 1));
  put('odd name/manifest.lua');
  const scan = scanPlugins([root]);
  assert.deepEqual(
    scan.plugins.map((p) => p.key),
    ['p'],
  );
  assert.deepEqual([...scan.plugins[0]!.files.keys()], ['manifest.lua', 'user_scripts/flow/fine.lua']);
  const messages = scan.plugins[0]!.errors.map((e) => e.message).join('\n');
  assert.match(messages, /linked.lua points to a place outside/);
  assert.match(messages, /bytecode.lua is not text/);
  assert.match(messages, /binary.lua is not text/);
  assert.match(messages, /giant.lua has 262145 bytes, at most 262144/);
  assert.match(scan.warnings.join('\n'), /evil points to a place outside/);
  assert.match(scan.warnings.join('\n'), /odd name is left out/);
});

test('thousands of files, folders and plugins end at the bounds', (t) => {
  const { root, put } = folder(t);
  put('p/manifest.lua');
  for (let i = 0; i < SCAN_LIMITS.pluginFiles + 100; i++) put(`p/user_scripts/flow/s${i}.lua`, 'return nil');
  const files = scanPlugins([root]).plugins[0]!;
  assert.equal(files.files.size, SCAN_LIMITS.pluginFiles);
  assert.match(files.errors[0]!.message, /at most 200 files/);
  for (let i = 0; i < SCAN_LIMITS.plugins + 20; i++) put(`q${i}/manifest.lua`);
  const scan = scanPlugins([root]);
  assert.equal(scan.plugins.length, SCAN_LIMITS.plugins);
  assert.match(scan.warnings.at(-1)!, /at most 500 plugins/);
});
