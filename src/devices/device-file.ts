/**
 * Keeps the devices over a restart: one line of JSON each between a first and a last line, replaced whole. Written when
 * something worth it changed and the day's budget allows, at once when the owner named a device, and at the end.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setAside } from '../alerts/set-aside.ts';
import { writeFileAtomic } from '../appliance/write-file-atomic.ts';
import { parseIp } from '../flows/address.ts';
import { pagesOf, WriteBudget } from '../history/write-budget.ts';
import type { DeviceAddress, DeviceChange, DeviceName } from '../link/topics-traffic.ts';
import { cleanName } from './naming.ts';
import type { Device, Devices } from './table.ts';

export const DEVICE_BYTES_PER_DAY = 4_000_000;
const CHECK_MS = 60_000;
/** Last seen times and byte counts alone are worth a write this seldom. */
const IDLE_WRITE_MS = 6 * 3_600_000;
const MAX_FILE = 32 << 20;
const KIND = 'spanwatch devices';
/** Devices turned into text before packets have their turn. */
const SLICE = 128;

export interface DeviceFileOptions {
  path: string;
  /** Write the owner's words only. */
  memoryOnly: boolean;
  onNotice(text: string): void;
  steadyNow?: () => number;
}

export class DeviceFile {
  readonly #devices: Devices;
  readonly #options: DeviceFileOptions;
  readonly #budget: WriteBudget;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #written = 0;
  #writtenMs = 0;
  #bytes = 0;
  #busy: Promise<void> = Promise.resolve();
  #complained = '';

  constructor(devices: Devices, options: DeviceFileOptions) {
    this.#devices = devices;
    this.#options = options;
    this.#now = options.steadyNow ?? (() => performance.now());
    this.#budget = new WriteBudget(DEVICE_BYTES_PER_DAY, this.#now);
  }

  /** Reads what was known; a damaged file is set aside and its whole lines are taken. */
  async start(nowMs: number): Promise<void> {
    await this.#read(nowMs).catch((error: Error) =>
      this.#complain(`cannot read the devices in ${this.#options.path}: ${error.message}`),
    );
    this.#written = this.#devices.revision;
    this.#writtenMs = this.#now();
    this.#timer = setInterval(() => void this.save(false), CHECK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (!this.#options.memoryOnly) await this.save(true);
    await this.#busy;
  }

  /** Writes if something changed; `now` also without budget. Resolves once it is on the medium or was put off. */
  save(now: boolean): Promise<void> {
    this.#busy = this.#busy.then(() => this.#save(now));
    return this.#busy;
  }

  files(): { name: string; bytes: number; writtenToday: number; budgetPerDay: number } {
    return {
      name: 'devices',
      bytes: this.#bytes,
      writtenToday: this.#budget.today,
      budgetPerDay: this.#budget.perDay,
    };
  }

  async #save(force: boolean): Promise<void> {
    const { revision } = this.#devices;
    const stale = this.#now() - this.#writtenMs >= IDLE_WRITE_MS;
    if (!force && (this.#options.memoryOnly || (revision === this.#written && !stale))) return;
    // About as long as last time: making the text for nothing would cost the packets' thread.
    if (!force && !this.#budget.allows(pagesOf(0, this.#bytes || 4096) + 4096)) return;
    const lines = [JSON.stringify({ kind: KIND, version: 1 })];
    const all = [...this.#devices.list()];
    for (const [i, device] of all.entries()) {
      if (i % SLICE === SLICE - 1) await new Promise<void>((resolve) => setImmediate(resolve));
      lines.push(JSON.stringify(lineOf(device)));
    }
    lines.push(JSON.stringify({ end: all.length }));
    const text = `${lines.join('\n')}\n`;
    try {
      await mkdir(dirname(this.#options.path), { recursive: true, mode: 0o700 });
      await writeFileAtomic(this.#options.path, text);
      this.#bytes = Buffer.byteLength(text);
      this.#budget.spend(pagesOf(0, this.#bytes) + 4096);
      this.#written = revision;
      this.#writtenMs = this.#now();
      this.#complained = '';
    } catch (error) {
      this.#complain(`${(error as Error).message}; devices are kept in memory until it can`);
    }
  }

  async #read(nowMs: number): Promise<void> {
    const { path } = this.#options;
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return;
    this.#bytes = Buffer.byteLength(text);
    let taken = 0;
    let ended = false;
    let bad = text.length > MAX_FILE ? 1 : 0;
    for (const line of text.slice(0, MAX_FILE).split('\n')) {
      if (line === '') continue;
      const value = parse(line);
      if (value?.['kind'] === KIND || value === undefined) bad += value === undefined ? 1 : 0;
      else if (typeof value['end'] === 'number') ended = value['end'] === taken;
      else if (restore(this.#devices, value)) taken++;
      else bad++;
    }
    if (ended && bad === 0) return;
    const aside = await setAside(path, nowMs);
    this.#options.onNotice(`${path} was damaged: ${taken} devices were taken from it, it is now ${aside}`);
    this.#devices.revision++;
  }

  #complain(text: string): void {
    if (text === this.#complained) return;
    this.#complained = text;
    this.#options.onNotice(text);
  }
}

function lineOf(d: Device): object {
  return {
    mac: d.mac,
    first: Math.round(d.firstMs),
    last: Math.round(d.lastMs),
    alias: d.alias,
    router: d.router,
    moved: [d.bytesSent, d.bytesRcvd, d.packetsSent, d.packetsRcvd],
    addresses: d.addresses.map((a) => [a.ip, a.vlan, Math.round(a.firstMs), Math.round(a.lastMs), a.by, a.current]),
    names: d.names.map((n) => [n.name, n.by, Math.round(n.lastMs)]),
    changes: d.changes.map((c) => [Math.round(c.atMs), c.kind, c.ip, c.other]),
  };
}

type Value = Record<string, unknown>;

function parse(line: string): Value | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Value) : undefined;
  } catch {
    return undefined;
  }
}

const num = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0);
const str = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 63) : '');
const rows = (value: unknown, most: number): unknown[][] =>
  Array.isArray(value) ? value.slice(0, most).filter((row) => Array.isArray(row)) : [];

/** Takes one line back; false when it is no device. Texts are cleaned again: the file may have been edited. */
function restore(devices: Devices, v: Value): boolean {
  const mac = num(v['mac']);
  if (!Number.isInteger(mac) || mac <= 0 || mac >= 2 ** 48) return false;
  return devices.restore(mac, (device) => {
    device.firstMs = num(v['first']);
    device.lastMs = num(v['last']);
    device.alias = str(v['alias']).replace(/\p{C}+/gu, ' ');
    device.router = v['router'] === true;
    const moved = Array.isArray(v['moved']) ? v['moved'] : [];
    [device.bytesSent, device.bytesRcvd, device.packetsSent, device.packetsRcvd] = [0, 1, 2, 3].map((i) =>
      num(moved[i]),
    ) as [number, number, number, number];
    device.names = rows(v['names'], 3).map(
      ([name, by, at]): DeviceName => ({
        name: cleanName(Buffer.from(str(name)).toString('latin1')),
        by: str(by),
        lastMs: num(at),
      }),
    );
    device.changes = rows(v['changes'], 16).map(
      ([at, kind, ip, other]): DeviceChange => ({ atMs: num(at), kind: str(kind), ip: str(ip), other: str(other) }),
    );
    return rows(v['addresses'], 16).flatMap(([ip, vlan, first, last, by, current]) => {
      const at = parseIp(str(ip));
      if (!at) return [];
      const address: DeviceAddress = {
        ip: str(ip),
        vlan: num(vlan) & 0xfff,
        firstMs: num(first),
        lastMs: num(last),
        by: str(by),
        current: current === true,
      };
      return [{ version: at.version, words: at.words, address }];
    });
  });
}
