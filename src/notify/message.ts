/** Notices put into words: one alone, or many as a digest. */
import { SEVERITIES } from '../alerts/alert.ts';
import type { Notice } from './notify.ts';
import { bounded, type Message, oneLine } from './sender.ts';

/** Notices written out in a digest; the others are counted. */
const LISTED = 30;

export interface Box {
  name: string;
  /** Address of the admin page, "https://192.168.1.2", or "". */
  url: string;
}

export const severityWord = (severity: number): string => SEVERITIES[severity - 1] ?? String(severity);

const stamp = (ms: number): string => {
  const d = new Date(ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`;
};

const over = (notice: Notice): string => (notice.kind === 'over' ? 'over: ' : '');

function single(notice: Notice, box: Box): Message {
  const title = oneLine(`${over(notice)}${notice.title}`, 150);
  const facts = [
    notice.text,
    '',
    `severity: ${severityWord(notice.severity)}`,
    ...(notice.subject === '' ? [] : [`about: ${notice.subject}`]),
    `time: ${stamp(notice.atMs)}`,
    `box: ${box.name}`,
  ];
  return {
    title: `[${oneLine(box.name, 40)}] ${title}`,
    text: bounded(facts.join('\n'), 4000),
    severity: notice.severity,
    notices: [notice],
    url: box.url === '' ? '' : box.url + notice.path,
    box: box.name,
  };
}

/** A message of one or more notices; the newest ones last. `notices` must not be empty. */
export function compose(notices: readonly Notice[], box: Box): Message {
  const [first] = notices;
  if (first !== undefined && notices.length === 1) return single(first, box);
  const severity = Math.max(...notices.map((n) => n.severity));
  const lines = notices
    .slice(0, LISTED)
    .map(
      (n) =>
        `${stamp(n.atMs)} ${severityWord(n.severity)}: ${oneLine(`${over(n)}${n.title}`, 120)} ${oneLine(n.text, 160)}`,
    );
  if (notices.length > LISTED) lines.push(`… and ${notices.length - LISTED} more`);
  return {
    title: `[${oneLine(box.name, 40)}] ${notices.length} notices, the worst: ${severityWord(severity)}`,
    text: bounded(lines.join('\n'), 12_000),
    severity,
    notices,
    url: box.url === '' ? '' : `${box.url}/alerts`,
    box: box.name,
  };
}
