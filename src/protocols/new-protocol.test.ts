/** The generator: what it makes compiles, is recognised, and its list is still one. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'span-new-'));
after(() => rmSync(work, { recursive: true, force: true }));
cpSync(join(root, 'src'), join(work, 'src'), { recursive: true });
writeFileSync(join(work, 'package.json'), '{"type":"module"}');
symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'));
const protocols = join(work, 'src/protocols');

function generate(...args: string[]) {
  const script = join(root, 'scripts/new-protocol.ts');
  return spawnSync(process.execPath, [script, ...args, '--root', protocols], { encoding: 'utf8' });
}

/** An id that no detector has: a name of applications only. */
const PINTEREST = '183';

test('a new protocol is recognised at once and stands in the list', () => {
  const made = generate('my_protocol', '--id', PINTEREST, '--tcp', '--udp', '--port', '4711', '--magic', 'SPANHI');
  assert.equal(made.status, 0, made.stderr);
  const list = readFileSync(join(protocols, 'list.ts'), 'utf8');
  assert.match(list, /\nimport \{ myProtocol \} from '\.\/my_protocol\/index\.ts';\n/);
  const imported = [...list.matchAll(/from '\.\/(\w+)\/index\.ts'/g)].map((m) => m[1]!);
  assert.deepEqual(imported, [...imported].sort());
  const script = `
    import { Bench } from ${JSON.stringify(join(protocols, 'test-kit.ts'))};
    import { fixtures } from ${JSON.stringify(join(protocols, 'golden.ts'))};
    const made = fixtures(${JSON.stringify(join(protocols, 'my_protocol'))});
    console.log(made.map(({ conversation }) => new Bench().play(conversation).master).join());`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd: work });
  assert.equal(said.trim(), `${PINTEREST},${PINTEREST}`);
});

test('what cannot be is refused with a word', () => {
  for (const [args, word] of [
    [['My', '--id', PINTEREST], 'no name of a folder'],
    [['fresh', '--id', '99999'], 'no protocol has the id'],
    [['dns', '--id', '5'], 'there already'],
    [['fresh', '--id', '5'], 'DNS (5) is in'],
    [['fresh', '--id', PINTEREST, '--port', '0'], 'port'],
  ] as const) {
    const { status, stderr } = generate(...args);
    assert.deepEqual([status, stderr.includes(word)], [2, true], stderr);
  }
});
