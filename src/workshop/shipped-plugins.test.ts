import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import test, { after } from 'node:test';
import { writeCaptures } from '../../scripts/plugin-captures.ts';
import { homeDay } from '../../test/kit/home-day.ts';
import { runOverCapture } from './capture-run.ts';
import { runCase, testCases } from './folder-tests.ts';

const PLUGINS = join(import.meta.dirname, '../../plugins');
const scratch = mkdtempSync(join(tmpdir(), 'spanwatch-shipped-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

for (const plugin of readdirSync(PLUGINS).sort()) {
  const folder = join(PLUGINS, plugin);
  for (const name of existsSync(folder) ? testCases(folder) : []) {
    test(`${plugin}: ${name}`, async () => {
      const { problems } = await runCase(folder, name);
      assert.deepEqual(problems, []);
    });
  }
}

test('the captures are those that their script makes', () => {
  for (const path of writeCaptures(scratch)) {
    const own = join(PLUGINS, relative(scratch, path));
    assert.ok(readFileSync(path).equals(readFileSync(own)), `${own}: run node scripts/plugin-captures.ts`);
  }
});

test('on a normal day of a home all that ships stays silent', async () => {
  const path = join(scratch, 'home.pcap');
  const day = homeDay();
  day.write(path, 1_767_571_200);
  const run = await runOverCapture(path, { dirs: [PLUGINS], onLog: () => {} });
  assert.equal(run.problem, '');
  assert.ok(run.packets > 20_000 && run.flows > 3000, `${run.packets} packets, ${run.flows} flows`);
  assert.deepEqual(
    run.plugins.flatMap((p) => p.errors.map((e) => `${p.key} ${e.file}:${e.line}: ${e.message}`)),
    [],
  );
  assert.ok(run.plugins.reduce((sum, p) => sum + p.meter.calls, 0) > 3000, 'the plugins were not asked');
  assert.deepEqual(
    run.alerts.map((a) => `${a.plugin}: ${a.text}`),
    [],
  );
});
