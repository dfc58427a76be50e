import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { newPluginFiles } from '../../workshop/new-plugin.ts';
import { couldNotFire } from '../../workshop/would-fire.ts';
import { ARCHIVE_LIMITS, ArchiveError, pluginIn, readArchive } from './archive.ts';
import { createPluginFiles } from './desk.ts';
import { VERSION_LIMITS } from './store.ts';

const scratch = mkdtempSync(join(tmpdir(), 'spanwatch-files-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

interface ZipEntry {
  name: string;
  data: Buffer;
  /** Unix mode. */
  mode?: number;
  /** What the entry claims to unpack to. */
  size?: number;
}
function zip(entries: ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const { name, data, mode = 0o100644, size = data.length } of entries) {
    const packed = deflateRawSync(data);
    const raw = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(crc32(data), 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(size, 22);
    local.writeUInt16LE(raw.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(raw.length, 28);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(at, 42);
    locals.push(local, raw, packed);
    list.push(central, raw);
    at += 30 + raw.length + packed.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}
function tar(entries: { name: string; data: Buffer; kind?: string }[]): Buffer {
  const out: Buffer[] = [];
  for (const { name, data, kind = '0' } of entries) {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write(data.length.toString(8).padStart(11, '0'), 124);
    head.write(kind, 156);
    head.write('ustar\x0000', 257, 'latin1');
    out.push(head, data, Buffer.alloc((512 - (data.length % 512)) % 512));
  }
  return Buffer.concat([...out, Buffer.alloc(1024)]);
}

const entries = (key: string, root = `${key}/`): { name: string; data: Buffer }[] =>
  Object.entries(newPluginFiles(key, 'flow')).map(([path, text]) => ({ name: root + path, data: Buffer.from(text) }));

test('zip, tar and tar.gz hold the same plugin, in a folder or at the top', () => {
  for (const data of [zip(entries('guests')), tar(entries('guests')), gzipSync(tar(entries('guests')))]) {
    const { key, files } = pluginIn(readArchive(data), 'whatever.zip');
    assert.equal(key, 'guests');
    assert.equal(files.get('manifest.lua')!.toString(), newPluginFiles('guests', 'flow')['manifest.lua']);
    assert.equal(files.size, 5);
  }
  assert.equal(pluginIn(readArchive(zip(entries('guests', ''))), 'C:\\x\\guests.zip').key, 'guests');
  assert.equal(pluginIn(readArchive(tar(entries('guests', ''))), 'guests.tar.gz').key, 'guests');
});

test('what leads out of the folder, is a link, too large, or not what it says is refused with a sentence', () => {
  const one = (name: string, more: Partial<ZipEntry> = {}): Buffer => zip([{ name, data: Buffer.from('x'), ...more }]);
  const bad: [Buffer, RegExp][] = [
    [one('../manifest.lua'), /leads out/],
    [one('a/../../b.lua'), /leads out/],
    [one('/etc/passwd'), /leads out/],
    [one('a\\..\\b.lua'), /is not taken/],
    [one('c:x.lua'), /is not taken/],
    [one('a/b\u0000.lua'), /is not taken/],
    [one(`${'a/'.repeat(9)}x.lua`), /deeper/],
    [one('x'.repeat(300)), /longer/],
    [one('link.lua', { mode: 0o120777 }), /is a link/],
    [one('bomb.lua', { data: Buffer.alloc(1 << 20), size: 10 }), /damaged|too large/],
    [one('large.lua', { size: 5 << 20 }), /at most/],
    [zip([...Array(450).keys()].map((n) => ({ name: `f${n}.lua`, data: Buffer.from('x') }))), /more than/],
    [zip([...Array(4).keys()].map((n) => ({ name: `f${n}.lua`, data: Buffer.alloc(3_900_000) }))), /too large/],
    [
      zip([
        { name: 'a.lua', data: Buffer.from('1') },
        { name: './a.lua', data: Buffer.from('2') },
      ]),
      /twice/,
    ],
    [tar([{ name: '../a.lua', data: Buffer.from('x') }]), /leads out/],
    [tar([{ name: 'a.lua', data: Buffer.alloc(0), kind: '2' }]), /is a link/],
    [gzipSync(Buffer.alloc(64 << 20)), /too large/],
    [Buffer.from('hello'), /neither zip nor tar/],
    [Buffer.alloc(ARCHIVE_LIMITS.packed + 1), /at most/],
    [Buffer.alloc(0), /neither zip nor tar/],
  ];
  for (const [data, why] of bad)
    assert.throws(
      () => readArchive(data),
      (e) => e instanceof ArchiveError && why.test(e.message),
      String(why),
    );
  for (const [files, why] of [
    [new Map([['a.lua', Buffer.alloc(1)]]), /manifest\.lua is missing/],
    [
      new Map([
        ['a/manifest.lua', Buffer.alloc(1)],
        ['b/manifest.lua', Buffer.alloc(1)],
      ]),
      /2 plugins/,
    ],
    [new Map([['9 x/manifest.lua', Buffer.alloc(1)]]), /will not do/],
  ] as [Map<string, Buffer>, RegExp][])
    assert.throws(() => pluginIn(files, 'x.zip'), why);
});

test('cut at every byte and with bytes changed an archive is read or refused, never more', () => {
  for (const whole of [zip(entries('guests')), tar(entries('guests'))]) {
    const step = Math.max(1, Math.floor(whole.length / 700));
    for (let cut = 0; cut < whole.length; cut += step) {
      for (const data of [
        whole.subarray(0, cut),
        Buffer.from(whole).fill(0xff, cut, Math.min(whole.length, cut + 3)),
        Buffer.from(whole).fill(0, cut, Math.min(whole.length, cut + 2)),
      ]) {
        try {
          for (const name of readArchive(Buffer.from(data)).keys()) assert.ok(!name.includes('..'));
        } catch (error) {
          assert.ok(error instanceof ArchiveError, String(error));
        }
      }
    }
  }
});

function desk(name: string) {
  const stateDir = join(scratch, name);
  const shipped = join(stateDir, 'shipped');
  mkdirSync(join(shipped, 'unexpected_dns'), { recursive: true });
  writeFileSync(join(shipped, 'unexpected_dns', 'manifest.lua'), 'return {}');
  const calls: string[] = [];
  let good = true;
  const files = createPluginFiles({
    stateDir,
    shippedDirs: [shipped],
    reload: () => {
      calls.push('reload');
      return Promise.resolve({ ok: true, text: '' });
    },
    recent: (folder) => {
      calls.push(`recent ${folder.slice(stateDir.length)}`);
      return Promise.resolve(couldNotFire('recent', 'x'));
    },
    tool: (args) => {
      calls.push(args.map((arg) => arg.replace(scratch, '')).join(' '));
      return Promise.resolve({
        ok: good,
        findings: good ? [] : [{ level: 'error', file: 'a.lua', line: 3, message: 'is wrong' }],
        scripts: [],
      });
    },
  });
  return { files, calls, stateDir, judge: (value: boolean) => void (good = value) };
}

test('a plugin is uploaded as a draft, refused while it is wrong, installed, edited, undone and removed', async () => {
  const { files, calls, stateDir, judge } = desk('life');
  assert.deepEqual(await files.upload('guests.zip', zip(entries('guests'))), { ok: true, key: 'guests' });
  assert.equal(files.origin('guests'), 'draft');
  assert.ok(!existsSync(join(stateDir, 'plugins', 'guests')));
  judge(false);
  assert.deepEqual(await files.install('guests'), { ok: false, message: 'a.lua:3: is wrong' });
  judge(true);
  assert.deepEqual(await files.install('guests'), { ok: true });
  assert.equal(files.origin('guests'), 'own');
  assert.deepEqual(readdirSync(join(stateDir, 'plugin-drafts')), []);
  assert.equal(calls.filter((call) => call === 'reload').length, 1);

  const path = 'user_scripts/flow/guests.lua';
  assert.equal((await files.write('guests', path, 'x')).ok, false);
  await files.edit('guests');
  assert.deepEqual(await files.write('guests', path, 'return {}\r\n'), { ok: true });
  assert.equal(files.read('guests', path), 'return {}\n');
  assert.match(readFileSync(join(stateDir, 'plugins', 'guests', path), 'utf8'), /protocolDetected/);
  await files.install('guests');
  assert.equal(readFileSync(join(stateDir, 'plugins', 'guests', path), 'utf8'), 'return {}\n');

  const [before] = files.versions('guests');
  assert.equal(before!.why, 'replaced');
  await files.restore('guests', before!.id);
  await files.install('guests');
  assert.match(files.read('guests', path)!, /protocolDetected/);

  await files.remove('guests');
  assert.equal(files.origin('guests'), undefined);
  assert.equal(files.versions('guests')[0]!.why, 'removed');
  await files.restore('guests', files.versions('guests')[0]!.id);
  assert.equal(files.origin('guests'), 'draft');
  await files.wouldFire('guests');
  await files.wouldFire('guests', Buffer.from('pcap'));
  assert.equal(calls.at(-2), 'recent /plugin-drafts/guests');
  assert.match(calls.at(-1)!, /^run .*capture\.pcap --plugin \/life\/plugin-drafts\/guests --all$/);
});

test('names that lead elsewhere reach nothing; what ships stays as it is; bounds hold', async () => {
  const { files, stateDir } = desk('bad');
  writeFileSync(join(stateDir, 'secret.lua'), 'secret');
  await files.create('mine', 'flow');
  for (const path of [
    '../../secret.lua',
    '/etc/passwd',
    'a/../b.lua',
    '.hidden.lua',
    'a//b.lua',
    '',
    'x.exe',
    'a\\b.lua',
  ]) {
    assert.equal(files.read('mine', path), undefined);
    assert.equal((await files.write('mine', path, 'x')).ok, false, path);
  }
  for (const key of ['..', '../mine', 'a/b', '', '.x', 'a b']) {
    assert.equal(files.origin(key), undefined);
    assert.deepEqual(files.files(key), []);
    assert.deepEqual(files.versions(key), []);
    for (const done of [
      files.edit(key),
      files.install(key),
      files.discard(key),
      files.remove(key),
      files.restore(key, '1'),
    ])
      assert.equal((await done).ok, false);
  }
  assert.equal((await files.restore('mine', '../../secret')).ok, false);
  assert.match(((await files.remove('unexpected_dns')) as { message: string }).message, /ships/);
  assert.match(((await files.edit('unexpected_dns')) as { message: string }).message, /ships/);
  assert.equal((await files.write('mine', 'manifest.lua', undefined)).ok, false);
  assert.equal((await files.write('mine', 'modules/x.lua', 'x'.repeat(VERSION_LIMITS.textBytes + 1))).ok, false);
  for (let n = 0; n < 30; n++) await files.create(`draft_${n}`, 'flow');
  assert.equal(files.drafts().length, 20);
  for (let n = 0; n < 14; n++) {
    await files.create('again', 'flow');
    await files.discard('draft_0');
    await files.create('draft_0', 'flow');
  }
  assert.equal(files.versions('draft_0').length, VERSION_LIMITS.perPlugin);
});
