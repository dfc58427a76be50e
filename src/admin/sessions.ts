/**
 * Sessions: a random 256-bit id in a cookie; here lies its SHA-256, so the file gives nobody a session. The file is
 * written when one begins or ends and at most once an hour for "last seen": the card wears out otherwise.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { log } from '../log.ts';

export interface Session {
  /** SHA-256 of the id in the cookie, base64url. */
  hash: string;
  user: string;
  createdMs: number;
  seenMs: number;
  address: string;
  agent: string;
}

export interface SessionLimits {
  /** Kept at the most; the one unused for longest goes. */
  bound: number;
  idleMs: number;
  absoluteMs: number;
}

const LIMITS: SessionLimits = { bound: 64, idleMs: 7 * 86_400_000, absoluteMs: 30 * 86_400_000 };
const SAVE_SEEN_MS = 3_600_000;
const ID = /^[\w-]{43}$/;

const hashOf = (id: string): string => createHash('sha256').update(id).digest('base64url');

export class Sessions {
  readonly #file: string;
  readonly #limits: SessionLimits;
  readonly #now: () => number;
  readonly #map = new Map<string, Session>();
  /** Key of form tokens; kept with the sessions so that open pages survive a restart. */
  #secret = randomBytes(32);
  #savedMs = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(stateDir: string, now: () => number = Date.now, limits: SessionLimits = LIMITS) {
    this.#file = join(stateDir, 'sessions.json');
    this.#limits = limits;
    this.#now = now;
  }

  /** Reads the table; a file that cannot be read means that everybody signs in again, nothing worse. */
  async start(): Promise<void> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#complain('read', error);
      return;
    }
    try {
      const data = JSON.parse(text) as { secret?: unknown; sessions?: unknown };
      const secret = typeof data.secret === 'string' ? Buffer.from(data.secret, 'base64url') : Buffer.alloc(0);
      if (secret.length === 32) this.#secret = secret;
      const now = this.#now();
      for (const item of Array.isArray(data.sessions) ? (data.sessions as unknown[]) : []) {
        const session = parseSession(item, now);
        if (session !== undefined && this.#map.size < this.#limits.bound) this.#map.set(session.hash, session);
      }
    } catch (error) {
      this.#complain('read', error);
    }
  }

  async stop(): Promise<void> {
    this.#save();
    await this.#saving;
  }

  /** A new session; the id goes into the cookie and nowhere else. */
  async create(user: string, address: string, agent: string): Promise<string> {
    const id = randomBytes(32).toString('base64url');
    const now = this.#now();
    while (this.#map.size >= this.#limits.bound) {
      let oldest: Session | undefined;
      for (const s of this.#map.values()) if (oldest === undefined || s.seenMs < oldest.seenMs) oldest = s;
      this.#map.delete(oldest!.hash);
    }
    const hash = hashOf(id);
    this.#map.set(hash, { hash, user, createdMs: now, seenMs: now, address, agent: agent.slice(0, 200) });
    this.#save();
    await this.#saving;
    return id;
  }

  /** The session of a cookie's value. `touch` is false for what the page asks by itself, so that an open page can expire. */
  find(id: string | undefined, touch: boolean): Session | undefined {
    if (id === undefined || !ID.test(id)) return undefined;
    const session = this.#map.get(hashOf(id));
    if (session === undefined) return undefined;
    const now = this.#now();
    if (this.#expired(session, now)) {
      this.#map.delete(session.hash);
      return undefined;
    }
    if (touch) {
      session.seenMs = now;
      if (now - this.#savedMs > SAVE_SEEN_MS) this.#save();
    }
    return session;
  }

  /** Newest use first. */
  list(): Session[] {
    const now = this.#now();
    for (const s of this.#map.values()) if (this.#expired(s, now)) this.#map.delete(s.hash);
    return [...this.#map.values()].sort((a, b) => b.seenMs - a.seenMs);
  }

  /** True when an unexpired session was begun from this address. */
  knows(address: string): boolean {
    return this.list().some((s) => s.address === address);
  }

  async revoke(hash: string): Promise<boolean> {
    const had = this.#map.delete(hash);
    if (had) this.#save();
    await this.#saving;
    return had;
  }

  /** Ends all sessions but one; of one user when `user` is given. */
  async revokeAllBut(hash: string, user?: string): Promise<number> {
    let ended = 0;
    for (const [key, session] of [...this.#map]) {
      if (key !== hash && (user === undefined || session.user === user) && this.#map.delete(key)) ended++;
    }
    this.#save();
    await this.#saving;
    return ended;
  }

  /** The token that a form must carry: bound to a session's hash or to the visitor's id before sign-in. */
  token(subject: string): string {
    return createHmac('sha256', this.#secret).update(subject).digest('base64url');
  }

  tokenFits(subject: string, token: unknown): boolean {
    if (typeof token !== 'string') return false;
    const want = Buffer.from(this.token(subject));
    const got = Buffer.from(token);
    return want.length === got.length && timingSafeEqual(want, got);
  }

  #expired(s: Session, now: number): boolean {
    return now - s.seenMs > this.#limits.idleMs || now - s.createdMs > this.#limits.absoluteMs;
  }

  #save(): void {
    this.#savedMs = this.#now();
    this.#saving = this.#saving.then(() => this.#write()).catch((error: unknown) => this.#complain('write', error));
  }

  async #write(): Promise<void> {
    const data = { version: 1, secret: this.#secret.toString('base64url'), sessions: [...this.#map.values()] };
    await mkdir(join(this.#file, '..'), { recursive: true, mode: 0o700 });
    await writeFile(`${this.#file}.new`, JSON.stringify(data), { mode: 0o600, flush: true });
    await rename(`${this.#file}.new`, this.#file);
  }

  #complain(verb: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    log(
      'warn',
      'admin',
      `cannot ${verb} the session table ${this.#file}: ${why}; people must sign in again after a restart`,
    );
  }
}

function parseSession(item: unknown, now: number): Session | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const s = item as Record<string, unknown>;
  if (typeof s['hash'] !== 'string' || !ID.test(s['hash'])) return undefined;
  if (typeof s['createdMs'] !== 'number' || typeof s['seenMs'] !== 'number') return undefined;
  const text = (v: unknown): string => (typeof v === 'string' ? v.slice(0, 200) : '');
  // A clock that was wrong when the session began must not make it last for ever.
  return {
    hash: s['hash'],
    user: text(s['user']),
    createdMs: Math.min(s['createdMs'], now),
    seenMs: Math.min(s['seenMs'], now),
    address: text(s['address']),
    agent: text(s['agent']),
  };
}
