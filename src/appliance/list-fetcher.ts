/**
 * Lists of bad addresses and names from the web, for plugins (plugins/lists.ts): fetched once a day into files, so that a box without
 * Internet goes on with what it has. A list that did not change costs no write.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { log } from '../log.ts';
import { Lists } from '../plugins/lists.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

export const FETCH_LIMITS = {
  /** Bytes of one list. */
  bytes: 16 << 20,
  ms: 60_000,
  everyMs: 24 * 3_600_000,
  /** After a failure. */
  againMs: 3_600_000,
  /** A list without a line that is an address, a network or a name is an error page. */
  leastEntries: 1,
} as const;

export interface ListFetcherOptions {
  folder: string;
  urls(): readonly string[];
  /** Called when a list is new or another. */
  changed(): void;
  fetch?: typeof fetch;
}

/** The file of a list: its host for people, a hash so that two lists of a host differ. */
export function listFile(url: string): string {
  const host = new URL(url).hostname.replace(/[^\w.-]/g, '_').slice(0, 60);
  return `web-${host}-${createHash('sha256').update(url).digest('hex').slice(0, 8)}.txt`;
}

export class ListFetcher {
  readonly #options: ListFetcherOptions;
  readonly #tags = new Map<string, string>();
  readonly #notices = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ListFetcherOptions) {
    this.#options = options;
  }

  start(): void {
    void this.refresh();
  }
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
  /** What went wrong, one sentence per list. */
  notices(): string[] {
    return [...this.#notices.values()];
  }

  /** Fetches all lists now; call when the setting changed. Lists that are no longer wanted are removed. */
  refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#running = this.#running.then(() => this.#all());
    return this.#running;
  }

  async #all(): Promise<void> {
    const { folder, urls } = this.#options;
    const wanted = new Set(urls().map(listFile));
    let changed = false;
    for (const name of await readdir(folder).catch(() => [] as string[])) {
      if (!name.startsWith('web-') || wanted.has(name)) continue;
      await rm(join(folder, name), { force: true });
      changed = true;
    }
    this.#notices.clear();
    for (const url of urls()) {
      try {
        changed = (await this.#one(url)) || changed;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const kept = existsSync(join(folder, listFile(url))) ? '; the one fetched before stays in use' : '';
        this.#notices.set(url, `the list ${url} could not be fetched: ${reason}${kept}`);
        log('warn', 'lists', this.#notices.get(url)!);
      }
    }
    if (changed) this.#options.changed();
    if (urls().length === 0) return;
    this.#timer = setTimeout(
      () => void this.refresh(),
      this.#notices.size > 0 ? FETCH_LIMITS.againMs : FETCH_LIMITS.everyMs,
    );
    this.#timer.unref();
  }

  /** True when the list is another than the one on disk. */
  async #one(url: string): Promise<boolean> {
    const { folder } = this.#options;
    const path = join(folder, listFile(url));
    const tag = this.#tags.get(url);
    const answer = await (this.#options.fetch ?? fetch)(url, {
      headers: { 'User-Agent': 'spanwatch', ...(tag && existsSync(path) ? { 'If-None-Match': tag } : {}) },
      redirect: 'follow',
      signal: AbortSignal.timeout(FETCH_LIMITS.ms),
    });
    if (answer.status === 304) return false;
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const text = await bounded(answer);
    const probe = new Lists();
    probe.add('probe', text);
    if (probe.size < FETCH_LIMITS.leastEntries) throw new Error('it holds no address, network or name');
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    const etag = answer.headers.get('etag');
    if (etag) this.#tags.set(url, etag.slice(0, 200));
    if (before === text) return false;
    await mkdir(folder, { recursive: true });
    await writeFileAtomic(path, text);
    log('info', 'lists', `${url}: ${probe.size} entries`);
    return true;
  }
}

async function bounded(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > FETCH_LIMITS.bytes) throw new Error(`it has more than ${FETCH_LIMITS.bytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
