/** HTTP/1.x, RFC 9112 sections 2 to 4: request line, status line, header fields. */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const http: Protocol = {
  id: 7,
  name: 'HTTP',
  tcp: { ports: [80, 8080], look },
  parse,
  hostApplication: true,
};

const METHODS = [
  'GET',
  'POST',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'PATCH',
  'TRACE',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
  'REPORT',
  'SEARCH',
  'NOTIFY',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'M-SEARCH',
];
const MAX_LINE = 8192;
const MAX_FIELDS = 64;

function look(view: View) {
  const { c } = view;
  if (c.startsWith('HTTP/1.')) {
    if (view.fromClient) view.speakerIsServer = true;
    return YES;
  }
  const space = c.find(0x20, 12);
  if (space < 0) {
    const begun = c.text(Math.min(c.length, 12));
    return METHODS.some((method) => method.startsWith(begun)) ? MORE : NO;
  }
  if (space < 3) return NO;
  const method = c.text(space);
  if (!METHODS.includes(method)) return NO;
  c.reset();
  const end = c.find(10, MAX_LINE);
  if (end < 0) return c.length < MAX_LINE ? MORE : NO;
  return c.findText(' HTTP/1.', end) > 0 ? YES : NO;
}

function parse(view: View) {
  const facts = (view.info.http ??= {});
  if (view.c.startsWith('HTTP/1.')) {
    const line = view.c.line(MAX_LINE);
    if (line === undefined) return MORE;
    facts.status = Number.parseInt(line.slice(9, 12), 10) || 0;
    const complete = fields(view.c, (name, value) => {
      if (name === 'content-type') facts.contentType = value;
      else if (name === 'server') facts.server = value;
    });
    return complete && facts.method !== undefined ? DONE : MORE;
  }
  const line = view.c.line(MAX_LINE);
  if (line === undefined) return MORE;
  const [method = '', target = ''] = line.split(' ', 2);
  facts.method = method;
  const complete = fields(view.c, (name, value) => {
    if (name === 'host') facts.host = value;
    else if (name === 'user-agent') facts.userAgent = value;
    else if (name === 'content-type') facts.requestContentType = value;
  });
  if (facts.host) view.info.hostname = facts.host.replace(/:\d+$/, '');
  facts.url = target.startsWith('/') ? `${facts.host ?? ''}${target}` : target;
  return complete && facts.status !== undefined ? DONE : MORE;
}

/** Reads header fields up to the empty line; false when it has not come yet. */
function fields(c: Cursor, each: (name: string, value: string) => void): boolean {
  for (let n = 0; n < MAX_FIELDS; n++) {
    const line = c.line(MAX_LINE);
    if (line === undefined) return false;
    if (line === '') return true;
    const colon = line.indexOf(':');
    if (colon > 0)
      each(
        line.slice(0, colon).toLowerCase(),
        line
          .slice(colon + 1)
          .trim()
          .slice(0, 1024),
      );
  }
  return true;
}
