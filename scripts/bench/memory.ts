/**
 * Memory of all processes together, idle and with N flows of H clients in the table, beside the limit of 300 MB. Flows come from a
 * generated capture of short UDP conversations replayed once by the engine, the appliance beside it as always.
 * Printed: sum of resident sizes (RSS; shared pages of the Node binary counted in each process) and of proportional
 * sizes (PSS; shared pages counted once).
 *   node scripts/bench/memory.ts [FLOWS=100000] [HOSTS=20000]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LINKTYPE, newFrame } from '../../src/capture/source.ts';
import { PcapFile } from '../../src/capture/writer.ts';
import { clientHello, dns, type Host, tcp, udp } from '../../test/kit/frames.ts';

const root = join(import.meta.dirname, '../..');
const flows = Number(process.argv[2] ?? 100_000);
const hosts = Number(process.argv[3] ?? 20_000);
const LIMIT_MB = 300;
const work = mkdtempSync(join(tmpdir(), 'span-memory-'));

/** Half DNS to the demo's allowed server, half TLS with a server name: what parsers learn is held, too. All
 * within 50 s, so that none is idle. */
function makeCapture(path: string, count: number): void {
  const writer = new PcapFile(path, LINKTYPE.ETHERNET);
  const frame = newFrame();
  const begun = 1.79e15;
  for (let i = 0; i < count; i++) {
    const at = i % hosts;
    const mac = `02:00:00:00:${(at >> 8).toString(16).padStart(2, '0')}:${(at & 255).toString(16).padStart(2, '0')}`;
    const client: Host = { ip: `10.0.${at >> 8}.${at & 255}`, mac };
    const server: Host = { ip: '192.168.1.1', mac: '02:00:00:00:00:02' };
    const port = 20_000 + Math.floor(i / hosts);
    const name = `host${i}.example.net`;
    const frames =
      i % 2
        ? [
            udp(client, server, port, 53, dns(i & 0xffff, name)),
            udp(server, client, 53, port, dns(i & 0xffff, name, '192.0.2.7')),
          ]
        : [
            tcp(client, server, { sport: port, dport: 443, seq: 1, ack: 0, flags: 2 }),
            tcp(server, client, { sport: 443, dport: port, seq: 9, ack: 2, flags: 18 }),
            tcp(client, server, { sport: port, dport: 443, seq: 2, ack: 10, flags: 24, payload: clientHello(name) }),
          ];
    for (const data of frames) {
      frame.buf = data;
      frame.capLen = frame.wireLen = data.length;
      frame.timeUs = begun + (i / count) * 50e6;
      writer.add(frame);
    }
  }
  writer.close();
}

/** Process ids whose session is the service's or that were started by it. */
function family(statePath: string): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return args.some((arg) => arg.includes(statePath)) && args[0]?.includes('node') ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

function sizes(pids: number[]): { rss: number; pss: number } {
  let rss = 0;
  let pss = 0;
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    rss += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
    pss += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
  }
  return { rss, pss };
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function measure(label: string, capture: string, seconds: number): Promise<void> {
  const state = join(work, label.replaceAll(' ', '-'));
  const child = spawn(
    process.execPath,
    [
      // As the executable has them built in.
      '--disable-wasm-trap-handler',
      '--max-semi-space-size=4',
      '--optimize-for-size',
      join(root, 'dist/spanwatch.cjs'),
      'run',
      '--demo',
      capture,
      '--state',
      state,
      '--port',
      '0',
      '--host',
      '127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  await wait(seconds * 1000);
  const pids = family(state);
  const { rss, pss } = sizes(pids);
  for (const pid of pids) {
    const one = sizes([pid]);
    const kind = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('engine') ? 'engine' : 'appliance';
    process.stdout.write(`    ${kind.padEnd(10)} RSS ${one.rss.toFixed(0)} MB  PSS ${one.pss.toFixed(0)} MB\n`);
  }
  process.stdout.write(
    `  ${label.padEnd(16)} ${pids.length} processes  RSS ${rss.toFixed(0)} MB (${(rss / LIMIT_MB).toFixed(2)} of the limit)  PSS ${pss.toFixed(0)} MB (${(pss / LIMIT_MB).toFixed(2)})\n`,
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await gone;
}

process.stdout.write(`memory of all processes together, limit ${LIMIT_MB} MB\n`);
try {
  const idle = join(work, 'idle.pcap');
  makeCapture(idle, 2);
  await measure('idle', idle, 12);
  const many = join(work, 'many.pcap');
  makeCapture(many, flows);
  await measure(`${flows} flows`, many, 49);
} finally {
  rmSync(work, { recursive: true, force: true });
}
