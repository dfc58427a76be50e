/** What the mirror doctor says of a capture: one verdict for each thing that may be wrong with a mirror port. */

/** good: looked and found nothing. unknown: not enough traffic, or this source cannot tell. */
export type VerdictLevel = 'good' | 'warn' | 'bad' | 'unknown';

/** In the order in which they are shown: what stops everything first. */
export const VERDICT_IDS = [
  'link',
  'traffic',
  'directions',
  'duplicates',
  'broadcast_only',
  'own_traffic',
  'tags',
  'erspan',
  'truncation',
  'offloads',
  'speed',
  'drops',
  'clock',
] as const;
export type VerdictId = (typeof VERDICT_IDS)[number];

export interface Verdict {
  id: VerdictId;
  level: VerdictLevel;
  /** A few words for a list. */
  title: string;
  /** What was seen, with its figures; one or two sentences of plain text. */
  text: string;
  /** What to do, mostly at the switch; "" where nothing is to be done. */
  advice: string;
}

export interface DoctorReport {
  /** When the report was made, ms since the epoch. */
  atMs: number;
  /** Interface or file. */
  source: string;
  /** Packet time that was looked at, seconds. */
  seconds: number;
  packets: number;
  verdicts: Verdict[];
}
