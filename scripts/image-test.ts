/**
 * Boots an x86-64 test image in QEMU (no acceleration needed) and drives it from outside: page, mirror port, updates.
 *   node scripts/image-test.ts IMAGE.img UPDATE.raucb [FOREIGN.raucb]
 * IMAGE: of `image/build amd64 --test` (it has a root shell on the second serial port); UPDATE: the same of another version;
 * FOREIGN: signed by other keys. Every wait has a deadline; the machine is ended by its own pid.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dns, type Host, udp } from '../test/kit/frames.ts';

/** On a quiet machine a start takes half a minute; a loaded one gets eight times that. */
const BOOT_MS = 300_000;
const INSTALL_MS = 300_000;
const PORT = 18_588;
const FRAMES = { to: 19_511, from: 19_512 };
/** What a terminal's shell prints besides the text; ESC and BEL begin and end it. */
const TERMINAL = new RegExp(
  ['ESC\\[[0-9;?]*[a-zA-Z]', 'ESC\\][^BEL]*BEL', '\\r'].join('|').replaceAll('ESC', '\\x1b').replaceAll('BEL', '\\x07'),
  'g',
);
const PASSWORD = 'walrus teapot 91 sky';

const [image, update, foreign] = process.argv.slice(2);
if (!image || !update) {
  process.stderr.write('usage: node scripts/image-test.ts IMAGE.img UPDATE.raucb [FOREIGN.raucb]\n');
  process.exit(2);
}
const dir = mkdtempSync(join(tmpdir(), 'spanwatch-vm-'));
const base = `http://127.0.0.1:${PORT}`;
let machine: ChildProcess | undefined;

function say(text: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

function check(ok: boolean, what: string): void {
  if (!ok) throw new Error(`failed: ${what}`);
  say(`ok   ${what}`);
}

/** Power on. */
function start(): void {
  const drive = (file: string, more: string): string[] => ['-drive', `if=pflash,format=raw,file=${file}${more}`];
  const args = [
    '-n',
    '5',
    'qemu-system-x86_64',
    '-M',
    'q35,accel=tcg',
    '-cpu',
    'qemu64,+sse4.1,+sse4.2,+ssse3,+popcnt',
  ];
  args.push('-smp', '2', '-m', '1024', '-nodefaults', '-display', 'none', '-vga', 'none');
  args.push(...drive('/usr/share/OVMF/OVMF_CODE_4M.fd', ',readonly=on'), ...drive(join(dir, 'vars'), ''));
  args.push('-drive', `if=none,id=d,format=raw,file=${join(dir, 'disk')}`, '-device', 'virtio-blk-pci,drive=d');
  args.push(
    '-netdev',
    `user,id=n0,hostfwd=tcp:127.0.0.1:${PORT}-:80`,
    '-device',
    'virtio-net-pci,netdev=n0,mac=52:54:00:00:00:01',
  );
  args.push('-netdev', `socket,id=n1,udp=127.0.0.1:${FRAMES.from},localaddr=127.0.0.1:${FRAMES.to}`);
  args.push('-device', 'virtio-net-pci,netdev=n1,mac=52:54:00:00:00:02', '-serial', `file:${join(dir, 'serial')}`);
  args.push(
    '-chardev',
    `socket,path=${join(dir, 'shell')},server=on,wait=off,id=dbg`,
    '-device',
    'pci-serial,chardev=dbg',
  );
  args.push('-device', 'i6300esb', '-action', 'watchdog=reset');
  machine = spawn('nice', args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Power cut. */
async function cut(): Promise<void> {
  if (machine === undefined) return;
  const gone = new Promise((resolve) => machine!.once('exit', resolve));
  machine.kill('SIGKILL');
  await gone;
  machine = undefined;
}

/** Runs a command in the machine's root shell; resolves to what it printed. */
function shell(command: string, ms = 60_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(join(dir, 'shell'));
    const tag = `end-${Date.now()}`;
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer to ${command} within ${ms / 1000} s: ${text.slice(-300)}`));
    }, ms);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk;
      const end = text.lastIndexOf(`${tag} done`);
      if (end < 0) return;
      clearTimeout(timer);
      socket.destroy();
      resolve(text.slice(0, end).replaceAll(TERMINAL, '').split('\n').slice(1).join('\n'));
    });
    socket.write(`${command}; echo ${tag.slice(0, 3)}''${tag.slice(3)} done\n`);
  });
}

async function until(what: string, ms: number, done: () => Promise<boolean>): Promise<void> {
  const from = performance.now();
  while (performance.now() - from < ms) {
    if (await done().catch(() => false)) {
      say(`ok   ${what}, after ${Math.round((performance.now() - from) / 1000)} s`);
      return;
    }
    await sleep(1000);
  }
  throw new Error(`failed: ${what}, not within ${ms / 1000} s`);
}

const answers = async (): Promise<boolean> =>
  (await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(3000) })).status < 600;
const status = async (): Promise<Map<string, string>> =>
  new Map(
    (await shell('cat /run/spanwatch-update/status')).split('\n').map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
const confirmed = async (): Promise<boolean> => (await status()).get('confirmed') === 'yes';

let cookie = '';
async function signIn(): Promise<void> {
  const door = await fetch(`${base}/login`, { redirect: 'manual' });
  cookie = (door.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
  const token = tokenIn(await door.text());
  const body = new URLSearchParams({ _token: token, user: 'admin', password: PASSWORD });
  const answer = await fetch(`${base}/login`, {
    method: 'POST',
    redirect: 'manual',
    body,
    headers: { Cookie: cookie, Origin: base },
  });
  cookie = answer.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  check(answer.status === 303 && cookie.includes('session'), 'signs in with the password of the boot file');
}
const tokenIn = (page: string): string => /name="_token" value="([^"]+)"/.exec(page)?.[1] ?? '';
const get = async (path: string): Promise<string> => (await fetch(base + path, { headers: { Cookie: cookie } })).text();

/** Sends a file as the page's script does. */
async function send(bytes: Buffer): Promise<void> {
  const token = tokenIn(await get('/settings/updates'));
  const headers = { Cookie: cookie, Origin: base, 'X-CSRF-Token': token, 'Content-Type': 'application/octet-stream' };
  const answer = await fetch(`${base}/settings/updates/file`, { method: 'POST', headers, body: new Uint8Array(bytes) });
  check(answer.status === 200, `the page takes ${Math.round(bytes.length / 1e6)} MB (${answer.status})`);
}

/** Frames into the mirror port: a desk that asks a DNS server which nobody allowed. */
async function mirror(count: number): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(FRAMES.from, '127.0.0.1', done));
  const desk: Host = { ip: '192.168.1.10', mac: '02:00:00:00:02:10' };
  const server: Host = { ip: '198.51.100.53', mac: '02:00:00:00:01:01' };
  for (let i = 0; i < count; i++) {
    for (const frame of [
      udp(desk, server, 20_000 + i, 53, dns(i, 'www.example.com')),
      udp(server, desk, 53, 20_000 + i, dns(i, 'www.example.com', '203.0.113.7')),
    ]) {
      socket.send(frame, FRAMES.to, '127.0.0.1');
    }
    await sleep(5);
  }
  socket.close();
}

const outcome = async (): Promise<string> => (await status()).get('state') ?? '';
const settled = async (): Promise<boolean> => ['failed', 'installed'].includes(await outcome());

async function drive(): Promise<void> {
  execFileSync('cp', ['--sparse=always', image!, join(dir, 'disk')]);
  execFileSync('truncate', ['-s', '1500M', join(dir, 'disk')]);
  copyFileSync('/usr/share/OVMF/OVMF_VARS_4M.fd', join(dir, 'vars'));
  writeFileSync(join(dir, 'spanwatch.txt'), `# set-up\r\npassword = ${PASSWORD}\r\n`);
  execFileSync('mcopy', ['-i', `${join(dir, 'disk')}@@1M`, join(dir, 'spanwatch.txt'), '::/spanwatch.txt']);

  start();
  await until('first start: the page answers', BOOT_MS, answers);
  await until('captures', BOOT_MS, async () =>
    (await shell('systemctl show -p StatusText spanwatch')).includes('watching '),
  );
  check(
    !(await shell('cat /boot/esp/spanwatch.txt')).includes(PASSWORD),
    'the password is no longer on the boot partition',
  );
  await until('slot A is confirmed', BOOT_MS, confirmed);
  say(
    `     ${(await shell('systemctl show -p MemoryCurrent spanwatch; df -h /data | tail -1')).trim().replace('\n', ', ')}`,
  );
  await signIn();
  await mirror(200);
  await until('flows of the mirror port are on the page', 60_000, async () =>
    (await get('/flows')).includes('192.168.1.10'),
  );

  const bundle = readFileSync(update!);
  const damaged = Buffer.from(bundle);
  damaged[damaged.length >> 1]! ^= 1;
  await send(damaged);
  await until('a flipped byte is refused', INSTALL_MS, async () => (await outcome()) === 'failed');
  if (foreign) {
    await send(readFileSync(foreign));
    await until('a foreign signature is refused', INSTALL_MS, async () =>
      ((await status()).get('text') ?? '').includes('not signed'),
    );
  }
  await send(bundle);
  await until('installing', INSTALL_MS, async () => (await outcome()) === 'installing');
  await cut();
  say('     power cut while the other slot is written');
  start();
  await until(
    'starts again from slot A',
    BOOT_MS,
    async () => (await answers()) && (await status()).get('booted') === 'A',
  );
  await until('slot A is confirmed again', BOOT_MS, confirmed);

  await signIn();
  await send(bundle);
  await until('installed to slot B', INSTALL_MS, settled);
  check((await outcome()) === 'installed', (await status()).get('text') ?? '');
  await shell('systemctl --no-block reboot');
  await sleep(5000);
  await until(
    'slot B runs and is confirmed',
    BOOT_MS * 2,
    async () => (await status()).get('booted') === 'B' && (await confirmed()),
  );
  check((await get('/settings/updates')).includes('slot B'), 'signed in as before: settings and sessions were kept');

  await shell(
    'dd if=/dev/zero of=/dev/disk/by-partuuid/$(sed -n s/^B=//p /etc/spanwatch-partitions) bs=1M seek=1 count=8 conv=fsync 2>/dev/null',
  );
  await cut();
  start();
  await until(
    'a broken slot B falls back to A',
    BOOT_MS * 3,
    async () => (await answers()) && (await status()).get('booted') === 'A',
  );
  await cut();
}

try {
  await drive();
  say('image-test: passed');
} catch (error) {
  say((error as Error).message);
  process.exitCode = 1;
} finally {
  await cut();
  rmSync(dir, { recursive: true, force: true });
}
