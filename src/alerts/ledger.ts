/** What was written to the card, day by day: kept in the data file itself so that it outlives restarts. */

/** Days kept. */
export const LEDGER_DAYS = 30;

export interface LedgerDoc {
  _id: 'ledger';
  /** UTC date "2026-11-23" → bytes appended or rewritten. */
  days: { [day: string]: number };
}

const dayOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10);

export interface Ledger {
  load(doc: LedgerDoc): void;
  add(bytes: number, nowMs: number): void;
  today(nowMs: number): number;
  days(): { [day: string]: number };
  doc(): LedgerDoc;
}

export function createLedger(): Ledger {
  let days: { [day: string]: number } = {};
  return {
    load(doc) {
      days = { ...doc.days };
    },
    add(bytes, nowMs) {
      const day = dayOf(nowMs);
      days[day] = (days[day] ?? 0) + bytes;
      const kept = Object.keys(days).sort().slice(-LEDGER_DAYS);
      if (kept.length < Object.keys(days).length) {
        days = Object.fromEntries(kept.map((name) => [name, days[name] ?? 0]));
      }
    },
    today: (nowMs) => days[dayOf(nowMs)] ?? 0,
    days: () => ({ ...days }),
    doc: () => ({ _id: 'ledger', days: { ...days } }),
  };
}

/** True for a ledger as this file writes it. */
export function isLedger(doc: { [key: string]: unknown }): boolean {
  const { days } = doc;
  if (doc['_id'] !== 'ledger' || typeof days !== 'object' || days === null) return false;
  return Object.entries(days).every(([day, bytes]) => /^\d{4}-\d\d-\d\d$/.test(day) && typeof bytes === 'number');
}
