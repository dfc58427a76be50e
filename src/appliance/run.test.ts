import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endEngine, recordOf } from './engine-process.ts';
import { takeLock } from './lock.ts';
import { canReceive, receiveNotifications } from './notify-receiver.ts';
import { processIdentity } from './process-identity.ts';
import { readArgs, runtimeFolder } from './run.ts';

const root = await mkdtemp(join(tmpdir(), 'spanwatch-run-'));
after(() => rm(root, { recursive: true, force: true }));
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const MAKE_DEMO = fileURLToPath(new URL('../../scripts/make-demo.ts', import.meta.url));

test('arguments', () => {
  assert.equal(readArgs(['--help']), 'help');
  const options = readArgs(['--state', '/s', '--interface', 'eth1']);
  assert.ok(
    options !== 'help' && options.stateDir === '/s' && options.port === 8080 && options.pluginDirs.length === 2,
  );
  const unit = readArgs([], { STATE_DIRECTORY: '/var/lib/spanwatch' });
  assert.ok(unit !== 'help' && unit.stateDir === '/var/lib/spanwatch');
  for (const [args, word] of [
    [[], /--state is missing/],
    [['--state', 's', '--interface', 'a', '--demo', 'b'], /exclude each other/],
    [['--state', 's', '--port', '70000'], /--port 70000 is not a port/],
    [['--state', 's', '--port', '-1'], /port/],
    [['--state', 's', '--capture', 'x'], /--capture x is unknown/],
    [['--nonsense'], /Unknown option/],
  ] as [string[], RegExp][]) {
    assert.throws(() => readArgs(args, {}), word);
  }
});

test('the socket folder: given, in the state folder, or a short private one', async () => {
  assert.equal(await runtimeFolder(root, { RUNTIME_DIRECTORY: join(root, 'given') }), join(root, 'given'));
  await mkdir(join(root, 's', 'run'), { recursive: true });
  await chmod(join(root, 's', 'run'), 0o755);
  assert.equal(await runtimeFolder(join(root, 's'), {}), join(root, 's', 'run'));
  assert.equal((await stat(join(root, 's', 'run'))).mode & 0o777, 0o700);
  const deep = join(root, 'd'.repeat(120));
  const short = await runtimeFolder(deep, {});
  assert.ok(short.length < 90 && short.startsWith(tmpdir()));
  await rm(short, { recursive: true });
});

test('the lock: held by the living, taken over from the dead and from garbage', async () => {
  const dir = await mkdtemp(join(root, 'lock-'));
  const lock = await takeLock(dir);
  await assert.rejects(takeLock(dir), new RegExp(`another spanwatch \\(pid ${process.pid}\\) uses the state folder`));
  await lock.release();
  for (const text of ['', 'x', `${process.pid} wrong:1\n`, '999999999 a:b\n']) {
    await writeFile(join(dir, 'spanwatch.lock'), text);
    await (await takeLock(dir)).release();
  }
  await assert.rejects(takeLock(join(dir, 'missing')), /cannot lock the state folder/);
});

test('the whole service: notify, one instance, both crashes survived, clean end', async (t) => {
  const dir = await mkdtemp(join(root, 'e2e-'));
  const demo = join(dir, 'demo.pcap');
  execFileSync(process.execPath, [MAKE_DEMO, demo], { stdio: 'ignore' });
  const notify = join(dir, 'notify.sock');
  const receiver = canReceive() ? await receiveNotifications(notify) : undefined;
  const state = join(dir, 'state');
  const recordFile = join(state, 'run', 'engine.json');
  t.after(async () => {
    receiver?.stop();
    const record = await recordOf(recordFile);
    if (record) await endEngine(record, 0);
  });
  const lines: string[] = [];
  const launch = (): ChildProcess => {
    const child = spawn(
      process.execPath,
      [MAIN, 'run', '--state', state, '--demo', demo, '--port', '0', '--host', '127.0.0.1'],
      {
        env: { ...process.env, ...(receiver ? { NOTIFY_SOCKET: notify, WATCHDOG_USEC: '2000000' } : {}) },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    child.stderr?.on('data', (chunk: Buffer) => lines.push(...chunk.toString().split('\n')));
    t.after(() => child.kill('SIGKILL'));
    return child;
  };
  const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
    for (let i = 0; i < 1500 && !(await what()); i++) await sleep(10);
    assert.ok(await what(), `never happened: ${what}\n${lines.join('\n')}`);
  };
  const said = (text: RegExp) => (): boolean => lines.some((line) => text.test(line));
  const engine = async (): Promise<number> => (await recordOf(recordFile))?.pid ?? 0;

  const first = launch();
  await until(said(/ready: watching .*demo\.pcap/));
  const second = launch();
  assert.equal((await once(second, 'exit'))[0], 1);
  assert.ok(said(/another spanwatch \(pid \d+\) uses the state folder/)());

  const before = await engine();
  process.kill(before, 'SIGKILL');
  await until(async () => (await engine()) !== before);
  await until(said(/the engine failed: it was ended by SIGKILL/));

  const survivor = await engine();
  first.kill('SIGKILL');
  await once(first, 'exit');
  lines.length = 0;
  const third = launch();
  await until(said(/found the engine of an earlier run/));
  await until(said(/ready: watching/));
  assert.equal(await engine(), survivor);

  if (receiver) {
    await until(() => receiver.got.filter((text) => text === 'WATCHDOG=1').length > 3);
    assert.ok(receiver.got.some((text) => /^READY=1\nSTATUS=watching/.test(text)));
  } else t.diagnostic('python3 is not here: notifications were not looked at');
  third.kill('SIGTERM');
  assert.equal((await once(third, 'exit'))[0], 0);
  // Not kill(pid, 0): an orphan may be a zombie for a while.
  assert.equal(await processIdentity(survivor), undefined, 'the engine ended too');
  if (receiver) await until(() => receiver.got.at(-1)?.startsWith('STOPPING=1') ?? false);
});
