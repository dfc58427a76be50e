/**
 * The engine on a veth pair in namespaces of its own; needs root, scripts/build, and dist/bench/sender (scripts/bench/capture
 * builds it).
 *   node scripts/bench/live.ts cpu [SECONDS]     CPU time per packet of the engine's process: 64-byte frames of 20,000
 *                                                established connections at 150,000/s, beside the ring alone
 *   node scripts/bench/live.ts loss [SECONDS]    the whole appliance with 15 plugins at 300,000/s while its page is used:
 *                                                packets lost, garbage-collection pauses, answers of the page
 *   node scripts/bench/live.ts flood [SECONDS] [RATE]   SYN scan from random addresses at RATE (100,000)/s: memory at the
 *                                                       table's limit, by fifths of the time
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Visitor } from '../../src/admin/testing.ts';
import { shippedPluginDirs } from '../../src/engine/shipped-plugins.ts';
import { connectEngine, type EngineConnection } from '../../src/link/client.ts';
import type { EngineStats } from '../../src/messages.ts';
import { VERSION } from '../../src/version.ts';

const root = join(import.meta.dirname, '../..');
const FLOWS = 20_000;
const FLAGS = ['--disable-wasm-trap-handler', '--max-semi-space-size=4', '--optimize-for-size'];
const bundle = join(root, 'dist/spanwatch.cjs');
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const say = (text: string) => process.stdout.write(`${text}\n`);

/** Builds the namespaces and runs this script again inside the receiving one. */
function outside(): void {
  const tx = `spanlive-t${process.pid}`;
  const rx = `spanlive-r${process.pid}`;
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    for (const ns of [tx, rx]) ip('netns', 'add', ns);
    ip('-n', tx, 'link', 'add', 'tx0', 'type', 'veth', 'peer', 'name', 'rx0', 'netns', rx);
    for (const [ns, port] of [
      [tx, 'tx0'],
      [rx, 'rx0'],
    ] as const) {
      ip('netns', 'exec', ns, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
      ip('-n', ns, 'link', 'set', 'lo', 'up');
      ip('-n', ns, 'link', 'set', port, 'up');
    }
    const args = ['netns', 'exec', rx, process.execPath, ...process.execArgv, import.meta.filename];
    execFileSync('ip', [...args, ...process.argv.slice(2)], {
      stdio: 'inherit',
      env: { ...process.env, SPAN_LIVE_SENDER: tx },
    });
  } finally {
    for (const ns of [tx, rx]) execFileSync('ip', ['netns', 'del', ns]);
  }
}

function sender(...args: (string | number)[]): Promise<string> {
  const command = ['netns', 'exec', process.env['SPAN_LIVE_SENDER']!, join(root, 'dist/bench/sender'), 'tx0'];
  const child = spawn('ip', [...command, '--size', '64', ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (text: Buffer) => (out += text));
  return new Promise((resolve, reject) =>
    child.once('exit', (code) =>
      code === 0 ? resolve(out.trim()) : reject(new Error(`the sender ended with ${code}`)),
    ),
  );
}

/** User and system time of a process with all its threads, µs; the kernel counts in ticks of 10 ms. */
function cpuUs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** The same by thread name, the main thread as "capture". */
function threads(pid: number): Map<string, number> {
  const out = new Map<string, number>();
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    const text = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8');
    const fields = text.replace(/^.*\) /, '').split(' ');
    const name = Number(tid) === pid ? 'capture' : (/\((.*)\)/.exec(text)?.[1] ?? tid);
    out.set(name, (out.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) * 10_000);
  }
  return out;
}

function memory(pid: number, key: 'Rss' | 'Pss'): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024;
}

interface Running {
  child: ChildProcess;
  link: EngineConnection;
  stats(): EngineStats;
}

async function startEngine(work: string): Promise<Running> {
  const socketPath = join(work, 'run/engine.sock');
  const args = [
    ...FLAGS,
    ...(process.env['SPAN_LIVE_FLAGS']?.split(' ') ?? []),
    bundle,
    'engine',
    '--socket',
    socketPath,
    '--interface',
    'rx0',
    '--state-dir',
    work,
  ];
  const env = { MALLOC_ARENA_MAX: '2', ...process.env };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  let stats: EngineStats | undefined;
  let plugins = 0;
  for (let i = 0; i < 100; i++) {
    await wait(100);
    const link = await connectEngine(
      {
        socketPath,
        version: VERSION,
        onClose: () => {},
        onMessage: (message) => {
          if (message.kind === 'stats') {
            if (process.env['SPAN_LIVE_TRACE'])
              say(
                `    ${message.stats.uptimeMs} ms: ${message.stats.packets} packets, ${message.stats.source.stats.kernelDropped} lost, ${message.stats.flows.active} flows, ${message.stats.plugins.calls} calls`,
              );
            stats = message.stats;
          } else if (message.kind === 'plugins') plugins = message.items.length;
          else if (message.kind === 'alerts') link?.send({ kind: 'ack', keys: message.items.map((a) => a.key) });
        },
      },
      1000,
    ).catch(() => undefined);
    if (!link) continue;
    link.send({
      kind: 'configure',
      config: {
        localNetworks: [],
        configSets: [{ id: 0, name: 'Default', config: {} }],
        pools: [],
        grants: {},
        language: 'en',
        pluginDirs: shippedPluginDirs(),
        release: [],
        recipients: [],
        syslog: { listen: '', producers: {} },
      },
    });
    for (let n = 0; n < 100 && (plugins === 0 || stats?.source.state.status !== 'running'); n++) await wait(100);
    return { child, link, stats: () => stats! };
  }
  throw new Error('the engine does not answer');
}

async function end(engine: Running, work: string): Promise<void> {
  const gone = new Promise<void>((resolve) => engine.child.once('exit', () => resolve()));
  engine.link.send({ kind: 'stop' });
  await Promise.race([gone, wait(15_000)]);
  engine.link.close();
  engine.child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
}

async function cpu(seconds: number): Promise<void> {
  const rate = 150_000;
  say(`CPU time per packet: 64-byte frames of ${FLOWS} established connections at ${rate}/s, limit 0.45 µs`);
  const work = mkdtempSync(join(tmpdir(), 'span-live-'));
  const engine = await startEngine(work);
  const pid = engine.child.pid!;
  try {
    let step = 0;
    const send = async (steps: number) => {
      await sender('--kind', 'tcp', '--flows', FLOWS, '--rate', rate, '--from', step, '--count', FLOWS * steps);
      step += steps;
      await wait(1500);
    };
    // Opened, and looked at until detection has given its word.
    await send(60);
    const idle = cpuUs(pid);
    await wait(5000);
    say(`  idle: ${((cpuUs(pid) - idle) / 5e4).toFixed(2)} % of a core; ${engine.stats().flows.active} flows`);
    const costs: number[] = [];
    const threadsBefore = threads(pid);
    const first = engine.stats().packets;
    for (let round = 0; round < 3; round++) {
      const [before, packets] = [cpuUs(pid), engine.stats().packets];
      await send(Math.max(8, Math.round((rate * seconds) / 3 / FLOWS)));
      costs.push((cpuUs(pid) - before) / (engine.stats().packets - packets));
    }
    const all = engine.stats().packets - first;
    const parts = [...threads(pid)].map(([name, us]) => ({ name, us: (us - (threadsBefore.get(name) ?? 0)) / all }));
    const shown = parts.filter((p) => p.us > 0.002).sort((a, b) => b.us - a.us);
    say(`  by thread: ${shown.map((p) => `${p.name} ${p.us.toFixed(3)}`).join(', ')}`);
    costs.sort((a, b) => a - b);
    const { source, flows, plugins } = engine.stats();
    say(
      `  whole engine: ${costs.map((c) => c.toFixed(3)).join(' / ')} µs; median ${(costs[1]! / 0.45).toFixed(2)} of the limit`,
    );
    say(`  ${flows.created} flows made, ${source.stats.kernelDropped} packets lost, ${plugins.calls} hook calls`);
  } finally {
    await end(engine, work);
  }
}

/** Fifteen plugins: the shipped ones and copies of a small one. */
function fifteenPlugins(work: string): string[] {
  const folder = join(work, 'more');
  for (let i = 0; i < 3; i++) {
    const scripts = join(folder, `counting_${i}`, 'user_scripts/flow');
    mkdirSync(scripts, { recursive: true });
    writeFileSync(
      join(folder, `counting_${i}`, 'manifest.lua'),
      `return { title = "counting ${i}", description = "bench", author = "bench" }`,
    );
    writeFileSync(
      join(scripts, `counting_${i}.lua`),
      `local user_scripts = require "user_scripts"
local seen = 0
local script = { category = user_scripts.script_categories.network, hooks = {} }
function script.hooks.protocolDetected(now, conf) seen = seen + flow.getBytes() end
function script.hooks.flowEnd(now, conf) seen = seen + 1 end
return script`,
    );
  }
  return [...shippedPluginDirs(), folder];
}

function engineOf(appliance: number): number {
  const children = readFileSync(`/proc/${appliance}/task/${appliance}/children`, 'utf8').trim().split(' ');
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('engine'));
  if (!found) throw new Error('the appliance has no engine');
  return Number(found);
}

async function loss(seconds: number): Promise<void> {
  const rate = 300_000;
  const work = mkdtempSync(join(tmpdir(), 'span-live-'));
  const folders = fifteenPlugins(work).flatMap((dir) => ['--plugins', dir]);
  const args = ['run', '--interface', 'rx0', '--state', work, '--port', '8080', '--host', '127.0.0.1', ...folders];
  const log: string[] = [];
  const child = spawn(process.execPath, ['--max-semi-space-size=4', bundle, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => log.push(String(text)));
  try {
    for (let i = 0; i < 200 && !log.join('').includes('ready: watching'); i++) await wait(100);
    const visitor = new Visitor(8080);
    const password = 'seven brown otters swim';
    await visitor.post('/setup', { password, again: password }, {}, '/setup');
    const engine = engineOf(child.pid!);
    const health = async () => JSON.parse((await visitor.get('/api/v1/health')).text) as { stats?: EngineStats };
    const stats = async (): Promise<EngineStats> => {
      const { stats } = await health();
      if (!stats) throw new Error('the health API gives no figures of the engine');
      return stats;
    };
    await sender('--kind', 'tcp', '--flows', FLOWS, '--rate', 100_000, '--count', FLOWS * 40);
    await wait(2000);
    const before = await stats();
    const [used, steps] = [cpuUs(engine), Math.round((rate * seconds) / FLOWS)];
    const times: number[] = [];
    let sending = true;
    const pages = ['/', '/alerts', '/flows', '/plugins', '/health', '/flows?sort=bytes', '/api/v1/flows?limit=100'];
    const browsing = (async () => {
      for (let i = 0; sending; i++) {
        const begun = performance.now();
        const { status } = await visitor.get(pages[i % pages.length]!);
        if (status !== 200) throw new Error(`${pages[i % pages.length]} answered ${status}`);
        times.push(performance.now() - begun);
        if (process.env['SPAN_LIVE_TRACE']) {
          const now = await stats();
          say(
            `    ${new Date().toISOString().slice(17, 23)} ${pages[i % pages.length]} ${times.at(-1)!.toFixed(0)} ms, lost ${now.source.stats.kernelDropped}, calls ${now.plugins.calls}, gc longest ${now.pauses?.maxMs.toFixed(0)} ms`,
          );
        }
        await wait(200);
      }
    })();
    const sent = await sender(
      '--kind',
      'tcp',
      '--flows',
      FLOWS,
      '--rate',
      rate,
      '--from',
      40,
      '--count',
      FLOWS * steps,
    );
    sending = false;
    await browsing;
    await wait(2000);
    const after = await stats();
    times.sort((a, b) => a - b);
    const received = after.packets - before.packets;
    const dropped = (after.source.stats.kernelDropped ?? 0) - (before.source.stats.kernelDropped ?? 0);
    say(`loss at ${rate}/s of 64 bytes for ${seconds} s, ${FLOWS} connections, the page in use, limit 0`);
    say(`  sender: ${sent}`);
    say(`  received ${received}, lost ${FLOWS * steps - received} (ring full: ${dropped})`);
    say(`  engine: ${((cpuUs(engine) - used) / received).toFixed(3)} µs of CPU a packet`);
    const p = after.pauses;
    if (p)
      say(
        `  garbage collection: ${p.count} pauses, p99.9 ${p.p999Ms.toFixed(1)} ms, longest ${p.maxMs.toFixed(1)} ms, limit 10 ms`,
      );
    say(
      `  ${times.length} pages, median ${times[times.length >> 1]!.toFixed(0)} ms, slowest ${times.at(-1)!.toFixed(0)} ms`,
    );
    const pluginLine = after.plugins;
    say(`  hook calls ${pluginLine.calls}, skipped ${pluginLine.skipped}`);
  } finally {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    rmSync(work, { recursive: true, force: true });
  }
}

/** Figures older than this are not of the moment that they stand for. */
const STALE_MS = 3000;

async function flood(seconds: number, rate: number): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'span-live-'));
  const engine = await startEngine(work);
  const pid = engine.child.pid!;
  say(
    `memory of the engine in a SYN scan at ${rate}/s for ${seconds} s, limit: flat within 5 % once the table is full`,
  );
  try {
    const scanning = sender('--kind', 'scan', '--rate', rate, '--count', rate * seconds);
    let over = false;
    void scanning.then(() => (over = true));
    const sizes: number[] = [];
    let [shown, stale, oldest] = [0, 0, 0];
    const every = Math.min(10, Math.max(1, Math.round(seconds / 100)));
    const show = Math.max(5, Math.round(seconds / 20));
    const used = cpuUs(pid);
    const first = engine.stats();
    for (let t = every; !over; t += every) {
      await wait(every * 1000);
      const { atMs, flows, hosts, pauses, source } = engine.stats();
      const age = Date.now() - atMs;
      oldest = Math.max(oldest, age);
      if (age > STALE_MS) stale++;
      const size = memory(pid, 'Rss');
      if (flows.active >= flows.limit * 0.99) sizes.push(size);
      if (t < shown + show) continue;
      shown = t;
      say(
        `  ${String(t).padStart(5)} s  ${size.toFixed(0)} MB  ${flows.active}/${flows.limit} flows, ${hosts.active}/${hosts.limit} hosts, ${flows.evicted} evicted, ${source.stats.kernelDropped} lost, gc p99.9 ${pauses?.p999Ms.toFixed(1)} ms, figures ${(age / 1000).toFixed(1)} s old`,
      );
    }
    await scanning;
    const last = engine.stats();
    const made = last.flows.created - first.flows.created;
    say(
      `  ${made} flows made, ${((cpuUs(pid) - used) / made).toFixed(2)} µs of CPU each; ${last.source.stats.kernelDropped} packets lost`,
    );
    say(`  figures older than ${STALE_MS / 1000} s: ${stale} times; the oldest ${(oldest / 1000).toFixed(1)} s`);
    const fifths = Array.from({ length: 5 }, (_, i) => {
      const part = sizes.slice((i * sizes.length) / 5, ((i + 1) * sizes.length) / 5);
      return part.reduce((sum, size) => sum + size, 0) / Math.max(1, part.length);
    });
    say(`  at the limit, mean of each fifth: ${fifths.map((size) => size.toFixed(1)).join(' / ')} MB`);
    // The first figures are of a heap that still finds its size.
    const steady = fifths.slice(1);
    say(
      `  largest to smallest of the last four: ${(Math.max(...steady) / Math.min(...steady)).toFixed(3)}, limit 1.05`,
    );
  } finally {
    await end(engine, work);
  }
}

const [what = 'cpu', length, rate] = process.argv.slice(2);
if (process.env['SPAN_LIVE_SENDER'] === undefined) outside();
else if (what === 'cpu') await cpu(Number(length ?? 30));
else if (what === 'loss') await loss(Number(length ?? 60));
else await flood(Number(length ?? 300), Number(rate ?? 100_000));
