/**
 * Cost of decoding, CPU time and bytes of heap per frame, for each encapsulation and for what the engine does besides
 * with every packet: the evidence ring and the doctor's look. Limits: 1 µs a frame, no byte allocated.
 *   node scripts/bench/decode.ts [FRAMES]
 */
import { newFrame } from '../../src/capture/source.ts';
import { ALL_TUNNELS } from '../../src/decode/context.ts';
import { decodeFrame } from '../../src/decode/link.ts';
import { Packet } from '../../src/decode/packet.ts';
import { MirrorObserver } from '../../src/doctor/observer.ts';
import { EvidenceRing } from '../../src/evidence/ring.ts';
import { NUM, NUM_STRIDE } from '../../src/flows/layout.ts';
import { ENCAPSULATIONS, SIX_IN_FOUR, TEREDO } from '../../test/kit/encapsulations.ts';
import { tcp } from '../../test/kit/frames.ts';

const frames = Number(process.argv[2] ?? 500_000);
const LIMIT_NS = 1000;
/** A byte in ten frames is the clock and the meter, not the frames. */
const LIMIT_BYTES = 0.1;

const p = new Packet();
p.context.follow = ALL_TUNNELS;
const frame = newFrame();
let missed = 0;

function measure(name: string, work: (i: number) => void): void {
  for (let i = 0; i < frames / 2; i++) work(i);
  const heap = process.memoryUsage().heapUsed;
  const cpu = process.cpuUsage();
  for (let i = 0; i < frames; i++) work(i);
  const { user, system } = process.cpuUsage(cpu);
  const bytes = (process.memoryUsage().heapUsed - heap) / frames;
  const ns = ((user + system) * 1000) / frames;
  // A collection in between makes the difference negative.
  const ok = ns <= LIMIT_NS && bytes <= LIMIT_BYTES;
  if (!ok) missed++;
  console.log(
    `  ${name.padEnd(28)} ${ns.toFixed(0).padStart(5)} ns  ${Math.max(0, bytes).toFixed(2)} bytes${ok ? '' : '  MISSED'}`,
  );
}

function load(data: Uint8Array, linkType: number): void {
  Object.assign(frame, { buf: data, off: 0, capLen: data.length, wireLen: data.length, linkType, timeUs: 1.78e15 });
}

console.log(`decoding, ${frames} frames each; limit ${LIMIT_NS} ns, no byte allocated`);
for (const { name, data, linkType } of [...ENCAPSULATIONS, TEREDO, SIX_IN_FOUR]) {
  load(data, linkType);
  measure(name, () => decodeFrame(frame, p));
}

console.log('beside decoding, per packet');
const host = (n: number) => ({ ip: `10.0.0.${n}`, mac: `02:00:00:00:00:0${n}` });
const nums = new Float64Array(NUM_STRIDE);
nums[NUM.ID] = 1;
for (const [size, packets, name] of [
  [64, 1, 'evidence, first packets 64 B'],
  [800, 1, 'evidence, first packets 800 B'],
  [800, 100_001, 'evidence, a long flow'],
] as const) {
  const ring = new EvidenceRing(8 << 20);
  load(tcp(host(1), host(2), { sport: 1, dport: 2, seq: 1, ack: 1, flags: 16, payload: Buffer.alloc(size - 54) }), 1);
  decodeFrame(frame, p);
  measure(name, (i) => {
    nums[NUM.PACKETS] = packets === 1 ? 1 : packets + i;
    frame.timeUs += 10;
    ring.offer(frame, p, 0, nums);
  });
}
const observer = new MirrorObserver(true);
observer.left = Number.POSITIVE_INFINITY;
measure('doctor, packets looked at', (i) => {
  p.ipId = i & 0xffff;
  frame.timeUs += 10;
  observer.packet(frame, p, true);
});
process.exitCode = missed > 0 ? 1 : 0;
