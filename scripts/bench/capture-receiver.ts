/**
 * The receiving end of the capture bench: captures on an interface into a sink, and on "begin" / "end" (lines on stdin)
 * answers with the frames and CPU time in between, one JSON line each.
 *   capture-receiver.ts INTERFACE ring|cap null|engine
 */
import { totalmem } from 'node:os';
import { createInterface } from 'node:readline';
import { openSource } from '../../src/capture/open.ts';
import type { PacketSink } from '../../src/capture/source.ts';

export interface Figures {
  received: number;
  cpuUs: number;
  kernelDropped: number | null;
}

const [name = '', kind = 'ring', sinkName = 'null'] = process.argv.slice(2);

async function makeSink(): Promise<PacketSink> {
  if (sinkName !== 'engine') {
    let bytes = 0;
    return {
      packet(frame) {
        bytes += frame.wireLen;
      },
      endOfSlice() {
        if (bytes < 0) throw new Error('counted below zero');
      },
    };
  }
  const { Pipeline } = await import('../../src/engine/pipeline.ts');
  const { limitsFor } = await import('../../src/limits.ts');
  const { EvidenceRing, ringBytes } = await import('../../src/evidence/ring.ts');
  const { MirrorObserver } = await import('../../src/doctor/observer.ts');
  const pipeline = new Pipeline(limitsFor(totalmem()), { detected() {}, periodic() {}, ended() {} });
  pipeline.evidence = new EvidenceRing(ringBytes(totalmem()));
  const mirror = new MirrorObserver(true);
  pipeline.mirror = mirror;
  const erspan = pipeline.decoding.erspan;
  const totals = { kernelDropped: 0, interfaceDropped: 0, truncated: 0, erspan };
  setInterval(
    () => mirror.second(Date.now() * 1000, { ...totals, packets: pipeline.packets, bytes: pipeline.bytes }),
    1000,
  ).unref();
  return pipeline;
}

const source = openSource({ interface: name, kind: kind === 'cap' ? 'cap' : 'ring' });
await source.start(await makeSink());
if (source.state().status !== 'running') throw new Error(source.state().text);

let received = 0;
let cpu = process.cpuUsage();
let dropped = 0;

function answer(figures: Figures): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** Resolves when no frame came for a while. */
async function quiet(): Promise<void> {
  for (let last = -1, now = source.stats().received; now !== last; now = source.stats().received) {
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

answer({ received: 0, cpuUs: 0, kernelDropped: 0 });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') await quiet();
  const stats = source.stats();
  const spent = process.cpuUsage(cpu);
  answer({
    received: stats.received - received,
    cpuUs: spent.user + spent.system,
    kernelDropped: stats.kernelDropped === null ? null : stats.kernelDropped - dropped,
  });
  received = stats.received;
  dropped = stats.kernelDropped ?? 0;
  cpu = process.cpuUsage();
}
await source.stop();
