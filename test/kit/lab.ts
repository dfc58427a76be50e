/**
 * A small switch with a mirror port, in network namespaces: hosts with addresses on one segment, and an appliance whose
 * second port sees every frame once. The switch is a bridge that never learns (ageing time 0), so it floods each frame
 * to all ports, which is what a mirror port gives. Needs root; nothing outside the namespaces is touched.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** Why the lab cannot be built here, or undefined. */
export function labMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root to make network namespaces';
  for (const tool of ['ip', 'dig', 'dnsmasq']) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `needs ${tool}`;
  }
  const probe = `swprobe${process.pid}`;
  if (spawnSync('ip', ['netns', 'add', probe]).status !== 0) return 'this kernel gives no network namespaces';
  spawnSync('ip', ['netns', 'del', probe]);
  return undefined;
}

export class Lab {
  readonly id = randomBytes(3).toString('hex');
  readonly #namespaces: string[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #switch: string;

  constructor() {
    this.#switch = this.#namespace('sw');
    this.#in(this.#switch, 'ip', 'link', 'add', 'name', 'br0', 'type', 'bridge', 'ageing_time', '0');
    this.#in(this.#switch, 'ip', 'link', 'set', 'br0', 'up');
  }

  /** A host with an address on the segment; returns its namespace. */
  host(name: string, cidr: string): string {
    const ns = this.#namespace(name);
    this.#cable(name, ns, 'eth0');
    this.#in(ns, 'ip', 'addr', 'add', cidr, 'dev', 'eth0');
    return ns;
  }

  /** The appliance's namespace; its port `mirror0` has no address and sees the whole segment. */
  appliance(): string {
    const ns = this.#namespace('ap');
    this.#cable('ap', ns, 'mirror0');
    return ns;
  }

  /** Runs to the end; throws with what it printed when it fails. */
  run(ns: string, command: string, ...args: string[]): string {
    return execFileSync('ip', ['netns', 'exec', ns, command, ...args], {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs on until stop(); its output goes to `onLine`. */
  spawn(ns: string, command: string, args: string[], onLine: (line: string) => void = () => {}): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', ns, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout!, child.stderr!]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
    }
    this.#children.push(child);
    return child;
  }

  /** A DNS server that answers every name below example.test with one address. */
  dnsServer(ns: string, address: string): void {
    this.spawn(ns, 'dnsmasq', [
      '--keep-in-foreground',
      '--no-resolv',
      '--no-hosts',
      '--conf-file=/dev/null',
      '--pid-file=',
      '--user=root',
      '--bind-interfaces',
      '--listen-address',
      address,
      '--address=/example.test/192.0.2.80',
    ]);
  }

  /** Ends what was started here and takes the namespaces down. */
  stop(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const ns of this.#namespaces) spawnSync('ip', ['netns', 'del', ns]);
  }

  #namespace(name: string): string {
    const ns = `span-${this.id}-${name}`;
    execFileSync('ip', ['netns', 'add', ns]);
    this.#namespaces.push(ns);
    // Neighbour discovery would talk before the test does.
    spawnSync('ip', [
      'netns',
      'exec',
      ns,
      'sysctl',
      '-qw',
      'net.ipv6.conf.default.disable_ipv6=1',
      'net.ipv6.conf.all.disable_ipv6=1',
    ]);
    this.#in(ns, 'ip', 'link', 'set', 'lo', 'up');
    return ns;
  }

  #cable(name: string, ns: string, port: string): void {
    this.#in(this.#switch, 'ip', 'link', 'add', 'name', `p-${name}`, 'type', 'veth', 'peer', 'name', port, 'netns', ns);
    this.#in(this.#switch, 'ip', 'link', 'set', `p-${name}`, 'master', 'br0', 'up');
    this.#in(ns, 'ip', 'link', 'set', port, 'up');
  }

  #in(ns: string, ...command: string[]): void {
    execFileSync('ip', ['netns', 'exec', ns, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
  }
}
