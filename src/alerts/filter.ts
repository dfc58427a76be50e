/** Which rows a filter shows. Made once per query so that fifty thousand rows are checked without allocation. */
import type { AlertFilter } from '../appliance/port.ts';
import { KINDS, type StoredAlert } from './alert.ts';
import { type Columns, FLAG, type Numbered } from './columns.ts';
import { type AlertMatch, compileMatch, isEmptyMatch, type MatchSubject } from './match.ts';

/** Longest search text that is looked for. */
const SEARCH_CHARS = 200;

/** Everything of a row that a search looks at, in lower case; the line ends keep a match within one field. */
export function searchText(row: MatchSubject & { title: string; text: string }): string {
  const { flow } = row;
  const fields = [row.title, row.text, row.entityValue];
  if (flow !== undefined) fields.push(flow.client, flow.server, flow.l4, flow.l7, flow.hostname);
  return fields.join('\n').toLowerCase();
}

const wantedText = (filter: AlertFilter): string => filter.search?.trim().slice(0, SEARCH_CHARS).toLowerCase() ?? '';

/** Tests an alert that lies by itself. */
export function alertMatcher(filter: AlertFilter): (alert: StoredAlert) => boolean {
  const { state, severity, score, fromMs, toMs, acknowledged, noted } = filter;
  const wanted = wantedText(filter);
  const holds = compileMatch(filter);
  return (alert) =>
    (state === undefined || alert.state === state) &&
    (acknowledged === undefined || alert.acknowledged === acknowledged) &&
    (severity === undefined || alert.severity >= severity) &&
    (score === undefined || alert.score >= score) &&
    (fromMs === undefined || alert.lastMs >= fromMs) &&
    (toMs === undefined || alert.firstMs <= toMs) &&
    (noted === undefined || (alert.note !== '') === noted) &&
    holds(alert) &&
    (wanted === '' || searchText(alert).includes(wanted));
}

type SlotTest = (slot: number) => boolean;

/** Asks `holds` once for each text of a field, by the first row that has it. */
function oncePerText(columns: Columns, name: Numbered, holds: (slot: number) => boolean): SlotTest {
  const numbers = columns.numbers(name);
  const verdicts = new Int8Array(columns.most(name));
  return (slot) => {
    let number = numbers[slot]!;
    if (number < 0) number = columns.number(slot, name);
    if (number < 0) return false;
    if (verdicts[number] === 0) verdicts[number] = holds(slot) ? 1 : -1;
    return verdicts[number] === 1;
  };
}

/** A match in parts: those about a text that many rows share, and what is left. */
function matchTests(match: AlertMatch, columns: Columns): SlotTest[] {
  const { kind, plugin, script, typeName, protocol, source, destination, network, ...rest } = match;
  const tests: SlotTest[] = [];
  const compiled = (part: AlertMatch): SlotTest => {
    const holds = compileMatch(part);
    return (slot) => holds(columns.rows[slot]!);
  };
  if (kind !== undefined) {
    const wanted = KINDS.indexOf(kind);
    tests.push((slot) => columns.kind[slot] === wanted);
  }
  const type: AlertMatch = {
    ...(plugin === undefined ? {} : { plugin }),
    ...(script === undefined ? {} : { script }),
    ...(typeName === undefined ? {} : { typeName }),
  };
  if (!isEmptyMatch(type)) tests.push(oncePerText(columns, 'type', compiled(type)));
  if (protocol !== undefined) tests.push(oncePerText(columns, 'protocol', compiled({ protocol })));
  if (source !== undefined) tests.push(oncePerText(columns, 'client', compiled({ source })));
  if (destination !== undefined) tests.push(oncePerText(columns, 'server', compiled({ destination })));
  if (network !== undefined) {
    const flows = KINDS.indexOf('flow');
    const others = compiled({ network });
    const within = compileMatch({ source: network });
    // A flow alert's ends are tested one by one, as the source of a host alert would be.
    const end = (name: 'client' | 'server'): SlotTest =>
      oncePerText(columns, name, (slot) => {
        const ip = columns.text(name, columns.number(slot, name));
        return within({ kind: 'host', entityValue: ip, plugin: '', script: '', typeName: '' });
      });
    const [client, server] = [end('client'), end('server')];
    tests.push((slot) =>
      columns.kind[slot] === flows && columns.number(slot, 'server') >= 0 ? client(slot) || server(slot) : others(slot),
    );
  }
  if (!isEmptyMatch(rest)) tests.push(compiled(rest));
  return tests;
}

/** Tests a slot; cheap fields first, the search last. Undefined when the filter shows every row. Valid until the next change. */
export function matcher(filter: AlertFilter, columns: Columns): SlotTest | undefined {
  const { state, severity, score, fromMs, toMs, acknowledged, noted } = filter;
  const wanted = wantedText(filter);
  const tests: SlotTest[] = [];
  let mask = 0;
  let flags = 0;
  const flag = (bit: number, on: boolean | undefined): void => {
    if (on === undefined) return;
    mask |= bit;
    if (on) flags |= bit;
  };
  flag(FLAG.engaged, state === undefined ? undefined : state === 'engaged');
  flag(FLAG.acknowledged, acknowledged);
  flag(FLAG.noted, noted);
  if (mask !== 0) tests.push((slot) => (columns.flags[slot]! & mask) === flags);
  if (severity !== undefined) tests.push((slot) => columns.severity[slot]! >= severity);
  if (score !== undefined) tests.push((slot) => columns.score[slot]! >= score);
  if (fromMs !== undefined) tests.push((slot) => columns.lastMs[slot]! >= fromMs);
  if (toMs !== undefined) tests.push((slot) => columns.firstMs[slot]! <= toMs);
  const { search: _, offset: _o, limit: _l, ...words } = filter;
  tests.push(...matchTests(matchOf(words), columns));
  if (wanted !== '') {
    tests.push((slot) => {
      const text = (columns.searchTexts[slot] ??= searchText(columns.rows[slot]!));
      return text.includes(wanted);
    });
  }
  const [first, second] = tests;
  if (first === undefined || second === undefined) return first;
  return (slot) => {
    for (const test of tests) if (!test(slot)) return false;
    return true;
  };
}

/** The fields of a filter that are a match. */
function matchOf(filter: Omit<AlertFilter, 'search' | 'offset' | 'limit'>): AlertMatch {
  const { state: _s, severity: _v, score: _c, fromMs: _f, toMs: _t, acknowledged: _a, noted: _n, ...match } = filter;
  return match;
}
