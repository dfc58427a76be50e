/** Drives the capture bench: namespaces, sender, one receiver for each way to capture; prints costs side by side. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Figures } from './capture-receiver.ts';

const { values } = parseArgs({
  options: {
    sink: { type: 'string', default: 'null' },
    frames: { type: 'string', default: '300000' },
    rate: { type: 'string', default: '100000' },
  },
});
const frames = Number(values.frames);
const ROUNDS = 3;
const sending = `swbench-s${process.pid}`;
const receiving = `swbench-r${process.pid}`;

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function send(size: number, count: number, rate: number): void {
  const args = ['netns', 'exec', sending, 'dist/bench/sender', 'swtx'];
  args.push('--size', `${size}`, '--count', `${count}`, '--rate', `${rate}`, '--flows', '256');
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

interface Result {
  usPerFrame: number;
  lossPercent: number;
  floodLossPercent: number;
  floodRate: number;
}

/** Runs one way to capture in a process of its own: warm-up, paced rounds for the cost, then as fast as the sender goes. */
async function measure(kind: string, size: number): Promise<Result> {
  const args = [
    'netns',
    'exec',
    receiving,
    process.execPath,
    'scripts/bench/capture-receiver.ts',
    'swrx',
    kind,
    values.sink,
  ];
  const child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = await lines.next();
    if (line.done) throw new Error(`the receiver with ${kind} ended early`);
    return JSON.parse(line.value as string) as Figures;
  };
  const round = async (count: number, rate: number) => {
    child.stdin.write('begin\n');
    await next();
    const before = performance.now();
    send(size, count, rate);
    const seconds = (performance.now() - before) / 1000;
    child.stdin.write('end\n');
    const figures = await next();
    return { ...figures, lossPercent: Math.max(0, 100 - (100 * figures.received) / count), rate: count / seconds };
  };
  await next();
  await round(frames / 2, Number(values.rate));
  const paced = [];
  for (let i = 0; i < ROUNDS; i++) paced.push(await round(frames, Number(values.rate)));
  const flood = await round(frames, 0);
  child.stdin.end();
  await once(child, 'exit');
  paced.sort((a, b) => a.cpuUs / a.received - b.cpuUs / b.received);
  const median = paced[ROUNDS >> 1]!;
  return {
    usPerFrame: median.cpuUs / median.received,
    lossPercent: Math.max(...paced.map((result) => result.lossPercent)),
    floodLossPercent: flood.lossPercent,
    floodRate: flood.rate,
  };
}

async function main(): Promise<void> {
  ip('netns', 'add', sending);
  ip('netns', 'add', receiving);
  ip('-n', sending, 'link', 'add', 'swtx', 'type', 'veth', 'peer', 'name', 'swrx', 'netns', receiving);
  for (const [namespace, name] of [
    [sending, 'swtx'],
    [receiving, 'swrx'],
  ] as const) {
    ip('netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
    ip('-n', namespace, 'link', 'set', name, 'up');
  }
  console.log(
    `capture: CPU time of the receiving process per frame, sink ${values.sink}, ${frames} frames, median of ${ROUNDS}`,
  );
  console.log(`paced at ${values.rate}/s; flood = as fast as the sender goes`);
  for (const size of [64, 800]) {
    const cap = await measure('cap', size);
    const ring = await measure('ring', size);
    for (const [name, result] of [
      ['cap', cap],
      ['ring', ring],
    ] as const) {
      const flood = `flood ${Math.round(result.floodRate / 1000)} k/s: ${result.floodLossPercent.toFixed(1)} % lost`;
      const cost = `${result.usPerFrame.toFixed(3)} µs/frame, ${result.lossPercent.toFixed(1)} % lost`;
      console.log(`  ${String(size).padStart(4)} bytes  ${name.padEnd(4)}  ${cost}; ${flood}`);
    }
    console.log(
      `  ${String(size).padStart(4)} bytes  ring is ${(cap.usPerFrame / ring.usPerFrame).toFixed(1)} times cheaper than cap`,
    );
  }
}

try {
  await main();
} finally {
  for (const namespace of [sending, receiving]) {
    try {
      ip('netns', 'del', namespace);
    } catch {
      // Was never made.
    }
  }
}
