/** The owner's file: applied once, its faults said, the password kept only as a hash. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hashPassword, verifyPassword } from '../admin/password.ts';
import { applyBootFile, parseBootFile, settingsOf } from './boot-file.ts';
import { createSettings } from './settings.ts';

test('lines as people write them', () => {
  const values = parseBootFile(
    '# password = no\r\n  mirror_port=eth1 \r\npassword =\nrubbish\naddress = 10.0.0.2/24\nmirror_port = eth2',
  );
  assert.deepEqual(
    [...values],
    [
      ['mirror_port', 'eth2'],
      ['address', '10.0.0.2/24'],
    ],
  );
});

test('what makes no sense is said and changes nothing', async () => {
  const { change, faults } = await settingsOf(
    'password = short\npassword_hash = secret\nmirror_port = ../etc\nreset_password = no',
  );
  assert.deepEqual(change, {});
  assert.equal(faults.length, 3);
});

test('applied once: password, hash, reset, and the mirror port that the start found', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'spanwatch-boot-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const settings = createSettings(join(dir, 'settings.json'));
  await settings.start();
  const file = join(dir, 'boot-file.txt');
  const mirrorFile = join(dir, 'mirror');
  const apply = () => applyBootFile({ stateDir: dir, settings, mirrorFile });

  writeFileSync(mirrorFile, 'eth1\n');
  writeFileSync(file, 'password = walrus teapot 91 sky\n');
  await apply();
  assert.ok(await verifyPassword('walrus teapot 91 sky', settings.get().passwordHash));
  assert.equal(settings.get().interface, 'eth1');
  assert.ok(!existsSync(file));

  const hash = await hashPassword('another long word 7');
  writeFileSync(file, `password_hash = ${hash}\nmirror_port = eth2\n`);
  await apply();
  assert.equal(settings.get().passwordHash, hash);
  assert.equal(settings.get().interface, 'eth2');

  writeFileSync(file, 'reset_password = yes\n');
  await apply();
  assert.equal(settings.get().passwordHash, '');
  // The page's choice stays: only an empty one is filled.
  assert.equal(settings.get().interface, 'eth2');
});
