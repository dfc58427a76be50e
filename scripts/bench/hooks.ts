/**
 * See the script `hooks` beside this file. First one thread does everything, so that the figure is of one core; then the
 * whole room with its worker and 50 plugins, the worker bundled as in the product.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { createPluginHost, setWorkerEntry } from '../../src/plugins/host.ts';
import { scanPlugins } from '../../src/plugins/scan.ts';
import { Kit, setOf } from '../../src/plugins/testing/kit.ts';
import { dnsFlow } from '../../src/plugins/testing/record.ts';

const calls = Number(process.argv[2] ?? 400_000);
const LIMIT_US = 6;
const LIMIT_PER_S = 150_000;

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const show = (what: string, us: number, limit: number) =>
  console.log(
    `${what.padEnd(58)} ${us.toFixed(2).padStart(7)} µs  limit ${limit} µs  ratio ${(us / limit).toFixed(2)}`,
  );

const items = ['1.1.1.1', '9.9.9.9', '8.8.8.8', '8.8.4.4'];
const scan = scanPlugins([new URL('../../plugins', import.meta.url).pathname]);
const kit = await new Kit().loadScan(
  { plugins: scan.plugins.filter((plugin) => plugin.key === 'unexpected_dns'), warnings: [] },
  setOf({ flow: { unexpected_dns: { all: { script_conf: { items } } } } }),
);
const records = Array.from({ length: 512 }, (_, i) =>
  dnsFlow({
    client: {
      ip: `192.168.${i >> 7}.${i & 127}`,
      port: 40_000 + i,
      mac: '00:11:22:33:44:55',
      local: true,
      group: false,
    },
    server: { ip: items[i & 3]!, port: 53, mac: '66:77:88:99:aa:bb', local: false, group: false },
  }),
);

function measure(n: number, step: (i: number) => void): number {
  for (let i = 0; i < 40_000; i++) step(i);
  const start = cpuUs();
  for (let i = 0; i < n; i++) step(i);
  return (cpuUs() - start) / n;
}

const snapshot = measure(calls, (i) => kit.snapshotOnly(records[i & 511]!));
const whole = measure(calls, (i) => kit.flow(records[i & 511]!));
let wanted = 0;
const wants = measure(calls * 20, (i) => {
  if (kit.wants.wants('protocolDetected', 17, i & 255, 5)) wanted++;
});
show('hook call, record to end of script (getInfo of 16 fields)', whole, LIMIT_US);
show('  of which snapshot and queue', snapshot, LIMIT_US);
show('wants()', wants, 0.05);
const perSecond = 1e6 / whole;
console.log(
  `hook calls per second on one core`.padEnd(58),
  `${Math.round(perSecond).toLocaleString('en')}/s  limit ${LIMIT_PER_S.toLocaleString('en')}/s  ratio ${(perSecond / LIMIT_PER_S).toFixed(2)}`,
);
// A plugin is opened: its VM, manifest, texts, script; the first of a process compiles the engine and is not counted.
const opened = async (n: number): Promise<number> => {
  const files = Object.fromEntries(scan.plugins.find((plugin) => plugin.key === 'unexpected_dns')!.files);
  const plugins = Object.fromEntries(
    Array.from({ length: n }, (_, i) => {
      const { 'user_scripts/flow/unexpected_dns.lua': script, ...others } = files;
      return [`plugin_${i}`, { ...others, [`user_scripts/flow/script_${i}.lua`]: script! }];
    }),
  );
  const start = cpuUs();
  const many = await new Kit().load(plugins);
  const us = cpuUs() - start;
  many.close();
  return us;
};
const first = await opened(1);
const each = ((await opened(51)) - first) / 50_000;
console.log(
  `${'start of a plugin with its VM, CPU'.padEnd(58)} ${each.toFixed(2).padStart(7)} ms  limit 5 ms  ratio ${(each / 5).toFixed(2)}`,
);
if (kit.alerts.length > 0 || wanted === 0) throw new Error('the bench ran something else than it should');
kit.close();
process.exitCode = whole <= LIMIT_US ? 0 : 1;

const PLUGINS = 50;
const root = mkdtempSync(join(tmpdir(), 'spanwatch-bench-'));
const shipped = new URL('../../plugins/unexpected_dns/', import.meta.url).pathname;
for (let i = 0; i < PLUGINS; i++) {
  const folder = join(root, `plugin_${i}`);
  cpSync(shipped, folder, { recursive: true });
  mkdirSync(join(folder, 'user_scripts/system'), { recursive: true });
  cpSync(join(folder, 'user_scripts/flow/unexpected_dns.lua'), join(folder, `user_scripts/flow/script_${i}.lua`));
  rmSync(join(folder, 'user_scripts/flow/unexpected_dns.lua'));
  writeFileSync(
    join(folder, `user_scripts/system/s_${i}.lua`),
    'require "alerts_api" return { hooks = { min = function() end } }',
  );
}
// The worker as scripts/bundle.ts makes it: run from the sources, the tool that strips their types is in its memory too.
const bundled = join(root, '.worker', 'plugin-worker.cjs');
await build({
  entryPoints: [new URL('../../src/plugins/bundled-worker.ts', import.meta.url).pathname],
  outfile: bundled,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  minifySyntax: true,
  external: ['cap', 'esbuild'],
  define: { 'import.meta.url': '__bundleUrl', 'import.meta.dirname': '__dirname', 'import.meta.main': 'false' },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'error',
});
mkdirSync(join(root, '.worker/assets'));
cpSync(createRequire(import.meta.url).resolve('wasmoon/dist/glue.wasm'), join(root, '.worker/assets/lua.wasm'));
setWorkerEntry(bundled);
const before = process.memoryUsage().rss;
let memory = 0;
let alerts = 0;
const host = createPluginHost({
  pluginDirs: [root],
  language: 'en',
  engine: 'wasm',
  configSets: [setOf({ flow: { script_0: { all: { script_conf: { items } } } } })],
  onAlerts: (list) => {
    alerts += list.length;
  },
  onStatus: () => {},
  onPlugins: (list) => {
    memory = Math.max(memory, ...list.map((p) => p.meter.memoryBytes));
  },
  onLog: (level, plugin, text) => {
    if (level === 'error' || level === 'warn') console.log(`${level} ${plugin}: ${text}`);
  },
});
const begun = performance.now();
await host.start();
const started = performance.now() - begun;
const added = process.memoryUsage().rss - before;
let sent = 0;
let offered = 0;
let done = false;
const feeding = (async () => {
  while (!done) {
    for (let i = 0; i < 200; i++, offered++) if (host.flow('protocolDetected', records[i & 511]!)) sent++;
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
})();
// Every plugin is changed, so that every one is loaded anew.
for (let i = 0; i < PLUGINS; i++)
  writeFileSync(
    join(root, `plugin_${i}`, 'user_scripts/system', `s_${i}.lua`),
    'require "alerts_api" return { hooks = { min = function() return 1 end } }',
  );
const asked = performance.now();
const answer = await host.reload();
if (!answer.ok) throw new Error(answer.text);
const reloaded = performance.now() - asked;
const againAsked = performance.now();
await host.reload();
const again = performance.now() - againAsked;
done = true;
await feeding;
await host.drain();
const line = (what: string, value: number, unit: string, limit: number) =>
  console.log(
    `${what.padEnd(58)} ${String(Math.round(value * 10) / 10).padStart(7)} ${unit}  limit ${limit} ${unit}  ratio ${limit === 0 ? value : (value / limit).toFixed(2)}`,
  );
line(`${PLUGINS} plugins: start of the room, worker included`, started, 'ms', 1000);
line(`${PLUGINS} plugins: resident memory added, worker included`, added / 1e6, 'MB', 60);
line('largest allowance used by one of them', memory / 1000, 'kB', 400);
line(`reload of ${PLUGINS}, all changed, while flows come`, reloaded, 'ms', 1000);
line('reload of the same with nothing changed', again, 'ms', 1000);
line(`hook calls skipped meanwhile, of ${offered}`, offered - sent, '', 0);
const cpu = cpuUs();
const calls2 = host.health().calls;
for (let round = 0; round < 20; round++) {
  for (let i = 0; i < 5000; i++) host.flow('protocolDetected', records[i & 511]!);
  await host.drain();
}
const ran = host.health().calls - calls2;
show('hook call with queue and worker, both threads', (cpuUs() - cpu) / ran, LIMIT_US);
await host.stop();
rmSync(root, { recursive: true, force: true });
if (alerts > 0) throw new Error('allowed servers raised alerts');
