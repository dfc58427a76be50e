/** A row as the store keeps it, on the disk and in memory. Rows are never changed in place: a change makes a new one. */
import type { AlertEvent, AlertFlow, AlertKind, StoredAlert } from './alert.ts';
import { SEVERITIES } from './alert.ts';

/** NeDB refuses field names with "." or "$", which a plugin's parameters may have: they are kept as JSON text. */
export interface Row extends Omit<StoredAlert, 'params'> {
  paramsText?: string;
  /** Key of the last event folded into this row. */
  lastKey: string;
}

/** What an owner sees of a row. */
export function shown(row: Row): StoredAlert {
  const { paramsText, lastKey: _, ...rest } = row;
  if (paramsText === undefined) return rest;
  try {
    return { ...rest, params: JSON.parse(paramsText) as unknown };
  } catch {
    return rest;
  }
}

export function newRow(id: string, event: AlertEvent): Row {
  const { params, ...rest } = event;
  return {
    ...rest,
    ...(params === undefined ? {} : { paramsText: JSON.stringify(params) }),
    _id: id,
    lastKey: event.key,
    state: event.action === 'engage' ? 'engaged' : 'past',
    count: 1,
    firstMs: event.atMs,
    lastMs: event.endMs ?? event.atMs,
    acknowledged: false,
    note: '',
  };
}

/** The row after one more event that says the same; the newest flow is shown, volumes add up as in 4.2. */
export function foldInto(row: Row, event: AlertEvent): Row {
  const lastMs = Math.max(row.lastMs, event.endMs ?? event.atMs);
  const folded: Row = { ...row, lastKey: event.key, lastMs, quality: event.quality };
  // The first evidence stays: it is what made the row. A later one fills in where there was none.
  if (folded.evidence === undefined && event.evidence !== undefined) folded.evidence = event.evidence;
  if (event.action === 'store') {
    folded.count = row.count + 1;
    if (event.flow !== undefined) folded.flow = addFlow(row.flow, event.flow);
    return folded;
  }
  folded.text = event.text;
  folded.severity = Math.max(row.severity, event.severity);
  folded.score = Math.max(row.score, event.score);
  if (event.action === 'engage') {
    folded.state = 'engaged';
    folded.count = row.count + 1;
    delete folded.endMs;
  } else {
    folded.action = 'release';
    folded.state = 'past';
    folded.endMs = event.endMs ?? event.atMs;
  }
  return folded;
}

/** The row of a flow after a worse status replaced the one that made it. */
export function replaceBy(row: Row, event: AlertEvent): Row {
  const next = newRow(row._id, event);
  const evidence = next.evidence ?? row.evidence;
  return { ...next, firstMs: row.firstMs, count: row.count, note: row.note, ...(evidence ? { evidence } : {}) };
}

function addFlow(before: AlertFlow | undefined, now: AlertFlow): AlertFlow {
  if (before === undefined || before.id === now.id) return now;
  return { ...now, bytes: before.bytes + now.bytes, packets: before.packets + now.packets };
}

const KINDS: ReadonlySet<unknown> = new Set<AlertKind>(['flow', 'host', 'interface', 'network', 'system']);
const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

const EVENT_TEXTS = ['key', 'entityValue', 'typeName', 'subtype', 'plugin', 'script', 'title', 'text'];
const EVENT_NUMBERS = ['entity', 'type', 'granularity', 'severity', 'score', 'atMs'];
const FLOW_TEXTS = ['client', 'clientMac', 'server', 'serverMac', 'l4', 'l7', 'hostname', 'communityId'];
const FLOW_NUMBERS = ['id', 'clientPort', 'serverPort', 'vlan', 'master', 'app', 'bytes', 'packets'];

type Fields = { [key: string]: unknown };
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function has(value: Fields, texts: string[], numbers: string[]): boolean {
  return texts.every((name) => isText(value[name])) && numbers.every((name) => isNumber(value[name]));
}

/** True for an event that can be stored: every field that pages and filters rely on is of its type. */
export function isEvent(value: unknown): value is AlertEvent {
  if (!isFields(value) || !has(value, EVENT_TEXTS, EVENT_NUMBERS)) return false;
  if (!KINDS.has(value['kind']) || !isFields(value['quality'])) return false;
  if (!['store', 'engage', 'release'].includes(value['action'] as string)) return false;
  if (value['key'] === '' || !((value['severity'] as number) >= 1)) return false;
  if ((value['severity'] as number) > SEVERITIES.length) return false;
  const { flow, evidence } = value as { flow?: unknown; evidence?: unknown };
  if (evidence !== undefined && !(isFields(evidence) && has(evidence, ['key'], ['packets', 'bytes']))) return false;
  return flow === undefined || (isFields(flow) && has(flow, FLOW_TEXTS, FLOW_NUMBERS));
}

/** True for a document of the data file that is a whole row. */
export function isRow(value: Fields): boolean {
  return (
    isEvent(value) &&
    has(value as Fields, ['_id', 'lastKey', 'note'], ['count', 'firstMs', 'lastMs']) &&
    ['engaged', 'past'].includes((value as Fields)['state'] as string) &&
    typeof (value as Fields)['acknowledged'] === 'boolean'
  );
}
