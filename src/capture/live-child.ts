/**
 * Captures in a process of its own for live.test.ts: namespaces and privileges belong to a process. Writes one JSON line for
 * each change of state; "report" on stdin asks for counters and the frames by shape, the end of stdin stops it.
 *   live-child.ts INTERFACE ring|cap [snapLen] [busyUs]     busyUs: time the sink spends on each frame
 */
import { createInterface } from 'node:readline';
import { openSource } from './open.ts';
import type { SourceState, SourceStats } from './source.ts';

export type ChildLine =
  | { state: SourceState }
  | {
      stats: SourceStats;
      /** Frames by "capLen/wireLen/vlanTci/linkType". */
      shapes: Record<string, number>;
      slices: number;
      /** Milliseconds from a frame's time stamp to its delivery: smallest and largest. */
      delayMs: [number, number];
      kind: string;
    };

const [name = '', kind = 'auto', snapLen = '0', busyUs = '0'] = process.argv.slice(2);
const source = openSource({ interface: name, kind: kind as 'auto' | 'ring' | 'cap', snapLen: Number(snapLen) });
const say = (line: ChildLine) => process.stdout.write(`${JSON.stringify(line)}\n`);

const shapes: Record<string, number> = {};
let slices = 0;
let least = Number.POSITIVE_INFINITY;
let most = 0;

source.onState = (state) => say({ state });
await source.start({
  packet({ capLen, wireLen, vlanTci, linkType, timeUs }) {
    const shape = `${capLen}/${wireLen}/${vlanTci}/${linkType}`;
    shapes[shape] = (shapes[shape] ?? 0) + 1;
    for (const until = performance.now() + Number(busyUs) / 1000; performance.now() < until; );
    const delay = Date.now() - timeUs / 1000;
    least = Math.min(least, delay);
    most = Math.max(most, delay);
  },
  endOfSlice() {
    slices++;
  },
});
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'report') say({ stats: source.stats(), shapes, slices, delayMs: [least, most], kind: source.kind });
}
await source.stop();
