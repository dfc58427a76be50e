/** Canon's BJNP (sane-backends, pixma driver notes): printer and scanner commands, "BJNP" or "MFNP", answers and
 * other models with the letters turned; UDP ports 8610 to 8614. */
import { NO, type Protocol, type View, YES } from '../kit.ts';

const MAGIC = ['BJNP', 'MFNP', 'BJNB', 'BNJB', 'PNJB', 'PJNP'];
const FIRST = [0x42, 0x4d, 0x50];

export const bjnp: Protocol = {
  id: 204,
  name: 'BJNP',
  udp: { ports: [8612], first: FIRST, firstServer: FIRST, look },
};

function look({ c }: View) {
  return c.length >= 16 && MAGIC.some((magic) => c.startsWith(magic)) ? YES : NO;
}
