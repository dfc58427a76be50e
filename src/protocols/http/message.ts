/** Start lines and header fields of HTTP/1.x: RFC 9112 sections 2 to 5. */
import type { Cursor } from '../kit.ts';

const MAX_LINE = 8192;
const MAX_FIELDS = 96;
const MAX_VALUE = 1024;

/** RFC 9110 section 9 and the registries of WebDAV (RFC 4918), UPnP, RPC over HTTP and others that are seen. */
export const METHODS: readonly string[] = (
  'GET POST HEAD PUT DELETE OPTIONS CONNECT PATCH TRACE PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH ' +
  'NOTIFY SUBSCRIBE UNSUBSCRIBE M-SEARCH MKACTIVITY CHECKOUT MERGE PURGE LINK UNLINK QUERY ACL BIND VERSION-CONTROL ' +
  'RPC_CONNECT RPC_IN_DATA RPC_OUT_DATA BITS_POST CCM_POST SSTP_DUPLEX_POST BASELINE-CONTROL MKCALENDAR TRACK DEBUG INDEX'
).split(' ');
/** By length, since that is what a request line tells first. */
const METHODS_OF = byLength(METHODS);
export const LONGEST_METHOD = Math.max(...METHODS.map((m) => m.length));
export const METHOD_LETTERS = [...new Set(METHODS.map((m) => m.charCodeAt(0)))];

/** The header fields that somebody wants, in lower case, by length. */
const WANTED = byLength([
  'host',
  'user-agent',
  'content-type',
  'content-length',
  'content-disposition',
  'server',
  'authorization',
  'proxy-authorization',
  'upgrade',
  'referer',
  'soapaction',
  'x-requested-with',
  'x-forwarded-for',
  'transfer-encoding',
  'cookie',
  'accept',
  'origin',
  'x-api-version',
  'location',
]);

function byLength(words: readonly string[]): readonly (readonly string[] | undefined)[] {
  const lists: string[][] = [];
  for (const word of words) (lists[word.length] ??= []).push(word);
  return lists;
}

export interface HttpMessage {
  /** Request: method and target as sent. Response: status. */
  method: string;
  target: string;
  status: number;
  /** "1.1" */
  version: string;
  fields: Map<string, string>;
  /** The empty line behind the fields was there. */
  complete: boolean;
  /** A field with bytes that no field may have. */
  oddField: string;
}

/** True when the stream may begin a request line; `more` when it is too short to say. */
export function requestLine(c: Cursor): 'yes' | 'no' | 'more' {
  const space = c.find(0x20, LONGEST_METHOD + 1);
  if (space < 0) {
    if (c.length > LONGEST_METHOD) return 'no';
    const begun = c.text(c.length);
    c.reset();
    return METHODS.some((method) => method.startsWith(begun)) ? 'more' : 'no';
  }
  if (!METHODS_OF[space]?.some((method) => c.startsWith(method))) return 'no';
  const end = c.find(10, MAX_LINE);
  if (end < 0) return c.length < MAX_LINE ? 'more' : 'no';
  return c.findText(' HTTP/1.', end) > 0 ? 'yes' : 'no';
}

/** Reads the start line and the fields that are there; undefined before the whole start line is there. */
export function readMessage(c: Cursor): HttpMessage | undefined {
  const line = c.line(MAX_LINE);
  if (line === undefined) return undefined;
  const message: HttpMessage = {
    method: '',
    target: '',
    status: 0,
    version: '',
    fields: new Map(),
    complete: false,
    oddField: '',
  };
  if (line.startsWith('HTTP/')) {
    message.version = line.slice(5, 8);
    message.status = Number.parseInt(line.slice(9, 12), 10) || 0;
  } else {
    const space = line.indexOf(' ');
    const end = line.lastIndexOf(' HTTP/');
    message.method = line.slice(0, space);
    message.target = line.slice(space + 1, end > space ? end : undefined).trim();
    message.version = end > space ? line.slice(end + 6) : '';
  }
  message.complete = readFields(c, message);
  return message;
}

/** Makes text only of what somebody wants. True when the empty line behind the fields came. */
function readFields(c: Cursor, message: HttpMessage): boolean {
  for (let n = 0; n < MAX_FIELDS; n++) {
    const end = c.find(LF, MAX_LINE);
    if (end < 0) return false;
    let length = end > 0 && c.peek8(end - 1) === CR ? end - 1 : end;
    const next = c.pos + end + 1;
    if (length > 0) {
      const colon = c.find(COLON, length);
      const name = colon > 0 ? wanted(c, colon) : undefined;
      if (name !== undefined) {
        let from = colon + 1;
        while (from < length && isSpace(c.peek8(from))) from++;
        while (length > from && isSpace(c.peek8(length - 1))) length--;
        c.skip(from);
        field(message, name, c.text(length - from));
      }
    }
    c.skip(next - c.pos);
    if (length === 0) return true;
  }
  return false;
}

const LF = 10;
const CR = 13;
const COLON = 58;
const isSpace = (byte: number): boolean => byte === 32 || byte === 9;

function wanted(c: Cursor, length: number): string | undefined {
  const names = length < WANTED.length ? WANTED[length] : undefined;
  if (names) for (const name of names) if (c.startsWithNoCase(name)) return name;
  return undefined;
}

function field(message: HttpMessage, name: string, value: string): void {
  if (!message.oddField && (name === 'server' || name === 'host') && odd(value)) message.oddField = `${name}: ${value}`;
  if (!message.fields.has(name)) message.fields.set(name, value.slice(0, MAX_VALUE));
}

/** Field values are visible ASCII (RFC 9110 section 5.5); other bytes are history or mischief. */
function odd(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if ((code < 0x20 && code !== 9) || code > 0x7e) return true;
  }
  return false;
}

/** "text/html; charset=utf-8" → "text/html". */
export const mediaType = (value: string): string => value.split(';', 1)[0]!.trim();
