/** For tests: notices, destinations, and a free port. */
import { createServer } from 'node:net';
import type { Destination, DestinationType, Notice } from './notify.ts';
import { newDestination } from './senders.ts';

export function sampleNotice(key: string, more: Partial<Notice> = {}): Notice {
  return {
    key,
    atMs: Date.now(),
    kind: 'new',
    entity: 'flow',
    severity: 4,
    title: 'Unexpected DNS server',
    text: '192.168.1.7 asks 203.0.113.9 for names.',
    typeName: 'unexpected_dns',
    plugin: 'unexpected_dns',
    path: `/alerts/${key}`,
    subject: '192.168.1.7',
    ...more,
  };
}

let serial = 0;

export function sampleDestination(
  type: DestinationType,
  params: Destination['params'],
  more: Partial<Destination> = {},
): Destination {
  const made = newDestination(type, `dest${String(++serial).padStart(4, '0')}`);
  return { ...made, digestMinutes: 0, ...more, params: { ...made.params, ...params } };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
