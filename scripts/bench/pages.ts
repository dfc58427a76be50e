/**
 * Server time and weight of pages with 50,000 alerts stored and 50,000 flows in the engine, beside their limits:
 *   node scripts/bench/pages.ts [ROUNDS]
 * A whole appliance runs (both processes, on a capture that opens 50,000 connections); a client on loopback asks page
 * after page and measures from the request's first byte to the answer's last. CPU is the mean of the appliance process,
 * which a busy machine does not stretch as it does the wall clock.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { TEST_PASSWORD, Visitor } from '../../src/admin/testing.ts';
import type { AlertEvent } from '../../src/alerts/alert.ts';
import { distinctAlert } from '../../src/alerts/sample.ts';
import { createAlertStore } from '../../src/alerts/store.ts';
import { LINKTYPE, newFrame } from '../../src/capture/source.ts';
import { PcapFile } from '../../src/capture/writer.ts';
import { type Host, tcp } from '../../test/kit/frames.ts';

const ALERTS = 50_000;
const FLOWS = 50_000;
const LIMIT_MS = 50;
/** Requests before the clock runs: the first ones pay for compiling. */
const WARM = 15;
const rounds = Number(process.argv[2] ?? 60);
const dir = await mkdtemp(join(tmpdir(), 'spanwatch-pages-'));

/** FLOWS handshakes of 200 clients within ten seconds, then silence, so that all of them stay in the table. */
function makeCapture(file: string): void {
  const writer = new PcapFile(file, LINKTYPE.ETHERNET);
  const frame = newFrame();
  let at = 1.7e15;
  const put = (data: Buffer): void => {
    frame.buf = data;
    frame.capLen = frame.wireLen = data.length;
    frame.timeUs = at;
    writer.add(frame);
  };
  for (let n = 0; n < FLOWS; n++) {
    const client: Host = {
      ip: `192.168.1.${(n % 200) + 10}`,
      mac: `02:00:00:00:01:${((n % 200) + 16).toString(16).padStart(2, '0')}`,
    };
    const server: Host = { ip: `198.51.${100 + (n % 3)}.${(n % 250) + 1}`, mac: '02:00:00:00:00:01' };
    const [sport, dport] = [10_000 + Math.floor(n / 200) * 7, 443];
    put(tcp(client, server, { sport, dport, seq: 1, ack: 0, flags: 2 }));
    put(tcp(server, client, { sport: dport, dport: sport, seq: 1, ack: 2, flags: 18 }));
    put(tcp(client, server, { sport, dport, seq: 2, ack: 2, flags: 16 }));
    at += 10e6 / FLOWS;
  }
  at += 3000e6;
  put(
    tcp(
      { ip: '10.0.0.1', mac: '02:00:00:00:00:01' },
      { ip: '10.0.0.2', mac: '02:00:00:00:00:02' },
      { sport: 1, dport: 2, seq: 1, ack: 0, flags: 2 },
    ),
  );
  writer.close();
}

/** Flow alerts of four kinds and some of hosts, a third acknowledged. */
async function fillStore(file: string): Promise<void> {
  const store = createAlertStore({ file, documents: ALERTS, fileBytes: 256 * 1024 * 1024, say: () => {} });
  await store.start();
  const kinds = ['unexpected_dns', 'flow_risk', 'web_mining', 'remote_to_remote'];
  const begin = Date.now() - 6 * 86_400_000;
  for (let n = 0; n < ALERTS; n += 500) {
    const batch = Array.from({ length: 500 }, (_, i): AlertEvent => {
      const event = distinctAlert(n + i);
      const kind = kinds[(n + i) % kinds.length]!;
      const atMs = begin + (n + i) * 10_000;
      const { flow, ...bare } = event;
      if ((n + i) % 10 === 0)
        return {
          ...bare,
          atMs,
          kind: 'host',
          entity: 1,
          entityValue: `${flow!.client}@0`,
          granularity: 60,
          plugin: 'syn_scan',
          typeName: 'alert_tcp_syn_scan',
        };
      return { ...event, atMs, plugin: kind, typeName: `alert_${kind}` };
    });
    const done = store.add(batch);
    if (n % 10_000 === 0) await done;
  }
  const third = store.ids({ offset: 0, limit: 0 }, ALERTS).filter((_, i) => i % 3 === 0);
  await store.acknowledge(third, true);
  await store.stop();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** CPU seconds of a process so far (proc(5), 100 ticks a second). */
async function cpuOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const print = (name: string, figure: number, unit: string, limit: number): void => {
  process.stdout.write(
    `${name.padEnd(64)} ${figure.toFixed(1).padStart(8)} ${unit.padEnd(5)} limit ${limit} ratio ${(figure / limit).toFixed(3)}\n`,
  );
};

makeCapture(join(dir, 'flows.pcap'));
await fillStore(join(dir, 'alerts.db'));
const port = await freePort();
const main = new URL('../../src/main.ts', import.meta.url).pathname;
const child = spawn(
  process.execPath,
  [main, 'run', '--state', dir, '--demo', join(dir, 'flows.pcap'), '--host', '127.0.0.1', '--port', String(port)],
  { stdio: ['ignore', 'ignore', process.env['BENCH_LOG'] === undefined ? 'ignore' : 'inherit'] },
);
try {
  const owner = new Visitor(port);
  for (let i = 0; ; i++) {
    if ((await owner.get('/setup').catch(() => undefined))?.status === 200) break;
    if (i > 100) throw new Error('the appliance did not answer within 20 s');
    await sleep(200);
  }
  await owner.post('/setup', { password: TEST_PASSWORD, again: TEST_PASSWORD }, {}, '/setup');
  if ((await owner.get('/alerts')).status !== 200) await owner.signIn();
  type Health = { stats: { flows: { active: number } } | null; store: { documents: number } };
  let state: Health;
  for (let i = 0; ; i++) {
    state = JSON.parse((await owner.get('/api/v1/health')).text) as Health;
    if ((state.stats?.flows.active ?? 0) >= FLOWS) break;
    if (i > 150) throw new Error(`only ${state.stats?.flows.active} of ${FLOWS} flows are in the engine after 30 s`);
    await sleep(200);
  }
  process.stdout.write(`${state.store.documents} alerts stored, ${state.stats!.flows.active} flows active\n`);
  const one = /href="\/alerts\/([^"]+)"/.exec((await owner.get('/alerts?group=none')).text)![1]!;
  const flow = /href="(\/flows\/\d+)"/.exec((await owner.get('/flows')).text)?.[1] ?? '/flows';
  const pages: [string, string][] = [
    ['overview', '/'],
    ['alerts, one row per thing', '/alerts'],
    ['alerts, every one, last page', `/alerts?group=none&offset=${ALERTS - 50}`],
    ['alerts, filter by network and protocol', '/alerts?network=198.51.100.0/26&protocol=dns&ack=no'],
    ['alerts, search', '/alerts?search=number+4999&group=none'],
    ['alerts by kind', '/alerts?group=type'],
    ['alert', `/alerts/${one}`],
    ['exclusion from an alert, with preview', `/exclusions/new?from=${one}`],
    ['exclusions', '/exclusions'],
    ['devices', '/devices'],
    ['hosts', '/hosts'],
    ['host', '/hosts/one?ip=192.168.1.20'],
    ['networks', '/networks'],
    ['flows', '/flows'],
    ['flows, search', '/flows?search=192.168.1.20'],
    ['flow', flow],
    ['plugins', '/plugins'],
    ['user scripts', '/scripts/flow'],
    ['health', '/health'],
    ['settings', '/settings'],
  ];
  let worst = 0;
  for (const [name, path] of pages) {
    const took: number[] = [];
    for (let i = 0; i < WARM; i++) await owner.get(path);
    const before = await cpuOf(child.pid!);
    for (let i = 0; i < rounds; i++) {
      const began = performance.now();
      const { status } = await owner.get(path, { 'Accept-Encoding': 'gzip' });
      took.push(performance.now() - began);
      if (status !== 200 && status !== 404) throw new Error(`${path} answered ${status}`);
    }
    const cpu = ((await cpuOf(child.pid!)) - before) / rounds;
    const p95 = took.sort((a, b) => a - b)[Math.floor(rounds * 0.95)]!;
    worst = Math.max(worst, cpu * 1000);
    const wall = `wall p50 ${took[rounds >> 1]!.toFixed(0)} p95 ${p95.toFixed(0)}`;
    print(`${name.padEnd(39)} ${wall.padEnd(20)} cpu`, cpu * 1000, 'ms', LIMIT_MS);
  }
  print('the slowest page, cpu', worst, 'ms', LIMIT_MS);
  // What a browser loads the first time, as it would come: brotli for assets, gzip for the page.
  const page = (await owner.get('/')).text;
  const assets = [...new Set([...page.matchAll(/(?:href|src|data-script)="(\/assets\/[^"#]+)/g)].map((m) => m[1]!))];
  let chart = 0;
  let rest = gzipSync(page, { level: 4 }).length;
  for (const path of assets) {
    const size = brotliCompressSync(Buffer.from((await owner.get(path)).text)).length;
    if (path.includes('/chart.')) chart += size;
    else rest += size;
  }
  print('first page without its chart', rest / 1000, 'kB', 40);
  print('first page with its chart', (rest + chart) / 1000, 'kB', 120);
} finally {
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
  await rm(dir, { recursive: true, force: true });
}
