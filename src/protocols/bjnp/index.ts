/** Canon's BJNP (sane-backends, pixma driver notes): printer and scanner commands, "BJNP" or "MFNP", UDP port 8612. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [0x42, 0x4d];

export const bjnp: Protocol = {
  id: 204,
  name: 'BJNP',
  udp: { ports: [8612], first: FIRST, firstServer: FIRST, look },
};

function look({ c }: View) {
  return c.length >= 16 && (c.startsWith('BJNP') || c.startsWith('MFNP') || c.startsWith('BJNB')) ? YES : NO;
}
