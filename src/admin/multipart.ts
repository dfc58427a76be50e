/** Uploads: multipart/form-data (RFC 7578) read whole from a bounded buffer. File names are kept as words, never as paths. */
export interface Upload {
  /** Last part of the name that the browser gave, at most 100 characters; for showing, not for opening. */
  fileName: string;
  data: Buffer;
}

export interface Multipart {
  fields: { [name: string]: string };
  files: Map<string, Upload>;
}

/** Parts of one form; ours have five. */
const PARTS = 32;
const HEAD_BYTES = 2048;
const FIELD_BYTES = 64 * 1024;

/** The boundary of a Content-Type header (RFC 2046 5.1.1: at most 70 characters); undefined when there is none. */
export function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([\w'()+,./:=? -]{1,70})"|([\w'()+,./:=?-]{1,70}))\s*(?:;|$)/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

/** undefined when the body is no well-formed form, or holds more than a form may. */
export function parseMultipart(body: Buffer, boundary: string): Multipart | undefined {
  const line = Buffer.from(`--${boundary}`);
  const separator = Buffer.from(`\r\n--${boundary}`);
  if (!body.subarray(0, line.length).equals(line)) return undefined;
  const out: Multipart = { fields: Object.create(null) as Multipart['fields'], files: new Map() };
  let at = line.length;
  for (let n = 0; n <= PARTS; n++) {
    const mark = body.toString('latin1', at, at + 2);
    if (mark === '--') return out;
    if (mark !== '\r\n') return undefined;
    const headEnd = body.indexOf('\r\n\r\n', at);
    if (headEnd < 0 || headEnd - at > HEAD_BYTES) return undefined;
    const end = body.indexOf(separator, headEnd + 2);
    if (end < 0) return undefined;
    const data = body.subarray(headEnd + 4, Math.max(end, headEnd + 4));
    if (!take(out, body.toString('utf8', at + 2, headEnd), data)) return undefined;
    at = end + separator.length;
  }
  return undefined;
}

function take(out: Multipart, head: string, data: Buffer): boolean {
  const disposition = /^content-disposition:\s*form-data;(.*)$/im.exec(head)?.[1] ?? '';
  const name = /(?:^|;)\s*name="([^"\r\n]{1,60})"/i.exec(disposition)?.[1];
  if (name === undefined) return false;
  const fileName = /(?:^|;)\s*filename="([^"\r\n]*)"/i.exec(disposition)?.[1];
  if (fileName !== undefined) {
    const last = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
    out.files.set(name, { fileName: last.slice(0, 100), data });
    return true;
  }
  if (data.length > FIELD_BYTES) return false;
  out.fields[name] = data.toString('utf8').replace(/\r\n?/g, '\n');
  return true;
}
