/** Kills a process that stores alerts, again and again, and looks whether anything it called stored is gone. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { distinctAlert } from './sample.ts';
import { createAlertStore } from './store.ts';

export interface CrashFigures {
  kills: number;
  acknowledged: number;
  /** Alerts that a destination was sent. */
  sent: number;
  /** Keys that were called stored, or sent to somebody, and are not in the store. */
  lost: string[];
  /** Rows that appear twice. */
  doubled: number;
  /** Folded events counted, at least what was acknowledged and at most what was sent. */
  folded: { acknowledged: number; counted: number };
  kept: number;
}

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

/** One life of the child: ends by SIGKILL `lifeMs` after it is ready; returns the keys it printed. */
function live(file: string, first: number, rate: number, lifeMs: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, file, String(first), String(rate)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (chunk) => {
      text += chunk;
      timer ??= setTimeout(() => child.kill('SIGKILL'), lifeMs);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (signal !== 'SIGKILL') reject(new Error(`the child ended by itself: ${code}`));
      // A line without its end was cut by the kill: it was not heard.
      else
        resolve(
          text
            .slice(0, text.lastIndexOf('\n') + 1)
            .split(/\s+/)
            .filter((word) => word.includes(':')),
        );
    });
  });
}

/** Keys and oldest time of the rows that lie in the file as the kill left it. */
async function onDisk(file: string): Promise<{ keys: Set<string>; oldestMs: number }> {
  const keys = new Set<string>();
  let oldestMs = Number.POSITIVE_INFINITY;
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    try {
      const row = JSON.parse(line) as { key?: string; lastMs?: number };
      if (row.key === undefined || row.lastMs === undefined) continue;
      keys.add(row.key);
      oldestMs = Math.min(oldestMs, row.lastMs);
    } catch {
      // A torn line: nothing in it was acknowledged, or the comparison will say so.
    }
  }
  return { keys, oldestMs };
}

const numberOf = (key: string): number => Number(key.split(':')[1]);
const repeats = (key: string): boolean => numberOf(key) % 5 === 0;

/** `kills` lives at `rate` alerts/s on one data file, each ended at a random moment below `lifeMs`. */
export async function crashRun(kills: number, rate: number, lifeMs: number): Promise<CrashFigures> {
  const dir = await mkdtemp(join(tmpdir(), 'spanwatch-crash-'));
  const file = join(dir, 'alerts.db');
  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  const lost: string[] = [];
  try {
    for (let i = 0; i < kills; i++) {
      // Each life counts on from where the one before may have got to.
      const keys = await live(file, i * 100_000, rate, Math.random() * lifeMs);
      // The child's store is small: what is older than its oldest row was pushed out by rule.
      const disk = await onDisk(file);
      for (const word of keys) {
        const key = word.replace('>', '');
        (word === key ? acknowledged : sent).add(key);
        if (repeats(key) || disk.keys.has(key) || distinctAlert(numberOf(key)).atMs <= disk.oldestMs) continue;
        lost.push(key);
      }
    }
    const store = createAlertStore({ file, documents: 1e6, fileBytes: 1e9, say() {} });
    await store.start();
    const rows = store.query({ offset: 0, limit: 1e7 }).items;
    await store.stop();
    const stored = new Map<string, number>();
    for (const row of rows) stored.set(row.key, (stored.get(row.key) ?? 0) + 1);
    return {
      kills,
      acknowledged: acknowledged.size,
      sent: sent.size,
      lost,
      doubled: [...stored.values()].filter((times) => times > 1).length,
      folded: {
        acknowledged: [...acknowledged].filter(repeats).length,
        counted: rows.filter((row) => repeats(row.key)).reduce((sum, row) => sum + row.count, 0),
      },
      kept: rows.length,
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
