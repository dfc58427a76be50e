/** Groups of alerts: one thing is one row with a count, however often and by however many flows it was seen. */
import type { StoredAlert } from './alert.ts';
import { type AlertMatch, hostOf, type MatchSubject } from './match.ts';

/** What makes alerts one row: the same finding between the same two, the same finding, the same source, or the same destination. */
export const GROUPINGS = ['thing', 'type', 'source', 'destination'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface AlertGroup {
  /** The newest alert of the group. */
  latest: StoredAlert;
  /** Stored alerts in the group. */
  alerts: number;
  /** Times seen, each alert's own count added up. */
  times: number;
  /** Not acknowledged. */
  open: number;
  engaged: number;
  /** The worst, 1..8. */
  severity: number;
  score: number;
  firstMs: number;
  lastMs: number;
}

/** The other side where a group has no flow. */
const subject = (alert: MatchSubject): string => alert.flow?.client ?? alert.entityValue;

/** Equal for alerts of one group. The separator cannot occur in addresses and names. */
export function groupKey(alert: MatchSubject, by: Grouping): string {
  switch (by) {
    case 'thing':
      return `${alert.kind}\u0000${alert.plugin}\u0000${alert.script}\u0000${alert.typeName}\u0000${subject(alert)}\u0000${alert.flow?.server ?? ''}`;
    case 'type':
      return `${alert.kind}\u0000${alert.plugin}\u0000${alert.script}\u0000${alert.typeName}`;
    case 'source':
      return alert.kind === 'host' ? `flow\u0000${hostOf(alert.entityValue)}` : `${alert.kind}\u0000${subject(alert)}`;
    case 'destination':
      return alert.flow === undefined ? `${alert.kind}\u0000${alert.entityValue}` : `flow\u0000${alert.flow.server}`;
  }
}

/** Conditions that hold for exactly the alerts of one group. */
export function groupMatch(alert: MatchSubject, by: Grouping): AlertMatch {
  const { kind, plugin, script, typeName, flow, entityValue } = alert;
  const type = { kind, plugin, script, typeName };
  if (by === 'type') return type;
  if (by === 'thing')
    return flow === undefined
      ? { ...type, entity: entityValue }
      : { ...type, source: flow.client, destination: flow.server };
  if (by === 'destination' && flow !== undefined) return { destination: flow.server };
  if (by === 'source' && flow !== undefined) return { source: flow.client };
  if (by === 'source' && kind === 'host') return { source: hostOf(entityValue) };
  return { kind, entity: entityValue };
}
