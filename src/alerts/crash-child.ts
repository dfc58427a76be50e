/**
 * Child of the crash test: adds alerts to a store at a given rate, prints each key that the store called stored, and
 * never ends by itself. argv: data file, number of the first alert, alerts per second.
 */
import { writeSync } from 'node:fs';
import { distinctAlert, sampleAlert } from './sample.ts';
import { createAlertStore } from './store.ts';

const [file = '', first = '0', rate = '500'] = process.argv.slice(2);
const SLICE_MS = 20;
const store = createAlertStore({ file, fileBytes: 4 * 1024 * 1024 });
await store.start();
writeSync(1, 'ready\n');
let n = Number(first);
const began = performance.now();
setInterval(() => {
  const due = Number(first) + ((performance.now() - began) / 1000) * Number(rate);
  const events = [];
  // Every fifth alert repeats one of a few, so that folding and updates are part of the storm.
  for (; n < due; n++)
    events.push(n % 5 === 0 ? sampleAlert(n % 10, { key: `boot1:${n}`, atMs: Date.now() }) : distinctAlert(n));
  if (events.length === 0) return;
  const keys = events.map((event) => event.key);
  void store.add(events).then(() => writeSync(1, `${keys.join(' ')}\n`));
}, SLICE_MS);
