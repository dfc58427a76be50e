/**
 * Alert store with 50,000 rows: time of filters, of a start, memory, and bytes to the card, each beside its limit.
 * `node --expose-gc scripts/bench/alerts.ts [rows]`
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { distinctAlert } from '../../src/alerts/sample.ts';
import { createAlertStore } from '../../src/alerts/store.ts';
import type { AlertFilter } from '../../src/appliance/port.ts';

const rows = Number(process.argv[2] ?? 50_000);
const dir = await mkdtemp(join(tmpdir(), 'spanwatch-bench-'));
const file = join(dir, 'alerts.db');
const limits = { documents: rows, fileBytes: 256 * 1024 * 1024 };

function print(name: string, figure: number, unit: string, limit: number): void {
  process.stdout.write(
    `${name.padEnd(44)} ${figure.toFixed(2).padStart(9)} ${unit.padEnd(9)} limit ${limit} ratio ${(figure / limit).toFixed(3)}\n`,
  );
}

function percentile95(run: () => void, times = 40): number {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    run();
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b)[Math.floor(times * 0.95)]!;
}

try {
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const store = createAlertStore({ file, ...limits });
  await store.start();
  let began = performance.now();
  for (let n = 0; n < rows; n += 500) {
    const batch = store.add(Array.from({ length: 500 }, (_, i) => distinctAlert(n + i)));
    if (n % 10_000 === 0) await batch;
  }
  await store.add([distinctAlert(0)]);
  print('add and flush, per alert', ((performance.now() - began) * 1000) / rows, 'us', 2000);
  globalThis.gc?.();
  print('memory per row', (process.memoryUsage().heapUsed - heapBefore) / rows, 'bytes', 2048);
  const filters: [string, Partial<AlertFilter>][] = [
    ['no filter, first page', {}],
    ['kind, state and severity', { kind: 'flow', state: 'past', severity: 4 }],
    ['search that matches a few', { search: 'number 4999' }],
    ['search that matches nothing', { search: 'no such text anywhere' }],
    ['search that matches all, last page', { search: 'dns', offset: rows - 50 }],
  ];
  for (const [name, filter] of filters) {
    print(
      `filter: ${name}, p95`,
      percentile95(() => void store.query({ offset: 0, limit: 50, ...filter })),
      'ms',
      60,
    );
  }
  let n = rows;
  print(
    'filter right after a batch of 10, p95',
    percentile95(() => {
      void store.add(Array.from({ length: 10 }, () => distinctAlert(n++)));
      store.query({ offset: 0, limit: 50, search: 'number 4999' });
    }),
    'ms',
    60,
  );
  await store.stop();
  const { size } = await stat(file);
  print('file, per row', size / rows, 'bytes', 1024);
  // 50 alerts an hour for a day, each a row of its own.
  print('card writes at 50 alerts/h', (size / rows) * 1200 * 1e-6, 'MB/day', 5);
  began = performance.now();
  const again = createAlertStore({ file, ...limits });
  await again.start();
  print('start with these rows', performance.now() - began, 'ms', 3000);
  await again.stop();
} finally {
  await rm(dir, { recursive: true, force: true });
}
