/**
 * Syslog by RFC 5424 over UDP (RFC 5426), TCP (RFC 6587 3.4.1, octet counting) or TLS (RFC 5425). One line a notice: a
 * collector counts and filters single events, so digests are taken apart again.
 */
import { createSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { connect as tlsConnect } from 'node:tls';
import type { Notice, Reply } from '../notify.ts';
import { type Context, hostFault, num, on, oneLine, type Params, type Sender, str, unreachable } from '../sender.ts';

/** RFC 5424 6.1: receivers must take 480, should take 2048 bytes. */
const LINE_BYTES = 2048;
/** How long a UDP sender waits for "port unreachable" and a TCP one for the peer to close in our face. */
const LINGER_MS = 300;

/** RFC 5424 6.3.3: in a value, '"', '\' and ']' are escaped. */
const value = (text: string): string => oneLine(text, 120).replace(/["\\\]]/g, (c) => `\\${c}`);
/** Header words are printable ASCII without spaces (6.2); nothing = "-". */
const word = (text: string, most: number): string => text.replace(/[^!-~]/g, '').slice(0, most) || '-';

/** One notice as RFC 5424 line. Severity: ours 8 (emergency) … 1 (debug), syslog's 0 … 7. */
export function syslogLine(notice: Notice, box: string, facility: number, pid = process.pid): string {
  const severity = Math.min(7, Math.max(0, 8 - notice.severity));
  const fields: [string, string][] = [
    ['kind', notice.kind],
    ['entity', notice.entity],
    ['type', notice.typeName],
    ['plugin', notice.plugin],
    ['subject', notice.subject],
    ['key', notice.key],
    ['box', box],
  ];
  // 32473 is the number that RFC 5612 sets aside for documents: we have none of our own.
  const data = fields
    .filter(([, v]) => v !== '')
    .map(([k, v]) => ` ${k}="${value(v)}"`)
    .join('');
  const head = `<${facility * 8 + severity}>1 ${new Date(notice.atMs).toISOString()} ${word(hostname(), 255)} spanwatch ${pid} ${word(notice.typeName || notice.kind, 32)} [notice@32473${data}]`;
  // The byte order mark says that UTF-8 follows (6.4).
  let text = `\ufeff${oneLine(notice.title, 200)}: ${oneLine(notice.text, 1200)}`;
  while (text.length > 1 && Buffer.byteLength(head) + 1 + Buffer.byteLength(text) > LINE_BYTES)
    text = text.slice(0, -20);
  return `${head} ${text}`;
}

function sendUdp(lines: string[], params: Params, { signal }: Context): Promise<Reply> {
  const host = str(params, 'host');
  const where = `${host}:${num(params, 'port')}`;
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const end = (reply: Reply): void => {
      signal.removeEventListener('abort', abort);
      try {
        socket.close();
      } catch {
        // Closed by an error already.
      }
      resolve(reply);
    };
    const abort = (): void => end(unreachable(where, Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', (error) => end(unreachable(where, error)));
    // Connected, so that an ICMP "port unreachable" comes back as an error.
    socket.connect(num(params, 'port'), host, () => {
      for (const line of lines) socket.send(line);
      setTimeout(
        () => end({ ok: true, text: `${lines.length} sent to ${where}; UDP gives no answer, look at the receiver` }),
        LINGER_MS,
      );
    });
  });
}

function sendStream(lines: string[], params: Params, { signal }: Context): Promise<Reply> {
  const host = str(params, 'host');
  const port = num(params, 'port');
  const where = `${host}:${port}`;
  const tls = str(params, 'transport') === 'tls';
  const data = Buffer.concat(
    lines.map((line) => {
      const bytes = Buffer.from(line);
      return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
    }),
  );
  return new Promise((resolve) => {
    let handed = false;
    const end = (reply: Reply): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(reply);
    };
    const abort = (): void => end(unreachable(where, Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    const ready = (): void => {
      socket.write(data, () => {
        handed = true;
        setTimeout(() => socket.end(), LINGER_MS);
      });
    };
    const socket: Socket = tls
      ? tlsConnect(
          {
            host,
            port,
            servername: /[a-z]/i.test(host) ? host : '',
            rejectUnauthorized: !on(params, 'anyCertificate'),
          },
          ready,
        )
      : connect({ host, port }, ready);
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', (error) => end(unreachable(where, error)));
    socket.on('close', () =>
      end(
        handed
          ? { ok: true, text: `${lines.length} taken by ${where} over ${tls ? 'TLS' : 'TCP'}` }
          : { ok: false, text: `cannot reach ${where}: it closed the connection` },
      ),
    );
    socket.resume();
  });
}

export const syslog: Sender = {
  type: 'syslog',
  title: 'Syslog',
  icon: 'script',
  params: [
    { name: 'host', label: 'Server', kind: 'text', required: true, fallback: '', max: 253, wrong: hostFault },
    { name: 'port', label: 'Port', kind: 'number', fallback: 514, min: 1, max: 65_535 },
    {
      name: 'transport',
      label: 'Transport',
      kind: 'choice',
      fallback: 'udp',
      options: [
        { value: 'udp', label: 'UDP (port 514)' },
        { value: 'tcp', label: 'TCP (port 514 or 601)' },
        { value: 'tls', label: 'TLS (port 6514)' },
      ],
    },
    {
      name: 'facility',
      label: 'Facility',
      help: '16 is local0, 23 is local7.',
      kind: 'number',
      fallback: 16,
      min: 0,
      max: 23,
    },
    { name: 'anyCertificate', label: 'Accept any certificate', kind: 'flag', fallback: false },
  ],
  send(params, message, context) {
    const lines = message.notices.map((notice) => syslogLine(notice, message.box, num(params, 'facility')));
    return str(params, 'transport') === 'udp' ? sendUdp(lines, params, context) : sendStream(lines, params, context);
  },
};
