/**
 * When two events say the same thing. Follows ntopng 4.2: flow alerts fold by addresses, server port, VLAN, protocol,
 * type, severity and status; one-shot alerts by entity and type; the begin and the end of an engaged alert are one.
 */
import type { AlertEvent } from './alert.ts';

/** Events that say the same thing within this time of the last one raise a count instead of a row (4.2: 300 s). */
export const FOLD_WINDOW_MS = 300_000;
/** A row that keeps repeating is still closed after a day, so that an owner who acknowledged it hears of it again. */
export const FOLD_SPAN_MS = 86_400_000;

/** The life cycle of an engaged alert: one row from engage to release, whatever the texts say meanwhile. */
const lasting = (event: AlertEvent): boolean => event.action !== 'store';

/** Text that is equal for events that say the same thing. The separator cannot occur in names and is harmless in texts. */
export function identity(event: AlertEvent): string {
  const { flow } = event;
  const what = [
    lasting(event) ? 'L' : 'S',
    event.kind,
    event.entity,
    event.entityValue,
    event.type,
    event.subtype,
    event.granularity,
    event.plugin,
    event.script,
  ];
  if (!lasting(event)) what.push(event.severity, event.status ?? '', event.text);
  if (flow !== undefined) what.push(flow.client, flow.server, flow.serverPort, flow.vlan, flow.l4, flow.l7);
  return what.join('\u0000');
}

/** The number in a key such as "boot1:42", and what stands before it; undefined for keys of another form. */
export function keyOrder(key: string): { run: string; number: number } | undefined {
  const digits = /\d{1,15}$/.exec(key);
  return digits === null ? undefined : { run: key.slice(0, digits.index), number: Number(digits[0]) };
}

/**
 * True when `key` was already taken in before or together with `last`: keys of one run of the engine only grow, and
 * events of one identity arrive in order, so a number that is not greater has been seen.
 */
export function alreadySeen(key: string, last: string): boolean {
  if (key === last) return true;
  const a = keyOrder(key);
  const b = keyOrder(last);
  return a !== undefined && b !== undefined && a.run === b.run && a.number <= b.number;
}
