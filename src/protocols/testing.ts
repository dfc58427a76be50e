/** For tests: what the detectors make of a conversation given as bytes, without captures, flows or a table. */
import { Expectations } from './expectations.ts';
import { protocols } from './list.ts';
import { NO, YES } from './protocol.ts';
import { type Candidate, registryOf } from './registry.ts';
import { HEAD, View } from './view.ts';

export interface Conversation {
  tcp: boolean;
  clientPort: number;
  serverPort: number;
  /** IPv4 of the server; 192.0.2.1 unless given. */
  server?: string;
  /** Payloads in order of time. */
  packets: readonly { fromClient: boolean; bytes: Uint8Array }[];
}

const registry = registryOf(protocols);

/** Master id and application that the first detector to say so gives, 0 and 0 when none does. */
export function recognise(conversation: Conversation): { master: number; app: number; refusals: number } {
  const { tcp } = conversation;
  const view = new View(new Expectations());
  const dispatch = tcp ? registry.tcp : registry.udp;
  const refused = new Set<Candidate>();
  const said: Uint8Array[] = [new Uint8Array(0), new Uint8Array(0)];
  const heads: Uint8Array[] = [new Uint8Array(0), new Uint8Array(0)];
  const packetsOfSide = [0, 0];
  const lengths = [0, 0];
  view.tcp = tcp;
  view.client[3] = (192 << 24) | (0 << 16) | (2 << 8) | 99;
  view.server[3] = word(conversation.server ?? '192.0.2.1');
  view.group = view.server[3]! >>> 28 === 14 || view.server[3] === -1;
  view.clientPort = conversation.clientPort;
  view.serverPort = conversation.serverPort;
  for (const { fromClient, bytes } of conversation.packets) {
    const side = fromClient ? 0 : 1;
    view.load(undefined, undefined, undefined);
    view.fromClient = fromClient;
    view.packet++;
    view.packetOfSide = ++packetsOfSide[side]!;
    view.wireLen = bytes.length;
    const seen = tcp ? join(said[side]!, bytes) : bytes;
    view.c.set(seen, 0, seen.length);
    const other = tcp ? said[1 - side]! : heads[1 - side]!;
    view.other.set(other, 0, other.length);
    const previous = tcp ? said[0]!.subarray(0, 0) : heads[side]!;
    view.previous.set(previous, 0, previous.length);
    view.previousLen = tcp ? 0 : lengths[side]!;
    view.otherLen = tcp ? 0 : lengths[1 - side]!;
    said[side] = seen;
    const ports = [
      ...(dispatch.forPort(view.serverPort) ?? []),
      ...(view.clientPort === view.serverPort ? [] : (dispatch.forPort(view.clientPort) ?? [])),
    ];
    for (const candidate of [...ports, ...dispatch.forByte(fromClient, seen[0]!)]) {
      if (refused.has(candidate)) continue;
      view.c.reset();
      view.other.reset();
      view.previous.reset();
      const verdict = candidate.detector.look(view);
      if (verdict === NO) refused.add(candidate);
      if (verdict !== YES) continue;
      const master = view.master || candidate.protocol.id;
      return { master, app: view.app || master, refusals: refused.size };
    }
    if (!tcp) {
      heads[side] = bytes.subarray(0, HEAD);
      lengths[side] = bytes.length;
    }
  }
  return { master: 0, app: 0, refusals: refused.size };
}

/** The same conversation with every TCP segment cut into pieces of n bytes. */
export function cut(conversation: Conversation, n: number): Conversation {
  const packets = conversation.packets.flatMap(({ fromClient, bytes }) =>
    Array.from({ length: Math.ceil(bytes.length / n) }, (_, i) => ({
      fromClient,
      bytes: bytes.subarray(i * n, (i + 1) * n),
    })),
  );
  return { ...conversation, packets };
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

function word(address: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return (a << 24) | (b << 16) | (c << 8) | d;
}

/**
 * A conversation written down: "[server address] tcp|udp client>server", then packets, each ">" or "<" and bytes as hex,
 * "text", or hex*count.
 */
export function conversationOf(head: string, packets: readonly string[]): Conversation {
  const [, server, transport, client, port] = /^(?:([\d.]+) )?(tcp|udp) (\d+)>(\d+)$/.exec(head)!;
  return {
    tcp: transport === 'tcp',
    clientPort: Number(client),
    serverPort: Number(port),
    ...(server ? { server } : {}),
    packets: packets.map((packet) => ({ fromClient: packet[0] === '>', bytes: bytesOf(packet.slice(1)) })),
  };
}

function bytesOf(text: string): Uint8Array {
  const out: number[] = [];
  for (const [, quoted, hex, count] of text.matchAll(/"([^"]*)"|([0-9a-f]+)(?:\*(\d+))?/g)) {
    if (quoted !== undefined) out.push(...Buffer.from(quoted, 'latin1'));
    else for (let i = 0; i < Number(count ?? 1); i++) out.push(...Buffer.from(hex!, 'hex'));
  }
  return Uint8Array.from(out);
}
