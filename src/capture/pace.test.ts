import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bytes, pcap, readAll, tempFile } from './fixtures.ts';
import { openFile } from './open.ts';

/** A pcap whose frames happen at these milliseconds. */
function timed(...times: number[]): string {
  const out = new Bytes(true).add(pcap().subarray(0, 24));
  for (const ms of times) out.u32(Math.floor(ms / 1000), (ms % 1000) * 1000, 4, 4).u32(0);
  return tempFile(out.bytes());
}

interface Heard {
  atMs: number;
  timeUs: number;
}

async function listen(path: string, options: Parameters<typeof openFile>[1], frames: number): Promise<Heard[]> {
  const source = openFile(path, options);
  const heard: Heard[] = [];
  await source.start({
    packet: ({ timeUs }) => {
      heard.push({ atMs: performance.now(), timeUs });
      if (heard.length === frames) void source.stop();
    },
    endOfSlice() {},
  });
  await source.finished();
  return heard;
}

test('a loop goes on with its time stamps', async () => {
  const heard = await listen(timed(5000, 5100, 5050), { loop: true }, 7);
  assert.deepEqual(
    heard.map(({ timeUs }) => timeUs / 1000),
    [5000, 5100, 5050, 6100, 6200, 6150, 7200],
  );
});

test('a loop over a file without frames ends', async () => {
  const { state } = await readAll(timed(), { loop: true });
  assert.equal(state.reason, 'end_of_file');
});

test('stop in a loop is a state', async () => {
  const source = openFile(timed(1, 2), { loop: true });
  let frames = 0;
  await source.start({ packet: () => void frames++, endOfSlice() {} });
  for (let i = 0; i < 500 && frames <= 100; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  await source.stop();
  const after = frames;
  assert.deepEqual([source.state().status, source.state().reason], ['ended', 'stopped']);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(frames, after);
  assert.ok(frames > 100);
});

test('original speed keeps the distances, a factor divides them', async () => {
  for (const [speed, expected] of [
    ['original', 300],
    [3, 100],
  ] as const) {
    // A busy machine is late now and then, never early: the best of a few counts.
    let took = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 8 && took > expected + 60; tries++) {
      const heard = await listen(timed(7000, 7100, 7300), { speed }, 3);
      took = heard[2]!.atMs - heard[0]!.atMs;
      assert.ok(took > expected - 60, `${speed}: ${took} ms instead of ${expected}`);
      assert.equal(heard[2]!.timeUs, 7_300_000);
    }
    assert.ok(took < expected + 60, `${speed}: ${took} ms instead of ${expected}`);
  }
});

test('shifted time stamps begin now and follow the clock', async () => {
  const before = Date.now() * 1000;
  const heard = await listen(timed(1000, 1200), { shiftTimesToNow: true, speed: 'original' }, 2);
  assert.ok(heard[0]!.timeUs >= before - 2000 && heard[0]!.timeUs <= Date.now() * 1000 + 2000);
  assert.equal(Math.round(heard[1]!.timeUs - heard[0]!.timeUs), 200_000);
});

test('a silence of a day is not waited out', async () => {
  const heard = await listen(timed(1000, 86_401_000, 86_401_010), { speed: 10, shiftTimesToNow: true }, 3);
  assert.ok(heard[2]!.atMs - heard[0]!.atMs < 5000);
  assert.equal(Math.round(heard[1]!.timeUs - heard[0]!.timeUs), 1_000_000);
  const unshifted = await listen(timed(86_401_000, 1000, 1010), { speed: 10 }, 3);
  assert.ok(unshifted[2]!.atMs - unshifted[0]!.atMs < 5000);
  assert.equal(unshifted[1]!.timeUs, 1_000_000);
});

test('the sink may hold a file up', async () => {
  const out = new Bytes(true).add(pcap().subarray(0, 24));
  for (let i = 0; i < 2000; i++) out.u32(1, i, 4, 4).u32(i);
  const source = openFile(tempFile(out.bytes()));
  let frames = 0;
  let held = 0;
  await source.start({
    packet: () => void frames++,
    endOfSlice() {},
    hold() {
      held++;
      const before = frames;
      return new Promise((resolve) =>
        setTimeout(() => {
          assert.equal(frames, before);
          resolve();
        }, 5),
      );
    },
  });
  await source.finished();
  assert.equal(frames, 2000);
  assert.ok(held >= 3);
});

test('a speed that is none is refused', () => {
  for (const speed of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => openFile('x', { speed }), RangeError);
});
