/** What is told to destinations: alerts as they are stored, and the box's own troubles. */
import type { AlertEvent, StoredAlert } from '../alerts/alert.ts';
import type { Notice } from '../notify/notify.ts';
import type { HealthPort } from './port.ts';

/** Rows whose last telling is remembered. */
const REMEMBERED = 4096;
/** A part that is bad for less than this is not told: an engine restarts within a second. */
const BAD_MS = 60_000;
const LOOK_MS = 10_000;

const subjectOf = (row: StoredAlert): string =>
  row.flow === undefined ? row.entityValue : `${row.flow.client} > ${row.flow.server}`;

export interface AlertNotices {
  /** To be called for each event that made or changed a row; gathers what is worth telling. */
  take(row: StoredAlert, event: AlertEvent): void;
  /** What was gathered since the last call. */
  drain(): Notice[];
}

/** `againMs`: a row that goes on is told again after so long; 0 = never. */
export function createAlertNotices(againMs: () => number): AlertNotices {
  let gathered: Notice[] = [];
  /** Row id: when it was told last, packet time. */
  const told = new Map<string, number>();

  function worth(row: StoredAlert, event: AlertEvent): Notice['kind'] | undefined {
    if (event.action === 'release') return told.delete(row._id) || row.count === 1 ? 'over' : undefined;
    const last = told.get(row._id);
    if (row.count === 1) return 'new';
    const again = againMs();
    if (event.action === 'engage' && last === undefined) return 'new';
    return again > 0 && event.atMs - (last ?? row.firstMs) >= again ? 'new' : undefined;
  }

  return {
    take(row, event) {
      const kind = worth(row, event);
      if (kind === undefined) return;
      if (kind === 'new') {
        told.delete(row._id);
        told.set(row._id, event.atMs);
        if (told.size > REMEMBERED) told.delete(told.keys().next().value!);
      }
      gathered.push({
        key: `${event.key}${kind === 'over' ? '/over' : ''}`,
        atMs: kind === 'over' ? (event.endMs ?? event.atMs) : event.atMs,
        kind,
        entity: row.kind,
        severity: row.severity,
        title: row.title,
        text: row.text,
        typeName: row.typeName,
        plugin: row.plugin,
        path: `/alerts/${row._id}`,
        subject: subjectOf(row),
      });
    },
    drain() {
      const out = gathered;
      gathered = [];
      return out;
    },
  };
}

export interface PartWatch {
  start(): void;
  stop(): void;
  /** One look, for tests. */
  look(): void;
}

/** Tells when a part of the box is bad for a minute, and when it is well again. */
export function createPartWatch(
  parts: HealthPort['parts'],
  tell: (notice: Notice) => void,
  now: () => number = Date.now,
): PartWatch {
  const badSince = new Map<string, number>();
  const told = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  function notice(name: string, text: string, over: boolean): Notice {
    return {
      key: `part:${name}:${now()}`,
      atMs: now(),
      kind: over ? 'over' : 'system',
      entity: 'system',
      severity: 5,
      title: `${name} ${over ? 'is well again' : 'needs attention'}`,
      text,
      typeName: `part_${name}`,
      plugin: '',
      path: '/health',
      subject: '',
    };
  }

  function look(): void {
    for (const { name, ok, text } of parts()) {
      // What cannot be delivered cannot be told by the same way.
      if (name === 'notifications') continue;
      if (ok) {
        badSince.delete(name);
        if (told.delete(name)) tell(notice(name, text, true));
        continue;
      }
      const since = badSince.get(name) ?? now();
      badSince.set(name, since);
      if (now() - since < BAD_MS || told.has(name)) continue;
      told.add(name);
      tell(notice(name, text, false));
    }
  }

  return {
    look,
    start() {
      timer = setInterval(look, LOOK_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
