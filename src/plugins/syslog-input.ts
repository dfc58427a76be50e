/**
 * Syslog from other machines, over UDP or TCP (RFC 5426, RFC 6587 with line ends or octet counts), for scripts of kind
 * syslog. Lines are bounded, senders on TCP are few, what comes too fast is dropped by the queue behind.
 */
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';

export const SYSLOG_LIMITS = {
  /** Bytes of a line: EVE records of Suricata have some kB. */
  line: 32 << 10,
  connections: 16,
  /** A sender that is silent so long on TCP is let go. */
  idleMs: 600_000,
} as const;

export interface SyslogInputOptions {
  onLine(source: string, text: string): void;
  log(level: 'error' | 'warn' | 'info', text: string): void;
}

/** "udp://0.0.0.0:5514" → its parts; undefined when it is none. */
export function parseListen(text: string): { protocol: 'udp' | 'tcp'; host: string; port: number } | undefined {
  const found = /^(udp|tcp):\/\/(\[[0-9a-f:]+\]|[\d.]+|\*):(\d{1,5})$/i.exec(text.trim());
  const port = Number(found?.[3]);
  if (!found || port < 1 || port > 65535) return undefined;
  const host = found[2] === '*' ? '0.0.0.0' : found[2]!.replace(/^\[|\]$/g, '');
  return { protocol: found[1]!.toLowerCase() === 'udp' ? 'udp' : 'tcp', host, port };
}

const NAME = `[A-Za-z0-9_.:-]{1,255}`;
/** RFC 5424: version, timestamp, host, application, process, message id, structured data. */
const NEW = new RegExp(String.raw`^1 \S{1,64} (${NAME}) \S{1,48} \S{1,128} \S{1,32} (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) ?`);
/** RFC 3164: timestamp, host, tag. */
const OLD = new RegExp(String.raw`^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (${NAME}) (?:[\w./-]{1,48}(?:\[\d+\])?: ?)?`);

/** Priority, host and message of a line; a line without a priority is user.notice (13), as RFC 3164 has it. */
export function parseSyslog(text: string): { priority: number; host: string; message: string } {
  const start = /^<(\d{1,3})>/.exec(text);
  const rest = start ? text.slice(start[0].length) : text;
  const priority = start && Number(start[1]) < 192 ? Number(start[1]) : 13;
  const head = NEW.exec(rest) ?? OLD.exec(rest);
  if (!head) return { priority, host: '', message: rest.replace(/\r?\n$/, '') };
  const host = head[1] === '-' ? '' : head[1]!;
  return {
    priority,
    host,
    message: rest
      .slice(head[0].length)
      .replace(/^\uFEFF/, '')
      .replace(/\r?\n$/, ''),
  };
}

/** Cuts a stream into lines: "123 <14>…" by octet count, else at line ends. */
export class SyslogStream {
  #left: Buffer = Buffer.alloc(0);
  readonly #onLine: (text: string) => void;
  constructor(onLine: (text: string) => void) {
    this.#onLine = onLine;
  }
  /** False when the sender says nonsense and is to be let go. */
  data(part: Buffer): boolean {
    let buffer = this.#left.length === 0 ? part : Buffer.concat([this.#left, part]);
    while (buffer.length > 0) {
      const counted = /^(\d{1,6}) /.exec(buffer.toString('latin1', 0, 8));
      if (counted) {
        const size = Number(counted[1]);
        if (size > SYSLOG_LIMITS.line) return false;
        const end = counted[0].length + size;
        if (buffer.length < end) break;
        this.#onLine(buffer.toString('utf8', counted[0].length, end));
        buffer = buffer.subarray(end);
        continue;
      }
      const end = buffer.indexOf(10);
      if (end < 0) break;
      if (end > 0) this.#onLine(buffer.toString('utf8', 0, end));
      buffer = buffer.subarray(end + 1);
    }
    if (buffer.length > SYSLOG_LIMITS.line + 8) return false;
    this.#left = Buffer.from(buffer);
    return true;
  }
}

export class SyslogInput {
  readonly #options: SyslogInputOptions;
  #where = '';
  #udp: Datagrams | undefined;
  #tcp: Server | undefined;
  #open = new Set<Socket>();

  constructor(options: SyslogInputOptions) {
    this.#options = options;
  }

  /** Listens there and nowhere else; "" = not at all. */
  listen(where: string): void {
    if (where === this.#where) return;
    this.#close();
    this.#where = where;
    if (where === '') return;
    const at = parseListen(where);
    if (!at) {
      this.#options.log('warn', `cannot listen at ${where}: write it as udp://0.0.0.0:5514`);
      return;
    }
    const failed = (error: Error): void => this.#options.log('warn', `cannot listen at ${where}: ${error.message}`);
    if (at.protocol === 'udp') {
      const socket = createSocket(at.host.includes(':') ? 'udp6' : 'udp4');
      socket.on('error', failed);
      socket.on('message', (data, from) => {
        if (data.length <= SYSLOG_LIMITS.line) this.#options.onLine(plain(from.address), data.toString('utf8'));
      });
      socket.bind(at.port, at.host);
      this.#udp = socket;
      return;
    }
    const server = createServer((socket) => this.#accept(socket));
    server.on('error', failed);
    server.listen(at.port, at.host);
    this.#tcp = server;
  }

  #accept(socket: Socket): void {
    if (this.#open.size >= SYSLOG_LIMITS.connections) {
      socket.destroy();
      return;
    }
    this.#open.add(socket);
    const source = plain(socket.remoteAddress ?? '');
    const stream = new SyslogStream((text) => this.#options.onLine(source, text));
    socket.setTimeout(SYSLOG_LIMITS.idleMs, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
    socket.on('data', (data) => {
      if (!stream.data(data)) socket.destroy();
    });
  }

  #close(): void {
    this.#udp?.close();
    this.#tcp?.close();
    for (const socket of this.#open) socket.destroy();
    this.#udp = undefined;
    this.#tcp = undefined;
  }
}

const plain = (address: string): string => address.replace(/^::ffff:/, '');
