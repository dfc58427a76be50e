/**
 * Updates of the appliance as its service sees them: it takes a file (sent or fetched), compares it as a whole with its
 * checksum, and asks; root's path unit (image/root/usr/lib/spanwatch/update) believes nothing of that, checks signature and
 * content, and installs to the other slot. Where that unit is not, as with the Debian package, there are no updates here.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from './write-file-atomic.ts';

export const UPDATE_LIMITS = {
  /** A slot has 384 MiB; a file that is larger cannot be one. */
  bytes: 400 * 1024 * 1024,
  /** Lines that root keeps of the history; more are not read. */
  history: 50,
  /** A download that is not done by then has hung. */
  fetchMs: 30 * 60_000,
  /** Bytes of FILE.sha256. */
  checksum: 1024,
} as const;

export interface UpdateStatus {
  /** receiving and fetching are ours, the others root's. failed: the text says why; nothing was changed. */
  state: 'idle' | 'receiving' | 'checking' | 'installing' | 'installed' | 'failed' | 'restarting';
  percent: number;
  text: string;
  booted: 'A' | 'B';
  version: string;
  /** Slot of the next start. */
  next: 'A' | 'B';
  /** Version in the other slot, "" when nothing whole is there. */
  otherVersion: string;
  otherBootable: boolean;
  /** This version passed its self-test after it was started. */
  confirmed: boolean;
}

export interface UpdateEvent {
  atMs: number;
  what: 'installed' | 'confirmed' | 'switched' | 'refused' | 'restart';
  version: string;
  text: string;
}

export type UpdateDone = { ok: true } | { ok: false; text: string };

export interface UpdatePort {
  /** Undefined where there are no slots. */
  status(): UpdateStatus | undefined;
  /** Newest first. */
  history(): UpdateEvent[];
  /** Takes the bytes of a file and has it installed; `sha256` in hex is compared when it is given. */
  receive(body: AsyncIterable<Uint8Array>, sha256?: string): Promise<UpdateDone>;
  /** Fetches the file; without `sha256` the one at URL.sha256 is asked for and must be there. */
  fetch(url: string, sha256?: string): Promise<UpdateDone>;
  ask(word: 'other' | 'reboot'): Promise<UpdateDone>;
}

export interface UpdateOptions {
  stateDir: string;
  /** Root's words; below /run and /data on the appliance. */
  statusFile?: string;
  historyFile?: string;
}

const STATES = new Set(['idle', 'checking', 'installing', 'installed', 'failed', 'restarting']);
const EVENTS = new Set(['installed', 'confirmed', 'switched', 'refused', 'restart']);

/** Root's lines "key=value"; undefined when they are not whole. */
export function parseStatus(text: string): UpdateStatus | undefined {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1));
  }
  const of = (key: string): string => values.get(key) ?? '';
  const [booted, next, state] = [of('booted'), of('next'), of('state')];
  if ((booted !== 'A' && booted !== 'B') || (next !== 'A' && next !== 'B') || !STATES.has(state)) return undefined;
  const percent = Number(of('percent'));
  return {
    state: state as UpdateStatus['state'],
    percent: percent >= 0 && percent <= 100 ? percent : 0,
    text: of('text').slice(0, 300),
    booted,
    version: of('version').slice(0, 40),
    next,
    otherVersion: of('other_version').slice(0, 40),
    otherBootable: of('other_bootable') === 'yes',
    confirmed: of('confirmed') === 'yes',
  };
}

/** Root's lines of tab-separated time, what, version, text; newest first, those that are not whole left out. */
export function parseHistory(text: string): UpdateEvent[] {
  const events = text.split('\n').flatMap((line): UpdateEvent[] => {
    const [time = '', what = '', version = '', words = ''] = line.split('\t');
    const atMs = Date.parse(time);
    if (!Number.isFinite(atMs) || !EVENTS.has(what)) return [];
    return [{ atMs, what: what as UpdateEvent['what'], version: version.slice(0, 40), text: words.slice(0, 300) }];
  });
  return events.slice(-UPDATE_LIMITS.history).reverse();
}

/** The checksum in "HEX  NAME" or "HEX"; undefined when there is none. */
export const checksumOf = (text: string): string | undefined => /^\s*([0-9a-f]{64})\b/i.exec(text)?.[1]?.toLowerCase();

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, 64 * 1024);
  } catch {
    return '';
  }
}

export function createUpdates(options: UpdateOptions): UpdatePort {
  const statusFile = options.statusFile ?? '/run/spanwatch-update/status';
  const historyFile = options.historyFile ?? '/data/update-history';
  const inbox = join(options.stateDir, 'update');
  const bundle = join(inbox, 'bundle.raucb');
  let receiving: { percent: number; text: string } | undefined;

  function status(): UpdateStatus | undefined {
    const told = parseStatus(read(statusFile));
    return told && receiving ? { ...told, state: 'receiving', ...receiving } : told;
  }

  const refused = (text: string): UpdateDone => ({ ok: false, text });
  const message = (error: unknown): string => {
    const { cause, message: own } = error as Error;
    return cause instanceof Error ? `${own}: ${cause.message}` : own;
  };

  /** Undefined when a file may come now. */
  function busy(): string | undefined {
    const now = status();
    if (now === undefined) return 'this machine has no second slot: update it with its package manager';
    if (['receiving', 'checking', 'installing', 'restarting'].includes(now.state))
      return 'an update is on its way already';
    return undefined;
  }

  async function take(body: AsyncIterable<Uint8Array>, wanted: string | undefined, size: number): Promise<UpdateDone> {
    const part = `${bundle}.part`;
    await mkdir(inbox, { recursive: true, mode: 0o700 });
    await rm(part, { force: true });
    const file = await open(part, 'wx', 0o600);
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of body) {
        bytes += chunk.length;
        if (bytes > UPDATE_LIMITS.bytes) return refused('the file is larger than any update');
        hash.update(chunk);
        await file.write(chunk);
        if (receiving && size > 0) receiving.percent = Math.min(100, Math.round((100 * bytes) / size));
      }
      await file.sync();
      const sum = hash.digest('hex');
      if (bytes === 0) return refused('the file is empty');
      if (wanted !== undefined && sum !== wanted) {
        return refused(`the file does not have the checksum ${wanted.slice(0, 12)}…: it was damaged on its way`);
      }
      await rename(part, bundle);
      await writeFileAtomic(join(inbox, 'request'), `install ${sum}\n`);
      return { ok: true };
    } finally {
      await file.close();
      await rm(part, { force: true });
    }
  }

  async function guarded(text: string, work: () => Promise<UpdateDone>): Promise<UpdateDone> {
    const why = busy();
    if (why !== undefined) return refused(why);
    receiving = { percent: 0, text };
    try {
      return await work();
    } catch (error) {
      return refused(`taking the update: ${message(error)}`);
    } finally {
      receiving = undefined;
    }
  }

  async function download(url: string, given: string | undefined): Promise<UpdateDone> {
    const signal = AbortSignal.timeout(UPDATE_LIMITS.fetchMs);
    let wanted = given;
    if (wanted === undefined) {
      const sums = await fetch(`${url}.sha256`, { signal });
      const text = sums.ok ? await sums.text() : '';
      wanted = checksumOf(text.slice(0, UPDATE_LIMITS.checksum));
      if (wanted === undefined) return refused(`there is no checksum at ${url}.sha256 (${sums.status}): give it here`);
    }
    const answer = await fetch(url, { signal });
    if (!answer.ok || answer.body === null) return refused(`fetching ${url}: the server answered ${answer.status}`);
    return take(answer.body, wanted, Number(answer.headers.get('Content-Length') ?? 0));
  }

  return {
    status,
    history: () => parseHistory(read(historyFile)),
    receive: (body, sha256) => guarded('receiving the file', () => take(body, sha256, 0)),
    fetch(url, sha256) {
      if (!/^https?:\/\/[^\s]{1,1000}$/.test(url)) return Promise.resolve(refused('give the address as https://…'));
      return guarded('fetching the file', () => download(url, sha256));
    },
    async ask(word) {
      const why = busy();
      if (why !== undefined) return refused(why);
      await writeFileAtomic(join(inbox, 'request'), `${word}\n`);
      return { ok: true };
    },
  };
}
