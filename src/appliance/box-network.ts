/**
 * The address of the page's own port, on the appliance's image. The service writes network.conf in its folder, root's unit
 * (spanwatch-network.path) reads it anew when it changes. A change is on trial: unless who made it confirms it in time, the
 * file of before comes back, also when the service or the box was restarted meanwhile. On any other machine the operating
 * system's own tools do this, and here is nothing.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseIp } from '../flows/address.ts';
import { log } from '../log.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

/** Time to find the page at its new address, sign in there and confirm. Half a minute was too short for people elsewhere. */
export const TRIAL_MS = 180_000;

/** Address texts; all but `address` may be empty, and so may it: then DHCP gives one. */
export interface BoxNetwork {
  /** With its prefix: "192.168.1.5/24". */
  address: string;
  gateway: string;
  /** Addresses with blanks between. */
  dns: string;
  hostname: string;
}
export type NetworkFault = { field: keyof BoxNetwork; fault: 'address' | 'gateway' | 'dns' | 'hostname' | 'outside' };

export interface NetworkStatus {
  now: BoxNetwork;
  /** The port that has the page, "" where it is any wired one. */
  port: string;
  /** A change that waits to be confirmed: when it is undone, and what would come back. */
  trial: { untilMs: number; before: BoxNetwork } | undefined;
}

export type NetworkDone = { ok: true; ticket: string } | { ok: false; text: string };

export interface NetworkPort {
  /** Undefined where the network is not ours to set. */
  status(): NetworkStatus | undefined;
  /**
   * Puts a valid change on trial for `by`, who is a session or a token. The ticket confirms it from a browser that signed
   * in at the new address, where the cookie of the old one is not sent. Refused while another change is on trial.
   */
  change(to: BoxNetwork, by: string): Promise<NetworkDone>;
  /** Keeps the change; false when `by` did not make it and the ticket is not its own. */
  confirm(by: string, ticket: string): Promise<boolean>;
  /** Brings back what was before at once. Anybody who may change the network may do this. */
  undo(): Promise<void>;
}

const HOSTNAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const PORT = /^[A-Za-z0-9._-]{1,15}$/;

/** The part of a text form "ADDRESS/PREFIX"; undefined when it is none that a port can have. */
function readAddress(text: string): { version: 4 | 6; words: readonly number[]; prefix: number } | undefined {
  const [ipPart = '', bits = '', ...more] = text.split('/');
  const ip = parseIp(ipPart);
  if (ip === undefined || more.length > 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  const prefix = Number(bits);
  const most = ip.version === 4 ? 32 : 128;
  const unusable = ip.version === 4 ? /^(0|127|22[4-9]|2[3-5]\d)\./.test(ipPart) : /^(ff|::1?$)/i.test(ipPart);
  return prefix < 1 || prefix > most || unusable ? undefined : { ...ip, prefix };
}

/** True when both lie in the network of the first. */
function sameNetwork(
  own: { words: readonly number[]; version: 4 | 6; prefix: number },
  other: readonly number[],
): boolean {
  // The four bytes of IPv4 lie in the last of the four words.
  const words = own.version === 4 ? own.words.slice(3) : own.words;
  const others = own.version === 4 ? other.slice(3) : other;
  let left = own.prefix;
  for (let i = 0; i < words.length && left > 0; i++, left -= 32) {
    const shift = Math.max(0, 32 - left);
    if (words[i]! >>> shift !== others[i]! >>> shift) return false;
  }
  return true;
}

/** What is wrong with a network that a person typed, the first thing only. */
export function networkFault(n: BoxNetwork): NetworkFault | undefined {
  if (n.hostname !== '' && !HOSTNAME.test(n.hostname)) return { field: 'hostname', fault: 'hostname' };
  const own = n.address === '' ? undefined : readAddress(n.address);
  if (n.address !== '' && own === undefined) return { field: 'address', fault: 'address' };
  if (n.gateway !== '') {
    const gateway = parseIp(n.gateway);
    if (gateway === undefined || own === undefined || gateway.version !== own.version)
      return { field: 'gateway', fault: 'gateway' };
    // A router of IPv6 may be named by its link-local address.
    if (!/^fe80/i.test(n.gateway) && !sameNetwork(own, gateway.words)) return { field: 'gateway', fault: 'outside' };
  }
  const servers = n.dns.split(/[\s,]+/).filter((s) => s !== '');
  if (servers.length > 4 || servers.some((s) => parseIp(s) === undefined)) return { field: 'dns', fault: 'dns' };
  return undefined;
}

const lineOf = (text: string, key: string): string =>
  new RegExp(`^\\s*${key}\\s*=[ \\t]*(.*?)\\s*$`, 'm').exec(text)?.[1] ?? '';

function parse(text: string): BoxNetwork {
  const [address, gateway, dns, hostname] = ['address', 'gateway', 'dns', 'hostname'].map((key) => lineOf(text, key));
  return { address: address!, gateway: gateway!, dns: dns!, hostname: hostname! };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, 8192);
  } catch {
    return '';
  }
}

export interface BoxNetworkOptions {
  stateDir: string;
  /** Root's unit and what it made of the settings; below /usr and /run on the appliance. */
  unitFile?: string;
  networkFile?: string;
  mirrorFile?: string;
  trialMs?: number;
}

export interface BoxNetworkDesk extends NetworkPort {
  /** Undoes what was left on trial by a service that ended. */
  start(): Promise<void>;
  stop(): void;
}

/** In network.before when there was no network.conf. */
const NOTHING = '# none\n';

export function createBoxNetwork(options: BoxNetworkOptions): BoxNetworkDesk {
  const unit = options.unitFile ?? '/usr/lib/systemd/system/spanwatch-network.path';
  const made = options.networkFile ?? '/run/systemd/network/20-admin.network';
  const mirror = options.mirrorFile ?? '/run/spanwatch-boot/mirror';
  const conf = join(options.stateDir, 'network.conf');
  const before = join(options.stateDir, 'network.before');
  let trial: { by: string; ticket: Buffer; untilMs: number; before: BoxNetwork; timer: NodeJS.Timeout } | undefined;
  const ticketHash = (ticket: string): Buffer => hash('sha256', ticket, 'buffer');

  /** What is in force: our own file, else what root made of the owner's. */
  function now(): { network: BoxNetwork; port: string } {
    const file = read(made);
    const name = lineOf(file, 'Name');
    const port = PORT.test(name) ? name : '';
    const own = read(conf);
    if (own !== '') return { network: parse(own), port };
    const [address, gateway, dns] = ['Address', 'Gateway', 'DNS'].map((key) => lineOf(file, key));
    return { network: { address: address!, gateway: gateway!, dns: dns!, hostname: '' }, port };
  }

  async function back(): Promise<void> {
    clearTimeout(trial?.timer);
    trial = undefined;
    if (!existsSync(before)) return;
    const text = read(before);
    if (text === NOTHING || text === '') await rm(conf, { force: true });
    else await writeFileAtomic(conf, text);
    // Last, so that a power cut in between undoes it once more.
    await rm(before, { force: true });
  }

  async function undo(why: string): Promise<void> {
    log('warn', 'network', `the change of this box's address is undone: ${why}`);
    await back();
  }

  return {
    async start() {
      if (existsSync(before)) await undo('nobody confirmed it before the restart');
    },
    stop: () => clearTimeout(trial?.timer),
    status() {
      if (!existsSync(unit)) return undefined;
      const { network, port } = now();
      return { now: network, port, trial: trial && { untilMs: trial.untilMs, before: trial.before } };
    },
    async change(to, by) {
      if (trial !== undefined) return { ok: false, text: 'another change waits to be confirmed' };
      const fault = networkFault(to);
      if (fault !== undefined) return { ok: false, text: `${fault.field} was not accepted: ${fault.fault}` };
      const { network, port } = now();
      const ticket = randomBytes(24).toString('base64url');
      const lasts = options.trialMs ?? TRIAL_MS;
      const timer = setTimeout(() => {
        undo('nobody confirmed it').catch((error: Error) =>
          log('error', 'network', `cannot undo it: ${error.message}`),
        );
      }, lasts);
      timer.unref();
      trial = { by, ticket: ticketHash(ticket), untilMs: Date.now() + lasts, before: network, timer };
      const mirrorPort = read(mirror).trim();
      const lines = [
        ...(port === '' ? [] : [`admin_port = ${port}`]),
        ...(PORT.test(mirrorPort) ? [`mirror_port = ${mirrorPort}`] : []),
        ...Object.entries({
          ...to,
          dns: to.dns
            .split(/[\s,]+/)
            .join(' ')
            .trim(),
        })
          .filter(([, value]) => value !== '')
          .map(([key, value]) => `${key} = ${value}`),
      ];
      try {
        await writeFileAtomic(before, read(conf) || NOTHING);
        await writeFileAtomic(conf, `${lines.join('\n')}\n`);
      } catch (error) {
        await back().catch(() => {});
        return { ok: false, text: (error as Error).message };
      }
      log('warn', 'network', `this box's address is changed to ${to.address || 'what DHCP gives'}, on trial`);
      return { ok: true, ticket };
    },
    async confirm(by, ticket) {
      if (trial === undefined) return false;
      const known = timingSafeEqual(ticketHash(ticket), trial.ticket);
      if (by !== trial.by && !known) return false;
      clearTimeout(trial.timer);
      trial = undefined;
      await rm(before, { force: true });
      log('info', 'network', 'the change of the address is confirmed');
      return true;
    },
    undo: () => undo('asked for on the page'),
  };
}
