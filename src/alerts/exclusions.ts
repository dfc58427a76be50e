/**
 * The exclusions: tested against every event before it is stored, kept on the disk, and honest about what they hid. Hit
 * counts are written with a change, every few hours and at the end, not per hit: a card must not pay for noise.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { ExclusionsPort } from '../appliance/port.ts';
import { type Level, log } from '../log.ts';
import type { AlertEvent } from './alert.ts';
import { createCollection } from './collection.ts';
import type { Exclusion, ExclusionDraft, ExclusionPreview } from './exclusion.ts';
import { type AlertMatch, compileMatch, isEmptyMatch, type MatchSubject, readMatch } from './match.ts';

/** Bounds, with their reasons. */
export const EXCLUSION_LIMITS = {
  /** All are tested against each alert: 500 take about 20 µs. */
  exclusions: 500,
  /** Characters of a reason. */
  reasonChars: 500,
  lineBytes: 16 * 1024,
} as const;

/** Hit counts wait this long for the disk. */
const HITS_EVERY_MS = 6 * 3_600_000;
/** "of the last 500" is what a preview speaks of first. */
const RECENT = 500;
const EXAMPLES = 5;
const TYPES = 20;
const GARBAGE_FACTOR = 4;

/** The rows a preview looks through, newest first. */
export interface PreviewRows {
  each(look: (alert: MatchSubject & { _id: string; title: string; count: number }) => void): void;
}

export interface ExclusionsOptions {
  /** Path of the data file, "…/exclusions.db". */
  file: string;
  rows: PreviewRows;
  now?(): number;
  say?(level: Level, text: string): void;
}

export interface Exclusions extends ExclusionsPort {
  /** Reads what is there; a damaged file is a notice, never a rejection. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** True when one holds for the event, which is then counted as hidden. Cheap: called for each event. */
  excluded(event: AlertEvent): boolean;
  notices(): string[];
}

interface Doc {
  _id: string;
  /** Exclusion as JSON text: NeDB refuses field names that a later version may want. */
  json: string;
}

interface Live {
  exclusion: Exclusion;
  holds(alert: MatchSubject): boolean;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

type Fields = { [key: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isMs = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Reads an exclusion as this file writes it; undefined when it is none, or its match would hold for everything. */
export function parseExclusion(id: string, json: string): Exclusion | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isFields(raw) || !isFields(raw['match'])) return undefined;
  const { match, faults } = readMatch(raw['match']);
  const { reason, author, createdMs, expiresMs, hits, lastHitMs, day, hitsToday, active } = raw;
  if (isEmptyMatch(match) || Object.keys(faults).length > 0) return undefined;
  if (typeof reason !== 'string' || typeof author !== 'string' || !isMs(createdMs) || !isMs(hits)) return undefined;
  return {
    _id: id,
    match,
    reason,
    author,
    createdMs,
    active: active !== false,
    ...(isMs(expiresMs) ? { expiresMs } : {}),
    hits,
    ...(isMs(lastHitMs) ? { lastHitMs } : {}),
    day: typeof day === 'string' ? day : '',
    hitsToday: isMs(hitsToday) ? hitsToday : 0,
  };
}

function checkDraft(draft: ExclusionDraft): ExclusionDraft {
  if (isEmptyMatch(draft.match)) throw new Error('an exclusion without a condition would hide every alert');
  return { ...draft, reason: draft.reason.trim().slice(0, EXCLUSION_LIMITS.reasonChars) };
}

/** What a match would have hidden of these rows. */
export function previewOf(match: AlertMatch, rows: PreviewRows): ExclusionPreview {
  const out: ExclusionPreview = {
    hidden: 0,
    rows: 0,
    hiddenTimes: 0,
    times: 0,
    hiddenRecent: 0,
    recent: 0,
    types: [],
    examples: [],
  };
  const holds = isEmptyMatch(match) ? () => false : compileMatch(match);
  const types = new Map<string, ExclusionPreview['types'][number]>();
  rows.each((row) => {
    const recent = out.rows < RECENT;
    out.rows += 1;
    out.times += row.count;
    if (recent) out.recent += 1;
    if (!holds(row)) return;
    out.hidden += 1;
    out.hiddenTimes += row.count;
    if (recent) out.hiddenRecent += 1;
    if (out.examples.length < EXAMPLES) out.examples.push(row._id);
    const key = `${row.plugin}\u0000${row.typeName}`;
    const type = types.get(key);
    if (type === undefined) types.set(key, { title: row.title, typeName: row.typeName, plugin: row.plugin, rows: 1 });
    else type.rows += 1;
  });
  out.types = [...types.values()].sort((a, b) => b.rows - a.rows).slice(0, TYPES);
  return out;
}

export function createExclusions(options: ExclusionsOptions): Exclusions {
  const { file } = options;
  const now = options.now ?? Date.now;
  const say = options.say ?? ((level, text) => log(level, 'exclusions', text));
  const collection = createCollection<Doc>({
    file,
    check: (doc) =>
      typeof doc['_id'] === 'string' &&
      typeof doc['json'] === 'string' &&
      parseExclusion(doc['_id'], doc['json']) !== undefined,
    lineBytes: EXCLUSION_LIMITS.lineBytes,
    now,
  });
  const notices: string[] = [];
  const live = new Map<string, Live>();
  /** Ids whose hits changed since they were written. */
  const unwritten = new Set<string>();
  let usable = false;
  let writing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  /** What exclusions that are gone hid today. */
  let gone = { day: '', hits: 0 };

  const place = (exclusion: Exclusion): void => {
    live.set(exclusion._id, { exclusion, holds: compileMatch(exclusion.match) });
  };
  const docOf = ({ _id, ...rest }: Exclusion): Doc => ({ _id, json: JSON.stringify(rest) });

  /** One write after the other; resolves when it is on the disk. */
  function write(put: string[], remove: string[]): Promise<void> {
    const done = writing.then(async () => {
      if (!usable)
        throw new Error(`kept in memory only until the next start: ${notices.at(-1) ?? `${file} is not open`}`);
      const docs: Doc[] = [];
      for (const id of put) {
        const entry = live.get(id);
        if (entry !== undefined) docs.push(docOf(entry.exclusion));
        unwritten.delete(id);
      }
      await collection.write(docs, remove);
      const held = live.size * 512;
      if (collection.stats().fileBytes > 64 * 1024 + held * GARBAGE_FACTOR) await collection.compact();
    });
    writing = done.catch(() => {});
    return done;
  }

  const writeHits = (): Promise<void> =>
    unwritten.size === 0
      ? Promise.resolve()
      : write([...unwritten], []).catch((error: Error) => say('warn', `hits of exclusions: ${error.message}`));

  const hidesNow = (exclusion: Exclusion, nowMs: number): boolean =>
    exclusion.active && (exclusion.expiresMs === undefined || nowMs < exclusion.expiresMs);

  return {
    async start() {
      try {
        for (const { doc } of await collection.open()) {
          const exclusion = parseExclusion(doc._id, doc.json);
          if (exclusion !== undefined && live.size < EXCLUSION_LIMITS.exclusions) place(exclusion);
        }
        notices.push(...collection.notices());
        usable = true;
      } catch (error) {
        notices.push(`cannot use ${basename(file)}: ${(error as Error).message}; exclusions are kept in memory only`);
      }
      for (const text of notices) say('warn', text);
      timer = setInterval(() => void writeHits(), HITS_EVERY_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      if (usable) await writeHits();
      await writing;
    },
    excluded(event) {
      if (live.size === 0) return false;
      const nowMs = now();
      for (const { exclusion, holds } of live.values()) {
        if (!hidesNow(exclusion, nowMs) || !holds(event)) continue;
        const day = dayOf(nowMs);
        if (exclusion.day !== day) {
          exclusion.day = day;
          exclusion.hitsToday = 0;
        }
        exclusion.hits += 1;
        exclusion.hitsToday += 1;
        exclusion.lastHitMs = nowMs;
        unwritten.add(exclusion._id);
        return true;
      }
      return false;
    },
    list: () => Array.from(live.values(), ({ exclusion }) => exclusion).sort((a, b) => b.createdMs - a.createdMs),
    get: (id) => live.get(id)?.exclusion,
    preview: (match) => previewOf(match, options.rows),
    async add(draft, author) {
      const checked = checkDraft(draft);
      if (live.size >= EXCLUSION_LIMITS.exclusions)
        throw new Error(`there are ${EXCLUSION_LIMITS.exclusions} exclusions already; remove some that hide nothing`);
      const exclusion: Exclusion = {
        ...checked,
        _id: randomUUID(),
        author,
        createdMs: now(),
        hits: 0,
        day: '',
        hitsToday: 0,
      };
      place(exclusion);
      await write([exclusion._id], []);
      return exclusion;
    },
    async change(id, draft) {
      const before = live.get(id)?.exclusion;
      if (before === undefined) return undefined;
      const { expiresMs: _, ...rest } = before;
      const exclusion: Exclusion = { ...rest, ...checkDraft(draft) };
      place(exclusion);
      await write([id], []);
      return exclusion;
    },
    async remove(id) {
      const entry = live.get(id);
      if (entry === undefined) return false;
      const today = dayOf(now());
      if (gone.day !== today) gone = { day: today, hits: 0 };
      if (entry.exclusion.day === today) gone.hits += entry.exclusion.hitsToday;
      live.delete(id);
      unwritten.delete(id);
      await write([], [id]);
      return true;
    },
    hiddenToday() {
      const today = dayOf(now());
      let hits = gone.day === today ? gone.hits : 0;
      for (const { exclusion } of live.values()) if (exclusion.day === today) hits += exclusion.hitsToday;
      return hits;
    },
    notices: () => notices,
  };
}
