import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SupervisedWorker } from './watchdog.ts';

interface Said {
  ready?: number[];
  id?: number;
  result?: { ok: boolean; values: unknown[]; fault?: string };
}
interface Event extends Said {
  culprit?: number;
  hungMs?: number;
  exit?: string;
  detail?: string;
}

/** A worker whose doings are awaited one by one. */
function supervise() {
  const events: Event[] = [];
  let wake = () => {};
  const push = (event: Event) => {
    events.push(event);
    wake();
  };
  const worker = new SupervisedWorker<{ id: number; source: string }, Said>({
    entry: new URL('./testing/hanging-worker.ts', import.meta.url),
    workerData: { without: [3] },
    deadlineMs: 50,
    resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 },
    onMessage: push,
    onCulprit: (culprit, hungMs) => push({ culprit, hungMs }),
    onExit: (exit, detail) => push({ exit, detail }),
  });
  const next = async (): Promise<Event> => {
    while (events.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return events.shift()!;
  };
  return { worker, next };
}

it('terminates a thread that hangs, names the culprit and starts again without it', { timeout: 30000 }, async () => {
  const { worker, next } = supervise();
  worker.start();
  assert.deepEqual((await next()).ready, [1, 2]);
  worker.post({ id: 1, source: 'return 40 + 2' });
  assert.deepEqual((await next()).result?.values, [42]);
  worker.post({ id: 2, source: 'while true do end' });
  assert.equal((await next()).result?.fault, 'time', 'an ordinary loop is the hook’s business');
  const started = performance.now();
  worker.post({ id: 1, source: 'hang_natively()' });
  const culprit = await next();
  assert.equal(culprit.culprit, 1);
  assert.ok(culprit.hungMs! >= 150 && performance.now() - started < 5000, JSON.stringify(culprit));
  assert.equal((await next()).exit, 'hang');
  assert.equal(worker.post({ id: 1, source: '' }), false);
  worker.start({ without: [1, 3] });
  assert.deepEqual((await next()).ready, [2]);
  worker.post({ id: 2, source: 'return "here"' });
  assert.deepEqual((await next()).result?.values, ['here']);
  worker.post({ id: 2, source: 'hang()' });
  assert.equal((await next()).culprit, 2);
  assert.equal((await next()).exit, 'hang');
  worker.start({ without: [1, 2, 3] });
  await next();
  assert.deepEqual(worker.health(), { running: true, hangs: 2, runningId: 0 });
  await worker.stop();
  assert.equal((await next()).exit, 'stopped');
});

it('survives a thread that exhausts its own heap', { timeout: 30000 }, async () => {
  const { worker, next } = supervise();
  worker.start();
  await next();
  worker.post({ id: 2, source: 'grow()' });
  let event = await next();
  // Filling the heap may itself last long enough to be taken for a hang: either is an orderly end.
  if (event.culprit !== undefined) {
    assert.equal(event.culprit, 2);
    event = await next();
    assert.equal(event.exit, 'hang');
  } else {
    assert.equal(event.exit, 'error');
    assert.match(event.detail!, /memory/);
  }
  worker.start();
  assert.deepEqual((await next()).ready, [1, 2]);
  await worker.stop();
});

it('ends native loops of the javascript engine', { timeout: 30000 }, async () => {
  const { worker, next } = supervise();
  worker.start({ without: [1, 2] });
  assert.deepEqual((await next()).ready, [3]);
  worker.post({ id: 3, source: 'const a = []; a[2 ** 31] = 1; return a.join("").length' });
  assert.equal((await next()).culprit, 3);
  assert.equal((await next()).exit, 'hang');
});
