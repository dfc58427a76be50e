/**
 * As much of MQTT 3.1.1 (OASIS, 2014) as a publisher needs: CONNECT, PUBLISH with QoS 1, DISCONNECT. One connection
 * publishes a handful of messages and ends; what the broker acknowledged is delivered.
 */
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

export interface MqttOptions {
  host: string;
  port: number;
  tls: boolean;
  anyCertificate: boolean;
  clientId: string;
  user: string;
  password: string;
  signal: AbortSignal;
}

export interface Publication {
  topic: string;
  payload: string;
  retain: boolean;
}

/** Table 3.1 of the standard. */
const REFUSALS = [
  '',
  'unacceptable protocol version',
  'client id refused',
  'server unavailable',
  'bad user name or password',
  'not authorized',
];
/** CONNACK and PUBACK have two bytes of content; a broker that sends much more is none. */
const MOST_BYTES = 4096;

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const out = Buffer.alloc(2 + bytes.length);
  out.writeUInt16BE(bytes.length);
  bytes.copy(out, 2);
  return out;
}

/** 2.2.3: seven bits a byte, low ones first. */
function remaining(length: number): Buffer {
  const out: number[] = [];
  let left = length;
  do {
    const more = left > 127;
    out.push((left & 127) | (more ? 128 : 0));
    left >>>= 7;
  } while (left > 0);
  return Buffer.from(out);
}

const packet = (first: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([first]), remaining(body.length), body]);

/** 3.1: protocol name, level 4, flags (clean session), keep-alive of 60 s, payload. */
export function connectPacket(clientId: string, user: string, password: string): Buffer {
  const flags = 0x02 | (user === '' ? 0 : 0x80) | (user !== '' && password !== '' ? 0x40 : 0);
  const parts = [text('MQTT'), Buffer.from([4, flags, 0, 60]), text(clientId)];
  if (user !== '') parts.push(text(user));
  if (user !== '' && password !== '') parts.push(text(password));
  return packet(0x10, Buffer.concat(parts));
}

/** 3.3 with QoS 1. */
export function publishPacket({ topic, payload, retain }: Publication, id: number): Buffer {
  const idBytes = Buffer.from([id >> 8, id & 255]);
  return packet(0x32 | (retain ? 1 : 0), Buffer.concat([text(topic), idBytes, Buffer.from(payload)]));
}

interface Packet {
  type: number;
  body: Buffer;
  end: number;
}

/** The first whole packet of a buffer; undefined while it is not whole. Throws at a length that no broker sends us. */
export function readPacket(buffer: Buffer): Packet | undefined {
  let length = 0;
  for (let at = 1; at < 5; at++) {
    if (at >= buffer.length) return undefined;
    const byte = buffer[at]!;
    length |= (byte & 127) << (7 * (at - 1));
    if (byte < 128) {
      if (length > MOST_BYTES) throw new Error('it does not speak MQTT');
      const end = at + 1 + length;
      return buffer.length < end ? undefined : { type: buffer[0]! >> 4, body: buffer.subarray(at + 1, end), end };
    }
  }
  throw new Error('it does not speak MQTT');
}

export class MqttRefusal extends Error {}

/** Publishes all; resolves when the broker acknowledged each. Rejects with the socket's error or an MqttRefusal. */
export function publish(options: MqttOptions, items: readonly Publication[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const { host, port } = options;
  const socket: Socket = options.tls
    ? tlsConnect({
        host,
        port,
        servername: /[a-z]/i.test(host) ? host : '',
        rejectUnauthorized: !options.anyCertificate,
      })
    : connect({ host, port });
  const waiting = new Set<number>();
  let buffer: Buffer = Buffer.alloc(0);
  const abort = (): void => {
    socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
  };

  function take({ type, body }: Packet): void {
    if (type === 2) {
      const code = body[1] ?? 255;
      if (code !== 0) throw new MqttRefusal(`the broker refuses: ${REFUSALS[code] ?? `code ${code}`}`);
      items.forEach((item, i) => {
        waiting.add(i + 1);
        socket.write(publishPacket(item, i + 1));
      });
    } else if (type === 4 && body.length >= 2) {
      waiting.delete(body.readUInt16BE());
      if (waiting.size > 0) return;
      resolve();
      socket.end(Buffer.from([0xe0, 0]));
    }
  }

  options.signal.addEventListener('abort', abort, { once: true });
  socket.on(options.tls ? 'secureConnect' : 'connect', () =>
    socket.write(connectPacket(options.clientId, options.user, options.password)),
  );
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    try {
      for (let found = readPacket(buffer); found !== undefined; found = readPacket(buffer)) {
        buffer = buffer.subarray(found.end);
        take(found);
      }
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  socket.on('error', reject);
  socket.on('close', () => {
    options.signal.removeEventListener('abort', abort);
    reject(Object.assign(new Error('it closed the connection'), { code: 'ECONNRESET' }));
  });
  return promise;
}
