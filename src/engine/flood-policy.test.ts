import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Host, udp } from '../../test/kit/frames.ts';
import { newFrame } from '../capture/source.ts';
import { limitsFor } from '../limits.ts';
import { FloodPolicy } from './flood-policy.ts';
import { Pipeline } from './pipeline.ts';

const host = (ip: string): Host => ({ ip, mac: '02:00:00:00:00:01' });
const frame = newFrame();
const SERVER = '10.0.0.2';
function feed(pipeline: Pipeline, from: string, to: string, timeUs: number): void {
  const [sport, dport] = from === SERVER ? [4001, 4000] : [4000, 4001];
  const data = udp(host(from), host(to), sport, dport, Buffer.from('x'));
  frame.buf = data;
  frame.capLen = frame.wireLen = data.length;
  frame.timeUs = timeUs;
  pipeline.packet(frame);
}

test('unanswered flows of a crowded table are told at a bounded rate, the rest is counted', () => {
  const nothing = (): void => {};
  const limits = { ...limitsFor(1 << 27), flows: 100 };
  const pipeline = new Pipeline(limits, { detected: nothing, periodic: nothing, ended: nothing });
  const policy = new FloodPolicy(pipeline.flows);
  const at = 1.79e15;
  feed(pipeline, '10.0.0.1', SERVER, at);
  assert.equal(policy.applies(0), false, 'the table is not crowded');
  feed(pipeline, SERVER, '10.0.0.1', at + 1);
  for (let n = 0; n < 90; n++) feed(pipeline, `10.1.0.${n}`, SERVER, at + 2);
  assert.equal(policy.applies(0), false, 'both sides of it were heard');
  assert.equal(policy.applies(5), true);
  let told = 0;
  for (let n = 0; n < 2000; n++) if (policy.admits()) told++;
  assert.deepEqual([told, policy.skipped], [500, 1500]);
  pipeline.flows.tick(at + 1e6);
  assert.equal(policy.admits(), true, 'the next second has its own allowance');
});

test('a full table lets go of the oldest attempt that nobody answered, and of no talk', () => {
  const ended: string[] = [];
  const limits = { ...limitsFor(1 << 27), flows: 100 };
  const pipeline: Pipeline = new Pipeline(limits, {
    detected: () => {},
    periodic: () => {},
    ended: (f, why) => ended.push(`${pipeline.record(f).client.ip} ${why}`),
  });
  const at = 1.79e15;
  for (let n = 0; n < 100; n++) feed(pipeline, `10.1.0.${n}`, SERVER, at + n);
  for (let n = 0; n < 100; n += 2) feed(pipeline, SERVER, `10.1.0.${n}`, at + 1000 + n);
  for (let n = 0; n < 50; n++) feed(pipeline, `10.2.0.${n}`, SERVER, at + 2000 + n);
  assert.deepEqual(
    ended,
    Array.from({ length: 50 }, (_, i) => `10.1.0.${2 * i + 1} evicted`),
  );
});
