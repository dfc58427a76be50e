/**
 * The engine's end of the socket: listens in a private folder, serves one appliance at a time, keeps alerts until they
 * are acknowledged, and tells the engine when it has been left alone for too long.
 */
import { chmod, mkdir, unlink } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { AlertEvent } from '../alerts/alert.ts';
import { PROTOCOL_VERSION, type ToAppliance, type ToEngine } from '../messages.ts';
import { lineReader } from './lines.ts';
import { BACKLOG_BYTES, MESSAGE_BYTES, parseToEngine } from './message.ts';
import { createOutbox } from './outbox.ts';

/** Alerts of one message, in bytes of JSON. */
const ALERT_CHUNK_BYTES = 256 * 1024;

export interface EngineServerOptions {
  /** Path of the Unix socket; its folder is made private (0700) when it does not exist. */
  socketPath: string;
  /** Product version, for the hello. */
  version: string;
  /** Names this run of the engine; also the front part of its alert keys. */
  bootId: string;
  /** Every message but `hello` and `ack`, which the server answers itself. Must not throw. */
  onMessage(message: ToEngine): void;
  /** An appliance said hello with our protocol version. Send the plugin list and figures again. */
  onConnect?(): void;
  onDisconnect?(): void;
  /**
   * Nobody has been connected for `orphanMs`, or an appliance of another protocol version came: the engine should end.
   * The reason is a sentence for the log.
   */
  onAbandoned(reason: string): void;
  /** Default 60,000. */
  orphanMs?: number;
}

export interface EngineServer {
  /** Listens. Rejects when another engine answers on the socket or the folder cannot be written. */
  start(): Promise<void>;
  /** Sends when an appliance is connected and keeps up; else false, and the loss is counted. For alerts use alerts(). */
  send(message: Exclude<ToAppliance, { kind: 'hello' | 'alerts' }>): boolean;
  /** Queues alerts; they are sent (again after a reconnect) until the appliance acknowledges them. */
  alerts(items: AlertEvent[]): void;
  readonly connected: boolean;
  /** Counters for EngineStats.counters, names ready to use, and the alerts still waiting for an acknowledgement. */
  health(): { counters: Record<string, number>; waitingAlerts: number };
  /** Says goodbye: writes out what is queued (at most 1 s), closes, removes the socket. */
  close(): Promise<void>;
}

/** See EngineServer; does nothing until start(). */
export function createEngineServer(options: EngineServerOptions): EngineServer {
  const outbox = createOutbox();
  const orphanMs = options.orphanMs ?? 60_000;
  let server: Server | undefined;
  let peer: Socket | undefined;
  const sockets = new Set<Socket>();
  let orphanTimer: NodeJS.Timeout | undefined;
  let closed = false;
  const counts = { parse: 0, tooLong: 0, lost: 0, version: 0, connections: 0 };

  function watchForOrphanhood(): void {
    clearTimeout(orphanTimer);
    if (closed) return;
    orphanTimer = setTimeout(() => {
      options.onAbandoned(`no appliance was connected for ${Math.round(orphanMs / 1000)} s, ending`);
    }, orphanMs);
  }

  function pumpAlerts(): void {
    while (peer !== undefined && peer.writableLength < BACKLOG_BYTES) {
      const texts = outbox.take(ALERT_CHUNK_BYTES);
      if (texts.length === 0) return;
      peer.write(`{"kind":"alerts","items":[${texts.join(',')}]}\n`);
    }
  }

  function greet(socket: Socket, protocol: number): void {
    const hello: ToAppliance = {
      kind: 'hello',
      protocol: PROTOCOL_VERSION,
      version: options.version,
      pid: process.pid,
      bootId: options.bootId,
    };
    socket.write(`${JSON.stringify(hello)}\n`);
    if (protocol !== PROTOCOL_VERSION) {
      counts.version += 1;
      socket.end();
      options.onAbandoned(`the appliance speaks protocol ${protocol}, this engine ${PROTOCOL_VERSION}, ending`);
      return;
    }
    if (peer !== undefined && peer !== socket) peer.destroy();
    peer = socket;
    clearTimeout(orphanTimer);
    outbox.rewind();
    options.onConnect?.();
    pumpAlerts();
  }

  function receive(socket: Socket, message: ToEngine): void {
    if (message.kind === 'hello') greet(socket, message.protocol);
    else if (socket !== peer) counts.parse += 1;
    else if (message.kind === 'ack') outbox.ack(message.keys);
    else options.onMessage(message);
  }

  function accept(socket: Socket): void {
    counts.connections += 1;
    sockets.add(socket);
    let tooLongBefore = 0;
    const reader = lineReader({ lineBytes: MESSAGE_BYTES }, (line) => {
      const message = parseToEngine(line);
      if (message === undefined) counts.parse += 1;
      else receive(socket, message);
    });
    socket.on('data', (chunk) => {
      reader.push(chunk);
      counts.tooLong += reader.tooLong() - tooLongBefore;
      tooLongBefore = reader.tooLong();
    });
    socket.on('drain', pumpAlerts);
    // A peer that dies mid-write is an ordinary disconnect; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      if (socket !== peer) return;
      peer = undefined;
      watchForOrphanhood();
      options.onDisconnect?.();
    });
  }

  return {
    async start() {
      closed = false;
      await mkdir(dirname(options.socketPath), { recursive: true, mode: 0o700 });
      if (await answers(options.socketPath)) {
        throw new Error(`cannot listen on ${options.socketPath}: another engine answers there; stop it first`);
      }
      await unlink(options.socketPath).catch(() => {});
      const listening = createServer(accept);
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject);
        listening.listen(options.socketPath, resolve);
      });
      await chmod(options.socketPath, 0o600);
      server = listening;
      watchForOrphanhood();
    },
    send(message) {
      if (peer === undefined) return false;
      if (peer.writableLength > BACKLOG_BYTES) {
        counts.lost += 1;
        return false;
      }
      const text = JSON.stringify(message);
      if (text.length > MESSAGE_BYTES / 3 && Buffer.byteLength(text) > MESSAGE_BYTES) {
        counts.lost += 1;
        return false;
      }
      peer.write(`${text}\n`);
      return true;
    },
    alerts(items) {
      for (const item of items) outbox.add(item);
      pumpAlerts();
    },
    get connected() {
      return peer !== undefined;
    },
    health() {
      const { dropped, tooLarge } = outbox.counters();
      return {
        counters: {
          'link.parse_error': counts.parse,
          'link.line_too_long': counts.tooLong,
          'link.message_lost': counts.lost,
          'link.version_mismatch': counts.version,
          'link.connections': counts.connections,
          'link.alerts_dropped': dropped,
          'link.alerts_too_large': tooLarge,
        },
        waitingAlerts: outbox.waiting(),
      };
    },
    async close() {
      closed = true;
      clearTimeout(orphanTimer);
      const stopped = new Promise<void>((resolve) => {
        if (server === undefined) resolve();
        else server.close(() => resolve());
      });
      for (const socket of sockets) socket.end();
      const hurry = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, 1000);
      await stopped;
      clearTimeout(hurry);
      server = undefined;
    },
  };
}

/** True when something accepts connections on the socket: a left-over file of a dead engine refuses. */
export function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(socketPath);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
