/** Follows docs/write-your-first-plugin.md literally: writes its files, runs its commands, compares what they print. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';

const ROOT = join(import.meta.dirname, '../..');

type Step = { kind: 'file'; path: string; text: string } | { kind: 'run'; command: string; output: string };

function stepsOf(markdown: string): Step[] {
  const steps: Step[] = [];
  let path = '';
  let block: { lang: string; lines: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    if (block === undefined) {
      const fence = /^```(\w+)$/.exec(line);
      if (fence) block = { lang: fence[1]!, lines: [] };
      path = /^`([\w./-]+)`$/.exec(line)?.[1] ?? (line === '' || fence ? path : '');
      continue;
    }
    if (line !== '```') {
      block.lines.push(line);
      continue;
    }
    if (block.lang === 'lua') {
      assert.notEqual(path, '', 'a file without a name');
      steps.push({ kind: 'file', path, text: `${block.lines.join('\n')}\n` });
    }
    if (block.lang === 'sh') {
      for (const text of block.lines) {
        const last = steps.at(-1);
        if (text.startsWith('$ ')) steps.push({ kind: 'run', command: text.slice(2), output: '' });
        else if (last?.kind === 'run') last.output += `${text}\n`;
      }
    }
    block = undefined;
    path = '';
  }
  return steps;
}

/** Times differ from run to run. */
const timeless = (text: string): string => text.replace(/, \d+ ms$/gm, '').trim();

test('the tutorial does what it says', () => {
  const steps = stepsOf(readFileSync(join(ROOT, 'docs/write-your-first-plugin.md'), 'utf8'));
  assert.ok(steps.filter((s) => s.kind === 'file').length >= 3 && steps.filter((s) => s.kind === 'run').length >= 9);
  const folder = mkdtempSync(join(tmpdir(), 'spanwatch-tutorial-'));
  try {
    const program = `spanwatch() { "${process.execPath}" --disable-wasm-trap-handler "${join(ROOT, 'src/main.ts')}" "$@"; }`;
    for (const step of steps) {
      if (step.kind === 'file') {
        mkdirSync(dirname(join(folder, step.path)), { recursive: true });
        writeFileSync(join(folder, step.path), step.text);
        continue;
      }
      let out: string;
      try {
        out = execFileSync('bash', ['-c', `${program}\n${step.command}`], {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, SPANWATCH: ROOT },
          stdio: ['ignore', 'pipe', 'ignore'],
        });
      } catch (error) {
        // The check of a plugin with a mistake ends with 1.
        out = (error as { stdout?: string }).stdout ?? '';
      }
      assert.equal(timeless(out), timeless(step.output), step.command);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
