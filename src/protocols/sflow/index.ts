/** sFlow 5 (sflow.org, "sFlow Datagram Format"; version 2 in RFC 3176): version, address type, agent, …, samples. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const sflow: Protocol = {
  id: 129,
  name: 'sFlow',
  udp: { ports: [6343], first: [0x00], look },
};

function look({ c }: View) {
  const version = c.peek32(0);
  const kind = c.peek32(4);
  if ((version !== 5 && version !== 2 && version !== 4) || (kind !== 1 && kind !== 2)) return NO;
  const at = kind === 1 ? 12 : 24;
  const samples = c.peek32(at + (version === 5 ? 12 : 8));
  return c.length >= at + 16 && samples >= 1 && samples <= 1024 ? YES : NO;
}
