import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cursor } from './cursor.ts';

const over = (...data: number[]) => new Cursor().set(Uint8Array.from(data), 0, data.length);

test('reads both byte orders and signed words', () => {
  const c = over(1, 2, 3, 4, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0);
  assert.equal(c.peek16(0), 0x0102);
  assert.equal(c.u32(), 0x01020304);
  assert.equal(c.i32(), -1);
  assert.equal(c.u64le(), 1);
  assert.equal(c.short, false);
  assert.equal(c.left, 0);
});

test('a read past the end gives zero, sets short, and stays there', () => {
  for (const read of ['u8', 'u16', 'u24', 'u32', 'i32', 'u64', 'u16le', 'u32le', 'u64le'] as const) {
    const c = over();
    assert.equal(c[read](), 0, read);
    assert.equal(c.short, true, read);
  }
  const c = over(7);
  assert.equal(c.u16(), 0);
  assert.equal(c.u8(), 0);
});

test('peeks say -1 outside, also before the position', () => {
  const c = over(1, 2, 3);
  assert.equal(c.peek8(3), -1);
  assert.equal(c.peek8(-1), -1);
  assert.equal(c.peek16(2), -1);
  assert.equal(c.peek24(1), -1);
  assert.equal(c.peek32(0), -1);
  assert.equal(c.peek32le(0), -1);
  assert.equal(c.short, false);
});

test('never reads behind its end though the buffer goes on', () => {
  const c = new Cursor().set(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), 2, 4);
  assert.equal(c.peek8(2), -1);
  assert.equal(c.startsWith('\x03\x04\x05'), false);
  assert.equal(c.find(5), -1);
  assert.equal(c.bytes(3).length, 0);
  assert.equal(c.short, true);
});

test('text, lines, sub-cursors and searches', () => {
  const text = Buffer.from('GET / HTTP/1.1\r\nHost: a\n\r\nrest');
  const c = new Cursor().set(text, 0, text.length);
  assert.equal(c.findText('HTTP'), 6);
  assert.equal(c.startsWithNoCase('get '), true);
  assert.equal(c.line(), 'GET / HTTP/1.1');
  assert.equal(c.line(), 'Host: a');
  assert.equal(c.line(), '');
  const inner = c.sub(2, new Cursor());
  assert.equal(inner.text(9), 're');
  assert.equal(inner.short, true);
  assert.equal(c.text(2), 'st');
  assert.equal(c.line(), undefined);
});

test('skips and seeks stay inside', () => {
  const c = over(1, 2, 3);
  assert.equal(c.skip(-1).short, true);
  assert.equal(c.seek(2).u8(), 3);
  c.reset();
  assert.equal(c.skip(4).left, 0);
  assert.equal(c.short, true);
});
