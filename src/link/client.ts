/**
 * The appliance's end of the socket: one connection to one engine. It ends with a reason; whoever supervises decides
 * whether to connect again.
 */
import { createConnection, type Socket } from 'node:net';
import { PROTOCOL_VERSION, type ToAppliance, type ToEngine } from '../messages.ts';
import { lineReader } from './lines.ts';
import { MESSAGE_BYTES, parseToAppliance } from './message.ts';

export type Hello = Extract<ToAppliance, { kind: 'hello' }>;
type Reply = Extract<ToAppliance, { kind: 'flows' | 'reloaded' | 'answer' }>;
type Request = Extract<ToEngine, { kind: 'flows' | 'flow' | 'reload' | 'ask' }>;
/** A request without its number, which the connection gives. */
export type Ask = Request extends infer R ? (R extends Request ? Omit<R, 'request'> : never) : never;

export interface EngineConnectionOptions {
  socketPath: string;
  /** Product version, for the hello. */
  version: string;
  /** What the engine sends on its own; replies go to request(). */
  onMessage(message: Exclude<ToAppliance, { kind: 'hello' | 'flows' | 'reloaded' | 'answer' }>): void;
  /** The connection is over; called once, after connect() resolved. */
  onClose(reason: string): void;
  /** Counts what could not be read. */
  onRefused?(what: 'parse_error' | 'line_too_long'): void;
}

export interface EngineConnection {
  readonly hello: Hello;
  send(message: ToEngine): void;
  /** Resolves with the reply; rejects after `timeoutMs` or when the connection ends. */
  request(ask: Ask, timeoutMs: number): Promise<Reply>;
  close(): void;
}

/** The engine speaks another protocol version; the supervisor replaces it. */
export class VersionMismatch extends Error {
  readonly hello: Hello;
  constructor(hello: Hello) {
    super(`the engine (pid ${hello.pid}) speaks protocol ${hello.protocol}, this appliance ${PROTOCOL_VERSION}`);
    this.hello = hello;
  }
}

/** Requests that wait for their reply at one time; more are refused. */
const REQUESTS_LIMIT = 64;

/** Connects and exchanges hellos within `timeoutMs`; rejects with the socket's error or VersionMismatch. */
export function connectEngine(options: EngineConnectionOptions, timeoutMs: number): Promise<EngineConnection> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(options.socketPath);
    const waiting = new Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>();
    let open: EngineConnection | undefined;
    let reason = 'the engine closed the connection';
    let tooLong = 0;

    const deadline = setTimeout(() => {
      socket.destroy(new Error(`no hello from the engine on ${options.socketPath} within ${timeoutMs} ms`));
    }, timeoutMs);

    const reader = lineReader({ lineBytes: MESSAGE_BYTES }, (line) => {
      const message = parseToAppliance(line);
      if (message === undefined) options.onRefused?.('parse_error');
      else receive(message);
    });

    function receive(message: ToAppliance): void {
      if (open === undefined) {
        if (message.kind === 'hello') greeted(message);
        return;
      }
      switch (message.kind) {
        case 'hello':
          return;
        case 'flows':
        case 'reloaded':
        case 'answer':
          waiting.get(message.request)?.resolve(message);
          return;
        default:
          options.onMessage(message);
      }
    }

    function greeted(hello: Hello): void {
      if (hello.protocol !== PROTOCOL_VERSION) {
        socket.destroy(new VersionMismatch(hello));
        return;
      }
      clearTimeout(deadline);
      open = connection(socket, hello, waiting, (why) => {
        reason = why;
      });
      resolve(open);
    }

    socket.once('connect', () => {
      const hello: ToEngine = { kind: 'hello', protocol: PROTOCOL_VERSION, version: options.version };
      socket.write(`${JSON.stringify(hello)}\n`);
    });
    socket.on('data', (chunk) => {
      reader.push(chunk);
      for (; tooLong < reader.tooLong(); tooLong++) options.onRefused?.('line_too_long');
    });
    socket.on('error', (error) => {
      if (open === undefined) reject(error);
      else reason = error.message;
    });
    socket.on('close', () => {
      clearTimeout(deadline);
      const error = new Error(reason);
      for (const { reject: refuse } of waiting.values()) refuse(error);
      if (open === undefined) reject(error);
      else options.onClose(reason);
    });
  });
}

function connection(
  socket: Socket,
  hello: Hello,
  waiting: Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>,
  closing: (why: string) => void,
): EngineConnection {
  let next = 1;
  const write = (message: ToEngine): void => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  };
  return {
    hello,
    send: write,
    request(ask, timeoutMs) {
      if (!socket.writable) return Promise.reject(new Error(`cannot ask the engine for ${ask.kind}: not connected`));
      if (waiting.size >= REQUESTS_LIMIT) {
        return Promise.reject(new Error(`cannot ask the engine for ${ask.kind}: ${REQUESTS_LIMIT} requests wait`));
      }
      const request = next++;
      return new Promise<Reply>((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(request);
          reject(new Error(`the engine did not answer ${ask.kind} within ${timeoutMs} ms`));
        }, timeoutMs);
        const settle = (): void => {
          clearTimeout(timer);
          waiting.delete(request);
        };
        waiting.set(request, {
          resolve(reply) {
            settle();
            resolve(reply);
          },
          reject(error) {
            settle();
            reject(error);
          },
        });
        write({ ...ask, request } as Request);
      });
    },
    close() {
      closing('closed by the appliance');
      socket.end();
      // An engine that does not read would keep a half-open socket for ever.
      setTimeout(() => socket.destroy(), 1000).unref();
    },
  };
}
