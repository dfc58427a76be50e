/**
 * What waits to be sent, on the disk as a journal of lines: {"to", "n"} puts a notice into a queue, {"to", "k"} takes
 * notices out. Appended at most once a second, rewritten when it is mostly history; a torn line costs that line.
 */
import { open, readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../appliance/write-file-atomic.ts';
import { log } from '../log.ts';
import type { Notice } from './notify.ts';

/** Bounds of the queue, one reason each. */
export const QUEUE_LIMITS = {
  /** Notices of one destination: a day's outage of a noisy site; 250 kB. */
  waiting: 500,
  /** Bytes of the journal before it is rewritten. */
  journal: 1_000_000,
  /** Older notices are no news. */
  ageMs: 86_400_000,
} as const;

const FLUSH_MS = 1000;

export interface NotifyQueue {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** False when the queue has this key already. A full queue drops its oldest. */
  add(to: string, notice: Notice): boolean;
  /** Takes sent or given-up notices out. */
  remove(to: string, keys: readonly string[]): void;
  waiting(to: string): readonly Notice[];
  /** Forgets queues of destinations that are gone. */
  keepOnly(ids: ReadonlySet<string>): void;
  /** Queues that were read at the start. */
  names(): string[];
  dropped(to: string): number;
  /** Resolves when what was added before is on the disk, or cannot be. */
  settled(): Promise<void>;
  bytesWritten(): number;
}

type Fields = { [key: string]: unknown };

function isNotice(value: unknown): value is Notice {
  if (typeof value !== 'object' || value === null) return false;
  const n = value as Fields;
  const texts = ['key', 'kind', 'entity', 'title', 'text', 'typeName', 'plugin', 'path', 'subject'];
  return (
    texts.every((k) => typeof n[k] === 'string') && typeof n['atMs'] === 'number' && typeof n['severity'] === 'number'
  );
}

/** `file` undefined: in memory alone. */
export function createQueue(file: string | undefined): NotifyQueue {
  const queues = new Map<string, Notice[]>();
  const drops = new Map<string, number>();
  let lines: string[] = [];
  let size = 0;
  let written = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let failed = '';

  const queue = (to: string): Notice[] => {
    let list = queues.get(to);
    if (list === undefined) queues.set(to, (list = []));
    return list;
  };

  function note(line: object): void {
    if (file === undefined) return;
    lines.push(`${JSON.stringify(line)}\n`);
    timer ??= setTimeout(() => void flush(), FLUSH_MS);
  }

  async function append(text: string): Promise<void> {
    const handle = await open(file!, 'a', 0o600);
    try {
      await handle.appendFile(text);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    size += Buffer.byteLength(text);
    written += Buffer.byteLength(text);
  }

  async function rewrite(): Promise<void> {
    const text = [...queues].flatMap(([to, list]) => list.map((n) => `${JSON.stringify({ to, n })}\n`)).join('');
    await writeFileAtomic(file!, text);
    size = Buffer.byteLength(text);
    written += size;
  }

  async function flushOnce(): Promise<void> {
    const batch = lines;
    lines = [];
    try {
      if (size > QUEUE_LIMITS.journal) await rewrite();
      else if (batch.length > 0) await append(batch.join(''));
      failed = '';
    } catch (error) {
      const why = (error as Error).message;
      if (failed === '') log('error', 'notify', `cannot write ${file}: ${why}; what waits would not survive a restart`);
      failed = why;
    }
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    await running;
    running = flushOnce().finally(() => {
      running = undefined;
    });
    await running;
  }

  function load(text: string): void {
    for (const line of text.split('\n')) {
      let entry: Fields;
      try {
        entry = JSON.parse(line) as Fields;
      } catch {
        continue;
      }
      if (typeof entry !== 'object' || entry === null || typeof entry['to'] !== 'string') continue;
      const list = queue(entry['to']);
      if (isNotice(entry['n'])) list.push(entry['n']);
      const gone = entry['k'];
      if (Array.isArray(gone))
        queues.set(
          entry['to'],
          list.filter(({ key }) => !gone.includes(key)),
        );
    }
    for (const [to, list] of queues) {
      if (list.length === 0) queues.delete(to);
      else list.splice(0, list.length - QUEUE_LIMITS.waiting);
    }
  }

  return {
    async start() {
      if (file === undefined) return;
      try {
        load(await readFile(file, 'utf8'));
        await rewrite();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
          log('warn', 'notify', `cannot read ${file}: ${(error as Error).message}; what waited there is not sent`);
      }
    },
    async stop() {
      await flush();
    },
    add(to, notice) {
      const list = queue(to);
      if (list.some(({ key }) => key === notice.key)) return false;
      list.push(notice);
      note({ to, n: notice });
      if (list.length > QUEUE_LIMITS.waiting) {
        const gone = list.shift()!;
        drops.set(to, (drops.get(to) ?? 0) + 1);
        note({ to, k: [gone.key] });
      }
      return true;
    },
    remove(to, keys) {
      const gone = new Set(keys);
      const list = queues.get(to);
      if (list === undefined || gone.size === 0) return;
      queues.set(
        to,
        list.filter(({ key }) => !gone.has(key)),
      );
      note({ to, k: [...gone] });
    },
    waiting: (to) => queues.get(to) ?? [],
    keepOnly(ids) {
      for (const [to, list] of queues) {
        if (ids.has(to)) continue;
        if (list.length > 0) note({ to, k: list.map(({ key }) => key) });
        queues.delete(to);
        drops.delete(to);
      }
    },
    names: () => [...queues.keys()],
    dropped: (to) => drops.get(to) ?? 0,
    settled: async () => {
      if (file !== undefined && (lines.length > 0 || running !== undefined)) await flush();
    },
    bytesWritten: () => written,
  };
}
