/** Which rows a filter shows. Made once per query so that fifty thousand rows are checked without allocation. */
import type { AlertFilter } from '../appliance/port.ts';
import { compileMatch, isEmptyMatch } from './match.ts';
import type { Row } from './row.ts';

/** Longest search text that is looked for. */
const SEARCH_CHARS = 200;

/** Everything of a row that a search looks at, in lower case; the line ends keep a match within one field. */
export function searchText(row: Row): string {
  const { flow } = row;
  const fields = [row.title, row.text, row.entityValue];
  if (flow !== undefined) fields.push(flow.client, flow.server, flow.l4, flow.l7, flow.hostname);
  return fields.join('\n').toLowerCase();
}

/**
 * A row with what filters look at most beside it: fifty thousand rows lie all over memory, and fetching a line of each
 * costs more than the comparison. The text that searches look at is made when it is first needed.
 */
export interface Searchable {
  row: Row;
  searchText: string | undefined;
  lastMs: number;
  firstMs: number;
  severity: number;
  score: number;
  acknowledged: boolean;
  engaged: boolean;
}

export function searchable(row: Row): Searchable {
  const { lastMs, firstMs, severity, score, acknowledged, state } = row;
  return { row, searchText: undefined, lastMs, firstMs, severity, score, acknowledged, engaged: state === 'engaged' };
}

/** Tests a row; cheap fields first, the search last. Undefined when the filter shows every row. */
export function matcher(filter: AlertFilter): ((entry: Searchable) => boolean) | undefined {
  const { state, severity, score, fromMs, toMs, acknowledged, noted } = filter;
  const wanted = filter.search?.trim().slice(0, SEARCH_CHARS).toLowerCase() ?? '';
  const holds = isEmptyMatch(filter) ? undefined : compileMatch(filter);
  const rest = [state, severity, score, fromMs, toMs, acknowledged, noted];
  if (holds === undefined && wanted === '' && rest.every((value) => value === undefined)) return undefined;
  return (entry) => {
    const fits =
      (state === undefined || entry.engaged === (state === 'engaged')) &&
      (acknowledged === undefined || entry.acknowledged === acknowledged) &&
      (severity === undefined || entry.severity >= severity) &&
      (score === undefined || entry.score >= score) &&
      (fromMs === undefined || entry.lastMs >= fromMs) &&
      (toMs === undefined || entry.firstMs <= toMs) &&
      (noted === undefined || (entry.row.note !== '') === noted) &&
      (holds === undefined || holds(entry.row));
    if (!fits || wanted === '') return fits;
    entry.searchText ??= searchText(entry.row);
    return entry.searchText.includes(wanted);
  };
}
