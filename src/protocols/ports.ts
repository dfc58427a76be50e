/** The guess by default port (nDPI's table, data/ports.json), for flows that say nothing or nothing we know. */
import ports from './data/ports.json' with { type: 'json' };

const tcp = new Map(ports.tcp as [number, number][]);
const udp = new Map(ports.udp as [number, number][]);

/** Protocol id whose default port is one of the two, the lower (the better known) first; 0 when it is none's. */
export function guessByPort(isTcp: boolean, one: number, two: number): number {
  const table = isTcp ? tcp : udp;
  return table.get(Math.min(one, two)) ?? table.get(Math.max(one, two)) ?? 0;
}
