/**
 * The owner's lines of host names, as typed: a pattern of host-table.ts, a space, and the application by name or number.
 * They are read here without the table of facts, so that the settings can check them cheaply.
 */
import { allProtocols, protocolId } from './catalogue.ts';
import { HostTable } from './host-table.ts';

/** The owner's lines that are kept at most, and their length in characters. */
export const OWN_HOSTS = { lines: 1000, lineLength: 300 };

export const HIGHEST_ID = allProtocols().reduce((highest, { id }) => Math.max(highest, id), 0);

/** The line with the application's number in place of its name; as it was where nobody bears the name. */
export function withNumber(line: string): string {
  const match = /^\s*(\S+)\s+(.+?)\s*$/.exec(line);
  const id = match ? protocolId(match[2]!) : -1;
  return id < 0 ? line : `${match![1]} ${id}`;
}

/** What is wrong with a line, undefined when it is fine. */
export function ownHostFault(line: string): string | undefined {
  const [bad] = new HostTable({ lines: 1, lineLength: OWN_HOSTS.lineLength, id: HIGHEST_ID }).add(withNumber(line));
  return bad && `(${bad.reason}); write it as intranet.example.com GoogleDocs`;
}
