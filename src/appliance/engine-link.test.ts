import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { AlertEvent } from '../alerts/alert.ts';
import { createEngineLink, type EngineLink, type EngineLinkOptions } from './engine-link.ts';
import { endEngine, recordOf } from './engine-process.ts';
import { processIdentity } from './process-identity.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-engine-'));
after(() => rm(root, { recursive: true, force: true }));
const FAKE = fileURLToPath(new URL('./fake-engine.ts', import.meta.url));

async function until(what: () => boolean, ms = 5000): Promise<void> {
  const limit = performance.now() + ms;
  while (!what() && performance.now() < limit) await sleep(10);
  assert.ok(what(), `never happened: ${what}`);
}

interface Bench {
  link: EngineLink;
  dir: string;
  alerts: AlertEvent[];
  fresh(): number;
}

async function bench(
  t: TestContext,
  modes: string[],
  more: Partial<EngineLinkOptions> = {},
  dir?: string,
): Promise<Bench> {
  const runtimeDir = dir ?? (await mkdtemp(join(root, 'r-')));
  const alerts: AlertEvent[] = [];
  let fresh = 0;
  const link = createEngineLink({
    runtimeDir,
    version: 'test',
    command: (socketPath) => ({ file: process.execPath, args: [FAKE, socketPath, ...modes] }),
    config: () => ({
      localNetworks: [],
      configSets: [],
      pools: [],
      grants: {},
      recipients: [],
      devicePolicies: [],
      syslog: { listen: '', producers: {} },
      language: 'en',
      pluginDirs: [],
    }),
    onAlerts(items) {
      alerts.push(...items);
      return Promise.resolve();
    },
    onFresh() {
      fresh += 1;
    },
    ...more,
    times: { backoffFirst: 50, silence: 1000, hello: 3000, ...more.times },
  });
  await link.start();
  t.after(async () => {
    await link.stop();
    const record = await recordOf(join(runtimeDir, 'engine.json'));
    if (record) await endEngine(record, 0);
  });
  return { link, dir: runtimeDir, alerts, fresh: () => fresh };
}

const running = (link: EngineLink): boolean => link.state().status === 'running';
/** Not kill(pid, 0): what has ended is a zombie until its parent looks. */
const pidAlive = async (pid: number): Promise<boolean> => (await processIdentity(pid)) !== undefined;

test('starts an engine, configures it, gets figures, asks, and ends it with its last alerts', async (t) => {
  const { link, alerts, fresh } = await bench(t, []);
  await until(() => running(link) && link.stats() !== undefined);
  const { pid } = link.state();
  assert.ok(await pidAlive(pid));
  assert.equal(fresh(), 1);
  assert.deepEqual(await link.reloadPlugins(), { ok: true, text: 'reloaded' });
  await link.releasePlugin('culprit');
  await until(() => link.logs().some((line) => line.text === 'configured ["culprit"]'));
  await link.stop();
  assert.equal(await pidAlive(pid), false);
  assert.equal(alerts.at(-1)?.text, 'last words');
  assert.equal(link.state().status, 'down');
  await assert.rejects(link.flow(1), /the engine is not running/);
  assert.equal((await link.reloadPlugins()).ok, false);
});

test('kill -9 of the engine: another runs within a second, the reason is kept, nothing is lost', async (t) => {
  const { link, alerts, fresh } = await bench(t, ['alerts'], { times: { backoffFirst: 250 } });
  await until(() => running(link) && alerts.length > 5);
  const { pid } = link.state();
  const began = performance.now();
  process.kill(pid, 'SIGKILL');
  await until(() => !running(link));
  assert.match(link.state().reason, /ended by SIGKILL; next start in 0\.3 s/);
  await until(() => running(link) && link.state().pid !== pid);
  const took = performance.now() - began;
  assert.ok(took < 2000, `took ${took} ms`);
  assert.equal(link.state().restarts, 1);
  assert.equal(fresh(), 2);
  await until(() => alerts.at(-1)!.key.startsWith(`boot${link.state().pid}`));
});

test('our own crash: the next appliance finds the engine and what it did not acknowledge', async (t) => {
  const dir = await mkdtemp(join(root, 'r-'));
  const script = `
    const { createEngineLink } = await import(${JSON.stringify(new URL('./engine-link.ts', import.meta.url).href)});
    const link = createEngineLink({ runtimeDir: ${JSON.stringify(dir)}, version: 'test',
      command: (path) => ({ file: process.execPath, args: [${JSON.stringify(FAKE)}, path, 'alerts'] }),
      config: () => ({ localNetworks: [], configSets: [], pools: [], grants: {}, language: 'en', pluginDirs: [] }),
      onAlerts: (items) => { for (const item of items) console.log(item.key); return new Promise(() => {}); } });
    await link.start();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  let heard = '';
  child.stdout.on('data', (chunk) => {
    heard += chunk;
  });
  await until(() => heard.split('\n').length > 10);
  const before = (await recordOf(join(dir, 'engine.json')))!.pid;
  child.kill('SIGKILL');
  const { link, alerts, fresh } = await bench(t, ['alerts'], {}, dir);
  await until(() => running(link) && alerts.length > 20);
  assert.equal(link.state().pid, before, 'same engine');
  assert.equal(fresh(), 0);
  assert.equal(link.health().adopted, true);
  const unheard = heard
    .trim()
    .split('\n')
    .filter((key) => !alerts.some((alert) => alert.key === key));
  assert.deepEqual(unheard, []);
  assert.equal(alerts[0]?.key, `boot${before}-1`);
  // Acknowledged alerts are not sent to a third one.
  await sleep(100);
  const most = Math.max(...alerts.map((alert) => Number(alert.key.split('-')[1])));
  assert.ok(alerts.length <= most, 'nothing was sent twice on one line');
});

test('an engine with other arguments is replaced, not taken over', async (t) => {
  const first = await bench(t, ['orphan=60000']);
  await until(() => running(first.link));
  const { pid } = first.link.state();
  const second = await bench(t, ['alerts'], {}, first.dir);
  await until(() => running(second.link));
  assert.notEqual(second.link.state().pid, pid);
  assert.equal(await pidAlive(pid), false);
});

test('a silent engine and one that never says hello are killed, and it is said', async (t) => {
  const frozen = await bench(t, ['freeze']);
  await until(() => frozen.link.logs().some((line) => /said nothing for 1 s/.test(line.text)));
  await frozen.link.stop();
  const mute = await bench(t, ['mute'], { times: { hello: 500 } });
  await until(() => /ENOENT|no hello/.test(mute.link.state().reason));
  assert.ok(mute.link.state().restarts >= 1);
});

test('an engine that keeps crashing is started less and less often, and at once when asked', async (t) => {
  const { link } = await bench(t, ['crash=1'], { times: { backoffFirst: 100, backoffMost: 60_000 } });
  const waits = (): number[] =>
    link
      .logs()
      .flatMap(({ text }) => /ended with code 3; next start in ([\d.]+) s/.exec(text)?.[1] ?? [])
      .map(Number);
  await until(() => waits().length >= 4, 20_000);
  assert.deepEqual(waits().slice(0, 4), [0.1, 0.2, 0.4, 0.8]);
  const { restarts } = link.state();
  await until(() => link.state().status === 'down');
  link.restart('the owner asked');
  await until(() => link.state().restarts > restarts, 5000);
});

test('restart with a reason; a program that does not exist is a reason too', async (t) => {
  const { link } = await bench(t, []);
  await until(() => running(link));
  const { pid } = link.state();
  link.restart('the interface was changed');
  await until(() => running(link) && link.state().pid !== pid);
  assert.ok(link.logs().some((line) => line.text.includes('the interface was changed')));
  const none = await bench(t, [], { command: () => ({ file: '/no/such/program', args: [] }) });
  await until(() => /cannot start \/no\/such\/program/.test(none.link.state().reason));
});

test('nothing to watch: says so, and starts as soon as there is', async (t) => {
  let ready = false;
  const { link, dir } = await bench(t, [], {
    command: (socketPath) =>
      ready ? { file: process.execPath, args: [FAKE, socketPath] } : { waitFor: 'no interface is chosen' },
  });
  await until(() => link.state().reason === 'no interface is chosen');
  assert.equal(link.state().status, 'down');
  ready = true;
  link.configure();
  await until(() => running(link));
  assert.ok((await readFile(join(dir, 'engine.json'), 'utf8')).includes('identity'));
});
