import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { codeFile, runBundle } from './loader.ts';

test('the bundle runs without code, with code that fits, and with code that V8 refuses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'span-loader-'));
  const said = globalThis as { loaderSaid?: unknown[] };
  said.loaderSaid = [];
  try {
    const text =
      "globalThis.loaderSaid.push([__filename, require('node:path').basename(__dirname), typeof module.exports]);";
    writeFileSync(join(folder, 'bundle.cjs'), text);
    const without = runBundle(folder);
    assert.equal(without.cachedDataRejected, undefined);
    writeFileSync(codeFile(folder), without.createCachedData());
    assert.equal(runBundle(folder).cachedDataRejected, false);
    writeFileSync(codeFile(folder), 'this is no code');
    assert.equal(runBundle(folder).cachedDataRejected, true);
    const each = [join(folder, 'bundle.cjs'), folder.split('/').at(-1), 'object'];
    assert.deepEqual(said.loaderSaid, [each, each, each]);
    assert.ok(existsSync(codeFile(folder)));
  } finally {
    delete said.loaderSaid;
    rmSync(folder, { recursive: true, force: true });
  }
});
