/** This machine's addresses, for decoding: a mirror in a tunnel that is addressed to us is looked into. */
import { networkInterfaces } from 'node:os';
import { parseIp } from '../flows/address.ts';

/** Words as in Packet. Loopback and link-local addresses are nobody's target from outside. */
export function ownAddresses(): (readonly [number, number, number, number])[] {
  const out: (readonly [number, number, number, number])[] = [];
  for (const entries of Object.values(networkInterfaces())) {
    for (const entry of entries ?? []) {
      const ip = entry.internal ? undefined : parseIp(entry.address);
      if (ip !== undefined) out.push(ip.words as readonly [number, number, number, number]);
    }
  }
  return out;
}
