import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { openWasmVm } from '../../sandbox/index.ts';
import { apiNames } from '../api-names.ts';
import { flowScript, Kit, setOf } from '../testing/kit.ts';
import { dnsFlow } from '../testing/record.ts';
import { functionDocs } from './functions.ts';
import { GLOBALS, MODULES } from './modules.ts';
import { annotations, FILES } from './write.ts';

test('the reference names every function that is bound, and no other', () => {
  const told: { [table: string]: string[] } = {};
  for (const { table, name } of functionDocs()) (told[table] ??= []).push(name);
  for (const names of Object.values(told)) names.sort();
  assert.deepEqual(told, apiNames());
});

test('docs and annotations are what the tables make', () => {
  for (const [path, make] of Object.entries(FILES))
    assert.equal(readFileSync(path, 'utf8'), make(), `${path}: run node src/plugins/reference/write.ts`);
});

test('the annotations are Lua', () => {
  const vm = openWasmVm({ name: 'annotations' });
  const done = vm.load('spanwatch.lua', `package = { loaded = {} }\n${annotations()}`);
  assert.ok(done.ok, done.ok ? '' : done.message);
  vm.close();
});

test('every module, field and global of the reference is there', async () => {
  const names = (lines: string): string[] =>
    lines
      .trim()
      .split('\n')
      .map((line) => /^\w+/.exec(line)![0]);
  const lines = [
    ...Object.entries(MODULES).flatMap(([module, { lines: rows }]) =>
      names(rows).map((name) => `require("${module}").${name}`),
    ),
    ...names(GLOBALS),
  ];
  const body = lines
    .map((path) => `if ${path} == nil then print('missing ${path.replaceAll('"', '')}') end`)
    .join('\n');
  const kit = await new Kit().load(
    { p: { 'user_scripts/flow/x.lua': flowScript(body) } },
    setOf({ flow: { x: { all: {} } } }),
  );
  kit.flow(dnsFlow());
  assert.deepEqual(kit.plugin('p').errors, []);
  assert.deepEqual(kit.texts('p'), []);
  kit.close();
});
