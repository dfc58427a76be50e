/**
 * Child of the crash test: adds alerts to a store at a given rate, prints each key that the store called stored, and with a
 * ">" before it each that a destination was sent (put together as in appliance/app.ts); never ends by itself. argv: data file, number of the first alert, alerts per second.
 */
import { writeSync } from 'node:fs';
import { createAlertNotices } from '../appliance/notices.ts';
import { createNotifyDesk } from '../notify/desk.ts';
import type { Sender } from '../notify/sender.ts';
import { newDestination, SENDERS } from '../notify/senders.ts';
import { distinctAlert, sampleAlert } from './sample.ts';
import { createAlertStore } from './store.ts';

const [file = '', first = '0', rate = '500'] = process.argv.slice(2);
const SLICE_MS = 20;
const notices = createAlertNotices(() => 0);
const store = createAlertStore({
  file,
  fileBytes: 4 * 1024 * 1024,
  onTaken: (row, event) => notices.take(row, event),
});
const destination = { ...newDestination('webhook', 'crashtst'), minSeverity: 1, perHour: 600 };
const receiver: Sender = {
  ...SENDERS.webhook,
  send: (_params, message) => {
    writeSync(1, `${message.notices.map(({ key }) => `>${key}`).join(' ')}\n`);
    return Promise.resolve({ ok: true, text: 'taken' });
  },
};
const desk = createNotifyDesk({
  file: `${file}.queue`,
  destinations: () => [destination],
  box: () => ({ name: 'crash', url: '', id: '', version: '' }),
  stillTrue: ({ path }) => store.get(path.slice('/alerts/'.length)) !== undefined,
  senders: { webhook: receiver },
  // The samples' clock: by today's they would be too old to be told.
  now: () => 1_700_000_000_000 + performance.now(),
});
await store.start();
await desk.start();
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
  const stored = store.add(events);
  desk.tellWhen(stored, notices.drain());
  void Promise.all([stored, desk.settled()]).then(() => writeSync(1, `${keys.join(' ')}\n`));
}, SLICE_MS);
