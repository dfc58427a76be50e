import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseToAppliance, parseToEngine } from '../link/message.ts';
import { Answers } from './answers.ts';

test('a question gets its value, or the sentence that its handler threw', async () => {
  const answers = new Answers();
  assert.deepEqual(await answers.answer('echo', { text: 'a' }), {
    ok: false,
    error: 'the engine does not answer echo',
  });
  answers.on('echo', ({ text }) => {
    if (text === '') throw new Error('cannot echo an empty text');
    return { text };
  });
  assert.deepEqual(await answers.answer('echo', { text: 'a' }), { ok: true, value: { text: 'a' } });
  assert.deepEqual(await answers.answer('echo', { text: '' }), { ok: false, error: 'cannot echo an empty text' });
});

test('answers of another shape and questions of unknown topics are refused at the border', () => {
  const line = (change: object): string =>
    JSON.stringify({ kind: 'answer', request: 1, topic: 'echo', ok: true, value: { text: '' }, error: '', ...change });
  assert.ok(parseToAppliance(line({})));
  assert.ok(parseToAppliance(line({ ok: false, value: null, error: 'no' })));
  assert.equal(parseToAppliance(line({ value: { text: 1 } })), undefined);
  assert.equal(parseToAppliance(line({ topic: 'constructor' })), undefined);
  assert.equal(parseToEngine('{"kind":"ask","request":1,"topic":"toString","args":{}}'), undefined);
  assert.ok(parseToEngine('{"kind":"ask","request":1,"topic":"echo","args":{"text":""}}'));
});
