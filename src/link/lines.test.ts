import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineReader } from './lines.ts';

function read(chunks: Uint8Array[], lineBytes = 100): { lines: string[]; tooLong: number; pending: string } {
  const lines: string[] = [];
  const reader = lineReader({ lineBytes }, (line) => lines.push(line));
  for (const chunk of chunks) reader.push(chunk);
  return { lines, tooLong: reader.tooLong(), pending: Buffer.from(reader.pending()).toString() };
}

test('lines come out whole wherever the stream is cut, inside a character too', () => {
  const whole = Buffer.from('one\n\nzwei äöü\n日本\nlast');
  for (let a = 0; a <= whole.length; a++) {
    for (let b = a; b <= whole.length; b++) {
      const { lines, pending } = read([whole.subarray(0, a), whole.subarray(a, b), whole.subarray(b)]);
      assert.deepEqual(lines, ['one', 'zwei äöü', '日本']);
      assert.equal(pending, 'last');
    }
  }
});

test('a line over the limit is skipped and counted once, the next one is read', () => {
  const text = Buffer.from(`ok\n${'x'.repeat(101)}\n${'y'.repeat(100)}\nend\n`);
  for (const size of [1, 7, 64, 1000]) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < text.length; at += size) chunks.push(text.subarray(at, at + size));
    const { lines, tooLong } = read(chunks);
    assert.deepEqual(lines, ['ok', 'y'.repeat(100), 'end']);
    assert.equal(tooLong, 1);
  }
});

test('an endless line holds no more than the limit', () => {
  const reader = lineReader({ lineBytes: 1000 }, () => assert.fail('no line expected'));
  const chunk = Buffer.alloc(64, 'a');
  for (let i = 0; i < 10_000; i++) {
    reader.push(chunk);
    assert.ok(reader.pending().length <= 1000);
  }
  assert.equal(reader.tooLong(), 1);
});
