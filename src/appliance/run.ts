/** `spanwatch run`: the appliance as a command and a service. */
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { shippedPluginDirs } from '../engine/shipped-plugins.ts';
import { log } from '../log.ts';
import { packed, unpackFolder } from '../packed.ts';
import { createApp } from './app.ts';
import { takeLock } from './lock.ts';
import { createNotifier, type Notifier } from './systemd.ts';

const USAGE = `usage: spanwatch run --state DIR [--interface NAME | --demo FILE] [OPTIONS]

The appliance: admin page, alert store, and the engine that it starts and watches over.
  --state DIR       folder for settings, alerts and sessions (default: $STATE_DIRECTORY)
  --interface NAME  interface that receives the mirrored traffic; kept as the setting, which the page can change
  --demo FILE       replay a capture again and again instead; "office" is the one that the executable carries
  --port N          port of the admin page (default 8080)
  --host ADDRESS    address of the admin page (default 0.0.0.0)
  --capture KIND    auto (default), ring or cap
  --plugins DIR     folder of plugins; may be given more than once (default: the shipped ones and DIR/plugins of the state folder)
`;

/** sun_path holds 108 bytes with its NUL (unix(7)). */
const SOCKET_PATH_BYTES = 107;

function parse(args: string[]) {
  return parseArgs({
    args,
    options: {
      state: { type: 'string' },
      interface: { type: 'string' },
      demo: { type: 'string' },
      port: { type: 'string', default: '8080' },
      host: { type: 'string', default: '0.0.0.0' },
      capture: { type: 'string', default: 'auto' },
      plugins: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

interface RunOptions {
  stateDir: string;
  interface: string | undefined;
  demo: string | undefined;
  port: number;
  host: string;
  capture: 'auto' | 'ring' | 'cap';
  pluginDirs: string[];
}

/** The demo's capture; the executable carries one. */
function demoFile(name: string): string {
  return packed && name === 'office' ? join(unpackFolder('demo/'), 'office.pcap') : resolve(name);
}

/** Reads the arguments; throws with a sentence for the owner. */
export function readArgs(args: string[], env: NodeJS.ProcessEnv = process.env): RunOptions | 'help' {
  const { values } = parse(args);
  if (values.help) return 'help';
  // systemd separates several state directories by colons; the unit has one.
  const state = values.state ?? env['STATE_DIRECTORY']?.split(':')[0];
  if (!state) throw new Error('--state is missing: name a folder for settings and alerts');
  if (values.interface !== undefined && values.demo !== undefined) {
    throw new Error('--interface and --demo exclude each other');
  }
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new Error(`--port ${values.port} is not a port: give 1 to 65535`);
  const { capture } = values;
  if (capture !== 'auto' && capture !== 'ring' && capture !== 'cap') {
    throw new Error(`--capture ${capture} is unknown: give auto, ring or cap`);
  }
  const stateDir = resolve(state);
  return {
    stateDir,
    interface: values.interface,
    demo: values.demo === undefined ? undefined : demoFile(values.demo),
    port,
    host: values.host,
    capture,
    pluginDirs: values.plugins?.map((dir) => resolve(dir)) ?? [...shippedPluginDirs(), join(stateDir, 'plugins')],
  };
}

/**
 * Folder of the engine's socket: systemd's runtime directory, else in the state folder, else (paths of sockets are
 * short) in the temporary folder under a name that only this state folder has. Rejects when it belongs to another user.
 */
export async function runtimeFolder(stateDir: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const given = env['RUNTIME_DIRECTORY']?.split(':')[0];
  let dir = given !== undefined && given !== '' ? given : join(stateDir, 'run');
  if (Buffer.byteLength(join(dir, 'engine.sock')) > SOCKET_PATH_BYTES) {
    const name = createHash('sha256').update(stateDir).digest('hex').slice(0, 16);
    dir = join(tmpdir(), `spanwatch-${process.getuid?.() ?? 0}-${name}`);
  }
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const info = await lstat(dir);
  if (!info.isDirectory() || info.uid !== process.getuid?.()) {
    throw new Error(`cannot use ${dir} for the engine's socket: it belongs to someone else; remove it`);
  }
  if ((info.mode & 0o077) !== 0) await chmod(dir, 0o700);
  return dir;
}

async function prepare(options: RunOptions): Promise<void> {
  await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
  if (options.demo !== undefined) {
    await stat(options.demo).catch((error: Error) => {
      throw new Error(`cannot read the demo's capture: ${error.message}`);
    });
  }
}

/** Resolves to the exit code when the appliance has ended. */
export async function run(args: string[]): Promise<number> {
  let options: RunOptions | 'help';
  try {
    options = readArgs(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    return await serve(options);
  } catch (error) {
    process.stderr.write(`spanwatch: ${(error as Error).message}\n`);
    return 1;
  }
}

/** Under which addresses the page can be opened: all of this machine's when it listens on all. */
function addresses(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return ['localhost', ...own.filter((a) => !a.internal && a.family === 'IPv4').map((a) => a.address)];
}

interface Again {
  reason: string;
  between: (() => Promise<void>) | undefined;
}

/** Runs the appliance until a signal (undefined) or until it asks to be started anew. */
async function oneLife(
  options: RunOptions,
  notifier: Notifier,
  signalled: Promise<string>,
): Promise<Again | undefined> {
  const asked = Promise.withResolvers<Again>();
  let again = false;
  const app = createApp({
    stateDir: options.stateDir,
    runtimeDir: await runtimeFolder(options.stateDir),
    host: options.host,
    port: options.port,
    capture: options.capture,
    pluginDirs: options.pluginDirs,
    // "STOPPING" would make systemd wait for our end; to it this is a reload.
    notifier: { ...notifier, stopping: (text) => (again ? notifier.reloading() : notifier.stopping(text)) },
    again: (reason, between) => asked.resolve({ reason, between }),
    ...(options.demo === undefined ? {} : { demo: options.demo }),
    ...(options.interface === undefined ? {} : { interface: options.interface }),
  });
  const { port } = await app.start();
  for (const address of addresses(options.host)) log('info', 'appliance', `admin page: http://${address}:${port}/`);
  if (app.port.settings.get().passwordHash === '') {
    log(
      'info',
      'appliance',
      'sign in: the first visit from a local network sets the password; there is no default one',
    );
  }
  const onHup = (): void => {
    void notifier.reloading();
    void app.port.engine.reloadPlugins().then(({ text }) => notifier.ready(`plugins reloaded: ${text}`));
  };
  process.on('SIGHUP', onHup);
  const next = await Promise.race([signalled, asked.promise]);
  process.off('SIGHUP', onHup);
  again = typeof next !== 'string';
  const reason = typeof next === 'string' ? `stopping: ${next}` : `starting anew: ${next.reason}`;
  log('info', 'appliance', reason);
  await app.stop();
  return typeof next === 'string' ? undefined : next;
}

async function serve(options: RunOptions): Promise<number> {
  await prepare(options);
  const lock = await takeLock(options.stateDir);
  const signalled = Promise.withResolvers<string>();
  let signals = 0;
  const onSignal = (name: string): void => {
    signals += 1;
    // A second Ctrl-C means now. The engine ends by itself when it is alone.
    if (signals > 1) process.exit(130);
    signalled.resolve(name);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  const notifier = createNotifier();
  try {
    for (;;) {
      const next = await oneLife(options, notifier, signalled.promise);
      if (next === undefined) return 0;
      await next.between?.();
    }
  } finally {
    await lock.release();
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  }
}
