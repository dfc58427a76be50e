/**
 * A virtual machine with an image of `image/build --test`, driven from outside: power, the root shell on its second serial
 * port, its disk. Pure emulation; every wait has a deadline; the machine is ended by its own pid.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** On a quiet machine a start takes half a minute; a loaded one gets ten times that. */
export const BOOT_MS = 300_000;
export const INSTALL_MS = 300_000;
/** MiB before the partitions, as image/lib/disk.sh lays them out. */
export const SLOT_A_MB = 1 + 128;
export const SLOT_B_MB = SLOT_A_MB + 384;
const DATA_MB = SLOT_B_MB + 384;
/** What a terminal's shell prints besides the text; ESC and BEL begin and end it. */
const TERMINAL = new RegExp(
  ['ESC\\[[0-9;?]*[a-zA-Z]', 'ESC\\][^BEL]*BEL', '\\r'].join('|').replaceAll('ESC', '\\x1b').replaceAll('BEL', '\\x07'),
  'g',
);

export function say(text: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

export function check(ok: boolean, what: string): void {
  if (!ok) throw new Error(`failed: ${what}`);
  say(`ok   ${what}`);
}

/** Polls every second; what throws is a "not yet", kept for the message at the deadline. */
export async function until(what: string, ms: number, done: () => Promise<boolean>): Promise<number> {
  const from = performance.now();
  let last = '';
  while (performance.now() - from < ms) {
    const yes = await done().catch((error: Error) => {
      last = `: ${error.message.slice(0, 200)}`;
      return false;
    });
    if (yes) {
      const seconds = (performance.now() - from) / 1000;
      say(`ok   ${what}, after ${Math.round(seconds)} s`);
      return seconds;
    }
    await sleep(1000);
  }
  throw new Error(`failed: ${what}, not within ${ms / 1000} s${last}`);
}

export interface MachineOptions {
  /** Folder of its own for disk, firmware variables, sockets and the log of the first serial port. */
  dir: string;
  arch?: 'amd64' | 'arm64';
  /** Host ports: the page's, and two for frames into the mirror port; by themselves 18588, 19511 and 19512. */
  ports?: { page: number; framesTo: number; framesFrom: number };
}

export class Machine {
  readonly dir: string;
  readonly base: string;
  readonly disk: string;
  readonly #arch: 'amd64' | 'arm64';
  readonly #ports: { page: number; framesTo: number; framesFrom: number };
  #process: ChildProcess | undefined;

  constructor({ dir, arch = 'amd64', ports }: MachineOptions) {
    this.dir = dir;
    this.#arch = arch;
    this.#ports = ports ?? { page: 18_588, framesTo: 19_511, framesFrom: 19_512 };
    this.base = `http://127.0.0.1:${this.#ports.page}`;
    this.disk = join(dir, 'disk');
  }

  /** A new disk of 1.5 GB from an image, with the owner's settings file on its boot partition. */
  flash(image: string, bootFile = ''): void {
    execFileSync('cp', ['--sparse=always', image, this.disk]);
    execFileSync('truncate', ['-s', '1500M', this.disk]);
    if (this.#arch === 'amd64') copyFileSync('/usr/share/OVMF/OVMF_VARS_4M.fd', join(this.dir, 'vars'));
    else execFileSync('truncate', ['-s', '64M', join(this.dir, 'vars')]);
    if (bootFile !== '') this.writeBootFile(bootFile);
  }

  /** As an owner does with the card in another computer. The machine must be off. */
  writeBootFile(text: string): void {
    const file = join(this.dir, 'spanwatch.txt');
    writeFileSync(file, text);
    execFileSync('mcopy', ['-o', '-i', `${this.disk}@@1M`, file, '::/spanwatch.txt']);
  }

  /** Keeps the state of a machine that is off, or goes back to it. */
  keep(name: string): void {
    execFileSync('cp', ['--sparse=always', this.disk, join(this.dir, `${name}.disk`)]);
  }

  back(name: string): void {
    execFileSync('cp', ['--sparse=always', join(this.dir, `${name}.disk`), this.disk]);
  }

  /** Power on. */
  start(): void {
    const { page, framesTo, framesFrom } = this.#ports;
    const x86 = this.#arch === 'amd64';
    const flash = (file: string, more: string): string[] => ['-drive', `if=pflash,format=raw,file=${file}${more}`];
    const nic = (id: string, mac: string): string[] => [
      '-device',
      `virtio-net-pci,netdev=${id},mac=52:54:00:00:00:${mac}`,
    ];
    rmSync(join(this.dir, 'serial'), { force: true });
    const program = x86 ? 'qemu-system-x86_64' : 'qemu-system-aarch64';
    const board = x86
      ? ['-M', 'q35,accel=tcg', '-cpu', 'qemu64,+sse4.1,+sse4.2,+ssse3,+popcnt', '-vga', 'none']
      : ['-M', 'virt,accel=tcg', '-cpu', 'max,pauth=off'];
    const firmware = x86 ? '/usr/share/OVMF/OVMF_CODE_4M.fd' : '/usr/share/AAVMF/AAVMF_CODE.fd';
    const args = ['-n', process.env['IMAGE_TEST_NICE'] ?? '5', program, ...board, '-smp', '2', '-m', '1024'];
    args.push(
      '-nodefaults',
      '-display',
      'none',
      ...flash(firmware, ',readonly=on'),
      ...flash(join(this.dir, 'vars'), ''),
    );
    args.push('-drive', `if=none,id=d,format=raw,file=${this.disk}`, '-device', 'virtio-blk-pci,drive=d');
    args.push('-netdev', `user,id=n0,hostfwd=tcp:127.0.0.1:${page}-:80`, ...nic('n0', '01'));
    args.push(
      '-netdev',
      `socket,id=n1,udp=127.0.0.1:${framesFrom},localaddr=127.0.0.1:${framesTo}`,
      ...nic('n1', '02'),
    );
    args.push('-serial', `file:${join(this.dir, 'serial')}`, '-device', 'i6300esb', '-action', 'watchdog=reset');
    args.push('-chardev', `socket,path=${join(this.dir, 'shell')},server=on,wait=off,id=dbg`);
    args.push('-device', 'pci-serial,chardev=dbg');
    this.#process = spawn('nice', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  }

  /** Power cut. What the guest had not flushed is gone; the cache of the emulated disk itself is kept. */
  async cut(): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    this.#process = undefined;
    if (running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  }

  /** Runs a command in the machine's root shell; resolves to what it printed. */
  shell(command: string, ms = 60_000): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(join(this.dir, 'shell'));
      const tag = `end-${Date.now()}`;
      let text = '';
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Error(`no answer to ${command} within ${ms / 1000} s: ${text.slice(-300)}`));
      }, ms);
      socket.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
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

  /** What root tells the service of the slots. */
  async slots(): Promise<Map<string, string>> {
    const text = await this.shell('cat /run/spanwatch-update/status');
    return new Map(
      text.split('\n').map((line): [string, string] => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
  }

  async confirmed(): Promise<boolean> {
    return (await this.slots()).get('confirmed') === 'yes';
  }

  async answers(): Promise<boolean> {
    return (await fetch(`${this.base}/healthz`, { signal: AbortSignal.timeout(5000) })).status < 600;
  }

  /** Systemd's property of the service. */
  async unit(property: string): Promise<string> {
    return (await this.shell(`systemctl show -p ${property} --value spanwatch`)).trim();
  }

  async capturing(): Promise<boolean> {
    return (await this.unit('StatusText')).includes('watching ');
  }

  /** Sends frames out of the mirror port of the switch, `gapMs` apart. */
  async mirror(frames: Iterable<Uint8Array>, gapMs = 5): Promise<void> {
    const { framesTo, framesFrom } = this.#ports;
    const socket = createSocket('udp4');
    await new Promise<void>((done) => socket.bind(framesFrom, '127.0.0.1', done));
    for (const frame of frames) {
      socket.send(frame, framesTo, '127.0.0.1');
      await sleep(gapMs);
    }
    await new Promise<void>((done) => socket.close(done));
  }

  /** The journal is replayed as a mount would, then nothing may be left to repair. The machine must be off. */
  fileSystemFaults(): string {
    const data = join(this.dir, 'data');
    execFileSync('dd', [`if=${this.disk}`, `of=${data}`, 'bs=1M', `skip=${DATA_MB}`, 'conv=sparse', 'status=none']);
    try {
      // 1: replayed, and the superblock's counts of what is free, which a mount works out anew, were brought up to date.
      const { status, stdout } = spawnSync('e2fsck', ['-fp', data], { encoding: 'utf8' });
      if (status === null || status > 1) return `e2fsck -fp (${status}): ${stdout}`.slice(-1000);
      execFileSync('e2fsck', ['-fn', data], { stdio: 'pipe' });
      return '';
    } catch (error) {
      const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
      return `${stdout}${stderr}`.trim().slice(-1000);
    } finally {
      rmSync(data, { force: true });
    }
  }

  /** The end of what the first serial port said, for a failure's message. */
  lastWords(): string {
    try {
      return readFileSync(join(this.dir, 'serial'), 'latin1').replaceAll(TERMINAL, '').slice(-1500);
    } catch {
      return '';
    }
  }
}
