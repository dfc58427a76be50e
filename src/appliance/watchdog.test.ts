import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createWatchdog } from './watchdog.ts';

function setUp(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const progress: Record<string, number | undefined> = { capture: 0, engine: 0, plugins: 0, store: 0 };
  const frozen = new Set<string>();
  const told: string[] = [];
  const revived: string[] = [];
  let beats = 0;
  const watchdog = createWatchdog({
    beatMs: 15_000,
    beat: () => {
      beats += 1;
    },
    onStall: (name, text) => told.push(`${name}: ${text}`),
    parts: Object.keys(progress).map((name) => ({
      name,
      progress: () => progress[name],
      revive: (reason) => revived.push(reason),
    })),
  });
  const run = (seconds: number): void => {
    for (let i = 0; i < seconds; i++) {
      now += 1000;
      for (const name of Object.keys(progress)) {
        const value = progress[name];
        if (!frozen.has(name) && value !== undefined) progress[name] = value + 1;
      }
      t.mock.timers.tick(1000);
    }
  };
  watchdog.start();
  t.after(() => watchdog.stop());
  return { watchdog, run, frozen, told, revived, progress, beats: () => beats };
}

test('beats at once and then at half of the time, while all parts work', (t) => {
  const { run, beats } = setUp(t);
  assert.equal(beats(), 1);
  run(150);
  assert.equal(beats(), 11);
});

for (const part of ['capture', 'engine', 'plugins', 'store']) {
  test(`a frozen ${part} holds the beats back and is named; when it works again they go on`, (t) => {
    const { run, beats, frozen, told, revived, watchdog } = setUp(t);
    run(30);
    const before = beats();
    frozen.add(part);
    run(16);
    assert.ok(beats() - before <= 1, 'at most the beat of the time when it still worked');
    const at = beats();
    run(60);
    assert.equal(beats(), at);
    assert.deepEqual(told, [`${part}: ${part} has made no progress for 15 s`]);
    assert.equal(revived.length, 1);
    assert.deepEqual(
      watchdog.stalled().map(({ name }) => name),
      [part],
    );
    frozen.delete(part);
    run(2);
    assert.equal(beats(), at + 1);
  });
}

test('a part with an excuse does not hold the beats back, and gets its full time afterwards', (t) => {
  const { run, beats, progress, frozen, told } = setUp(t);
  progress['capture'] = undefined;
  run(60);
  assert.equal(beats(), 5);
  progress['capture'] = 7;
  frozen.add('capture');
  run(10);
  assert.deepEqual(told, []);
  run(10);
  assert.equal(told.length, 1);
});
