/** Which rows a filter shows. Made once per query so that fifty thousand rows are checked without allocation. */
import type { AlertFilter } from '../appliance/port.ts';
import type { Row } from './row.ts';

/** Longest search text that is looked for. */
const SEARCH_CHARS = 200;

function searcher(search: string | undefined): ((row: Row) => boolean) | undefined {
  const wanted = search?.trim().slice(0, SEARCH_CHARS);
  if (wanted === undefined || wanted === '') return undefined;
  // A case-insensitive expression searches in place; lower-casing each text would make five strings a row.
  const pattern = new RegExp(wanted.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'i');
  return (row) => {
    if (pattern.test(row.text) || pattern.test(row.entityValue) || pattern.test(row.title)) return true;
    const { flow } = row;
    return (
      flow !== undefined &&
      (pattern.test(flow.client) ||
        pattern.test(flow.server) ||
        pattern.test(flow.l7) ||
        pattern.test(flow.l4) ||
        pattern.test(flow.hostname))
    );
  };
}

/** Tests a row; cheap fields first, the search last. */
export function matcher(filter: AlertFilter): (row: Row) => boolean {
  const { kind, state, severity, typeName, plugin, acknowledged } = filter;
  const found = searcher(filter.search);
  return (row) =>
    (kind === undefined || row.kind === kind) &&
    (state === undefined || row.state === state) &&
    (severity === undefined || row.severity >= severity) &&
    (typeName === undefined || row.typeName === typeName) &&
    (plugin === undefined || row.plugin === plugin) &&
    (acknowledged === undefined || row.acknowledged === acknowledged) &&
    (found === undefined || found(row));
}
