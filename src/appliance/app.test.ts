import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type App, type AppOptions, createApp } from './app.ts';
import { processIdentity } from './process-identity.ts';
import type { Notifier } from './systemd.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-app-'));
after(() => rm(root, { recursive: true, force: true }));
const FAKE = fileURLToPath(new URL('./fake-engine.ts', import.meta.url));

async function until(what: () => boolean, ms = 8000): Promise<void> {
  const limit = performance.now() + ms;
  while (!what() && performance.now() < limit) await sleep(10);
  assert.ok(what(), `never happened: ${what}`);
}

/** Keeps what systemd would have heard, with the time. */
function listener(said: string[], watchdogMs?: number): Notifier {
  const say = (text: string): Promise<void> => {
    said.push(text);
    return Promise.resolve();
  };
  return {
    ready: (status) => say(`READY ${status}`),
    status: (text) => say(`STATUS ${text}`),
    watchdog: () => say('WATCHDOG'),
    reloading: () => say('RELOADING'),
    stopping: () => say('STOPPING'),
    watchdogMs,
    health: () => ({ way: 'datagram', sent: said.length, failed: 0, lastError: '' }),
  };
}

interface Started {
  app: App;
  said: string[];
  dir: string;
  url: string;
  args: string[][];
}

async function started(t: TestContext, more: Partial<AppOptions> = {}, modes: string[] = []): Promise<Started> {
  const dir = await mkdtemp(join(root, 'a-'));
  const said: string[] = [];
  const args: string[][] = [];
  const app = createApp({
    stateDir: dir,
    runtimeDir: join(dir, 'run'),
    host: '127.0.0.1',
    port: 0,
    pluginDirs: [],
    interface: 'eth1',
    notifier: listener(said),
    engineCommand(given) {
      args.push(given);
      return { file: process.execPath, args: [FAKE, given[given.indexOf('--socket') + 1]!, ...modes, ...given] };
    },
    ...more,
  });
  const { port } = await app.start();
  t.after(() => app.stop());
  return { app, said, dir, url: `http://127.0.0.1:${port}/`, args };
}

test('ready once the page listens and the engine captures; alerts arrive; everything ends in order', async (t) => {
  const { app, said, url, args } = await started(t, {}, ['alerts']);
  await until(() => said.some((text) => text.startsWith('READY')));
  assert.match(said.find((text) => text.startsWith('READY'))!, /^READY watching eth1: \d+ packets\/s/);
  assert.ok((await fetch(url, { redirect: 'manual' })).status < 500);
  assert.deepEqual(args[0]?.slice(-2), ['--interface', 'eth1']);
  await until(() => app.port.alerts.counts().all > 5);
  assert.ok(
    app.port.health.parts().every(({ ok }) => ok),
    JSON.stringify(app.port.health.parts()),
  );
  assert.equal(said.filter((text) => text === 'WATCHDOG').length, 1);
  const { pid } = app.port.engine.state();
  await app.stop();
  assert.equal(said.at(-1), 'STOPPING');
  assert.equal(await processIdentity(pid), undefined);
  await assert.rejects(fetch(url));
});

test('nothing to watch yet: ready, with that said; choosing the port starts the engine, another one restarts it', async (t) => {
  const { app, said, args } = await started(t, { interface: '' });
  await until(() => said.some((text) => text.startsWith('READY engine down: no interface is chosen')));
  assert.equal(args.length, 0);
  await app.port.settings.update({ interface: 'eth2' });
  await until(() => app.port.engine.stats() !== undefined);
  const { pid } = app.port.engine.state();
  await app.port.settings.update({ localNetworks: ['10.0.0.0/8'] });
  assert.equal(app.port.engine.state().pid, pid, 'a live setting restarts nothing');
  await app.port.settings.update({ interface: 'eth3' });
  await until(() => app.port.engine.state().status === 'running' && app.port.engine.state().pid !== pid);
  assert.ok(args.at(-1)?.includes('eth3'));
});

test('an engine that never works: the page is there and says why, and systemd keeps hearing beats', async (t) => {
  const beats: string[] = [];
  const { app, url } = await started(t, { notifier: listener(beats, 1000) }, ['crash=1']);
  await until(() => /ended with code 3/.test(app.port.engine.state().reason));
  await until(() => beats.filter((text) => text === 'WATCHDOG').length >= 4);
  assert.ok((await fetch(url, { redirect: 'manual' })).status < 500);
  const engine = app.port.health.parts().find(({ name }) => name === 'engine');
  assert.equal(engine?.ok, false);
  assert.ok(!beats.some((text) => text.startsWith('READY')), 'not ready so soon');
});

test('a part that cannot start ends the others and says which', async () => {
  const dir = await mkdtemp(join(root, 'a-'));
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const { port } = blocker.address() as { port: number };
  const app = createApp({
    stateDir: dir,
    runtimeDir: join(dir, 'run'),
    host: '127.0.0.1',
    port,
    pluginDirs: [],
    notifier: listener([]),
  });
  await assert.rejects(app.start(), /cannot start admin: .*EADDRINUSE|cannot start admin: .*in use/);
  blocker.close();
});

test('a bad interface name is refused, a card that takes no writes is not', async (t) => {
  const dir = await mkdtemp(join(root, 'a-'));
  const common = { stateDir: dir, runtimeDir: join(dir, 'run'), host: '127.0.0.1', port: 0, pluginDirs: [] };
  const bad = createApp({ ...common, interface: '../x', notifier: listener([]) });
  await assert.rejects(bad.start(), /cannot start settings: setting interface must be the name/);
  await mkdir(join(dir, 'settings.json'));
  await mkdir(join(dir, 'alerts.db'));
  await mkdir(join(dir, 'config.db'));
  const { app } = await started(t, { stateDir: dir });
  await until(() => app.port.engine.stats() !== undefined);
  const bads = app.port.health.parts().filter(({ ok }) => !ok);
  assert.deepEqual(
    bads.map(({ name }) => name),
    ['alerts', 'settings'],
  );
});
