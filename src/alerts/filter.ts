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

/** A row with the text that searches look at, made when it is first needed. */
export interface Searchable {
  row: Row;
  searchText: string | undefined;
}

/** Tests a row; cheap fields first, the search last. */
export function matcher(filter: AlertFilter): (entry: Searchable) => boolean {
  const { state, severity, score, fromMs, toMs, acknowledged, noted } = filter;
  const wanted = filter.search?.trim().slice(0, SEARCH_CHARS).toLowerCase() ?? '';
  const holds = isEmptyMatch(filter) ? undefined : compileMatch(filter);
  return (entry) => {
    const { row } = entry;
    const fits =
      (state === undefined || row.state === state) &&
      (severity === undefined || row.severity >= severity) &&
      (score === undefined || row.score >= score) &&
      (fromMs === undefined || row.lastMs >= fromMs) &&
      (toMs === undefined || row.firstMs <= toMs) &&
      (acknowledged === undefined || row.acknowledged === acknowledged) &&
      (noted === undefined || (row.note !== '') === noted) &&
      (holds === undefined || holds(row));
    if (!fits || wanted === '') return fits;
    entry.searchText ??= searchText(row);
    return entry.searchText.includes(wanted);
  };
}
