/**
 * PostgreSQL's frontend/backend protocol 3 (manual, "Message Formats"): StartupMessage, SSLRequest, CancelRequest and
 * GSSENCRequest without a type byte; later messages are a letter and a length that counts itself.
 */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
const VERSION_2 = 0x0002_0000;
const VERSION_3 = 0x0003_0000;

export const postgresql: Protocol = {
  id: 19,
  name: 'PostgreSQL',
  tcp: { ports: [5432], first: [0x00, 0x51, 0x50], firstServer: [0x52, 0x45, 0x4e, 0x53], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (c.length < 8) return c.length >= 2 && c.peek8(0) === 0 && c.peek8(1) !== 0 ? NO : MORE;
  if (!view.fromClient) return reply(view);
  if (c.peek8(0) !== 0) return midway(view);
  const length = c.peek32(0);
  const code = c.peek32(4);
  if (length === 8 && (code === SSL_REQUEST || code === GSS_REQUEST)) return YES;
  if (length === 16 && code === CANCEL_REQUEST) return YES;
  if (code === VERSION_2 && length === 296) return YES;
  if (code !== VERSION_3 && code !== VERSION_3 + 2) return NO;
  if (length < 16 || length > 10_000) return NO;
  if (c.findText('user\0', 512) >= 8) return YES;
  return c.length < Math.min(length, 512) ? MORE : NO;
}

/** 'R' authentication request (length 8..), 'E' error on its way with a severity field 'S'. */
function reply(view: View) {
  const { c } = view;
  const letter = c.peek8(0);
  const length = c.peek32(1);
  if (letter === 0x52 && length >= 8 && length < 256 && c.length >= 9 && c.peek32(5) <= 12)
    return view.port(5432) || view.other.length > 0 ? YES : MORE;
  if (letter === 0x45 && length >= 8 && length < 4096 && c.peek8(5) === 0x53) return view.port(5432) ? YES : NO;
  return c.length < 9 ? MORE : NO;
}

/** Picked up later: a simple query or a parse message on the port, text ended by zero. */
function midway(view: View) {
  const { c } = view;
  const length = c.peek32(1);
  return view.port(5432) && c.peek8(0) === 0x51 && length >= 5 && length + 1 <= c.length && c.peek8(length) === 0
    ? YES
    : NO;
}

function parse(view: View) {
  const { c } = view;
  if (view.fromClient && c.peek32(4) === VERSION_3) {
    if (c.length < c.peek32(0) && view.packet < 8) return MORE;
    c.skip(8);
    for (let n = 0; n < 16; n++) {
      const key = zeroTerminated(c.find(0, 256), view);
      const value = zeroTerminated(c.find(0, 256), view);
      if (!key || value === undefined) break;
      if (key === 'user' || key === 'database' || key === 'application_name') view.more(`postgresql.${key}`, value);
    }
    return DONE;
  }
  return view.packet >= 6 ? DONE : MORE;
}

function zeroTerminated(length: number, view: View): string | undefined {
  if (length < 0) return undefined;
  const text = view.c.text(length);
  view.c.skip(1);
  return text;
}
