/** The unit file as systemd reads it, where systemd's tools are: no unknown settings, and an exposure that stays low. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const UNIT = fileURLToPath(new URL('./spanwatch.service', import.meta.url));
const present = spawnSync('systemd-analyze', ['--version']).status === 0;

test('systemd-analyze verify has nothing to say', (t) => {
  if (!present) return t.skip('systemd-analyze is not here');
  const dir = mkdtempSync(join(tmpdir(), 'spanwatch-unit-'));
  t.after(() => rmSync(dir, { recursive: true }));
  // The program and the user exist on the appliance only.
  const text = readFileSync(UNIT, 'utf8').replace('/usr/bin/spanwatch', '/bin/true').replaceAll(/=spanwatch$/gm, '=root');
  writeFileSync(join(dir, 'spanwatch.service'), text);
  const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(dir, 'spanwatch.service')], {
    encoding: 'utf8',
  });
  const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('spanwatch.service'));
  assert.deepEqual(said, []);
});

test('systemd-analyze security: exposure of at most 3.0', (t) => {
  if (!present) return t.skip('systemd-analyze is not here');
  const { status, stdout } = spawnSync(
    'systemd-analyze',
    ['security', '--offline=true', '--threshold=30', '--no-pager', UNIT],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stdout.split('\n').slice(-3).join(' '));
});
