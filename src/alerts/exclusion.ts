/** An owner's word that alerts like this one are not wanted, for a reason and perhaps for a time. */
import type { AlertMatch } from './match.ts';

/** What an owner says when making or changing one. */
export interface ExclusionDraft {
  match: AlertMatch;
  /** Why, in the owner's words. */
  reason: string;
  /** Ms since the epoch after which it no longer hides anything. */
  expiresMs?: number;
  /** False while it is paused. */
  active: boolean;
}

export interface Exclusion extends ExclusionDraft {
  _id: string;
  author: string;
  createdMs: number;
  /** Alerts hidden since it was made. */
  hits: number;
  lastHitMs?: number;
  /** Hidden today, by the UTC day that `day` names. */
  day: string;
  hitsToday: number;
}

/** What an exclusion would have hidden of the alerts that are stored. */
export interface ExclusionPreview {
  /** Rows that match, of `rows` looked at, and the times they stand for. */
  hidden: number;
  rows: number;
  hiddenTimes: number;
  times: number;
  /** Of the newest 500 (or all, when there are fewer). */
  hiddenRecent: number;
  recent: number;
  /** The kinds of alerts it would hide, most first: what a too wide exclusion shows itself by. */
  types: { title: string; typeName: string; plugin: string; rows: number }[];
  /** Ids of the newest that match, for examples. */
  examples: string[];
}
