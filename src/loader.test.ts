import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { codeFile, runBundle } from './loader.ts';

const TEXT = `globalThis.loaderSaid.push([__filename, require('node:path').basename(__dirname), typeof module.exports]);`;

test('the bundle runs without code, with code that fits, and with code that V8 refuses', () => {
  // A folder each: within a process V8 remembers what it compiled of a file.
  const folders = [1, 2, 3].map(() => mkdtempSync(join(tmpdir(), 'span-loader-')));
  const [bare, fits, bad] = folders as [string, string, string];
  const said = globalThis as { loaderSaid?: unknown[] };
  said.loaderSaid = [];
  try {
    for (const folder of folders) writeFileSync(join(folder, 'bundle.cjs'), TEXT);
    const without = runBundle(bare);
    assert.equal(without.cachedDataRejected, undefined);
    writeFileSync(codeFile(fits), without.createCachedData());
    assert.equal(runBundle(fits).cachedDataRejected, false);
    writeFileSync(codeFile(bad), 'this is no code');
    assert.equal(runBundle(bad).cachedDataRejected, true);
    const each = folders.map((folder) => [join(folder, 'bundle.cjs'), basename(folder), 'object']);
    assert.deepEqual(said.loaderSaid, each);
  } finally {
    delete said.loaderSaid;
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
});
