/**
 * What plugins need of the engine besides flows: a file for what they keep over restarts, syslog lines from other
 * machines, flows that an IDS tells of, scores of hosts; and the answers to the pages' questions about them.
 */
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { count, counter } from '../decode/counters.ts';
import { Packet } from '../decode/packet.ts';
import { parseIp } from '../flows/address.ts';
import { HOST, HOST_STRIDE } from '../flows/hosts.ts';
import type { PluginHost, PluginHostOptions } from '../plugins/host-port.ts';
import type { StoredEntry } from '../plugins/kv.ts';
import type { ExternalFlow, HostScores } from '../plugins/room.ts';
import { parseSyslog, SyslogInput } from '../plugins/syslog-input.ts';
import type { Answers } from './answers.ts';
import type { Pipeline } from './pipeline.ts';

export const DESK_LIMITS = {
  /** The store is written this often at most: 12 writes an hour of at most `storeBytes`. */
  storeMs: 300_000,
  storeBytes: 4 << 20,
} as const;

const UNKNOWN_FLOW = counter('plugins.external.unknown_flow');
const BAD_FLOW = counter('plugins.external.bad_address');

export interface PluginDeskOptions {
  pipeline: Pipeline;
  /** Folder of the store; without it nothing is kept. */
  stateDir?: string | undefined;
  memoryOnly: boolean;
  host(): PluginHost | undefined;
  log(level: 'error' | 'warn' | 'info', source: string, text: string): void;
}

export class PluginDesk {
  readonly #options: PluginDeskOptions;
  readonly #packet: Packet;
  readonly #file: string | undefined;
  readonly #syslog: SyslogInput;
  #producers: { [source: string]: string } = {};
  #entries: StoredEntry[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writtenMs = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: PluginDeskOptions) {
    this.#options = options;
    this.#packet = new Packet(options.pipeline.decoding);
    this.#file =
      options.stateDir === undefined || options.memoryOnly ? undefined : join(options.stateDir, 'plugin-store.json');
    this.#syslog = new SyslogInput({
      log: (level, text) => options.log(level, 'syslog', text),
      onLine: (source, text) => this.#line(source, text),
    });
  }

  /** Parts of the plugin host's options. */
  hostOptions(): Pick<PluginHostOptions, 'store' | 'onStore' | 'onExternal'> {
    return {
      store: this.#load(),
      onStore: (entries) => this.#keep(entries),
      onExternal: (flow) => this.external(flow),
    };
  }

  register(answers: Answers): void {
    const host = (): PluginHost => {
      const found = this.#options.host();
      if (!found) throw new Error('plugins are not loaded yet');
      return found;
    };
    answers.on('pluginPage', ({ plugin, file, query }) => host().page(String(plugin), String(file), query));
    answers.on('pluginSeries', ({ plugin }) => ({ series: host().series.list(plugin === '' ? undefined : plugin) }));
    answers.on('pluginPoints', ({ id }) => host().series.points(id) ?? { times: [], values: [] });
    answers.on('pluginRecipients', () => ({ items: host().recipients() }));
    answers.on('tryRecipient', ({ recipient }) => host().tryRecipient(recipient));
  }

  /** Where syslog comes in ("udp://0.0.0.0:5514", "" = nowhere), and which script gets whose lines. */
  configure(listen: string, producers: { [source: string]: string }): void {
    this.#producers = producers;
    this.#syslog.listen(listen);
  }

  async stop(): Promise<void> {
    this.#syslog.listen('');
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#write();
    await this.#writing;
  }

  #line(source: string, text: string): void {
    const producer = this.#producers[source] ?? this.#producers['*'];
    if (producer === undefined) return;
    const { priority, host, message } = parseSyslog(text);
    this.#options.host()?.syslog({ producer, source: host || source, priority, message });
  }

  // Scores ----------------------------------------------------------------------------------------------------------------

  /** Adds what a script gave to a flow's two hosts. */
  score({ client, server, vlan, clientScore, serverScore }: HostScores): void {
    if (clientScore > 0) this.#addScore(client, vlan, HOST.SCORE_CLIENT, clientScore);
    if (serverScore > 0) this.#addScore(server, vlan, HOST.SCORE_SERVER, serverScore);
  }
  #addScore(ip: string, vlan: number, word: number, score: number): void {
    const { hosts } = this.#options.pipeline.accounts;
    const at = parseIp(ip);
    if (!at) return;
    const h = hosts.find(at.version, vlan, ...at.words);
    if (h >= 0) hosts.nums[h * HOST_STRIDE + word]! += score;
  }

  // Flows told by others --------------------------------------------------------------------------------------------------

  /** Leaves an alert on a live flow and lets its scripts look at it at once, as 4.2 does. */
  external(told: ExternalFlow): void {
    if (told.alert === '') return;
    const client = parseIp(told.client);
    const server = parseIp(told.server);
    if (!client || client.version !== server?.version) {
      count(BAD_FLOW);
      return;
    }
    const p = this.#packet;
    p.ipVersion = client.version;
    p.proto = told.proto;
    p.vlan = told.vlan;
    [p.s0, p.s1, p.s2, p.s3] = client.words;
    [p.d0, p.d1, p.d2, p.d3] = server.words;
    p.sport = told.clientPort;
    p.dport = told.serverPort;
    const { pipeline } = this.#options;
    const f = pipeline.flows.table.find(p);
    if (f < 0) {
      count(UNKNOWN_FLOW);
      return;
    }
    const record = pipeline.record(f);
    const info = { ...record.info, more: { ...record.info.more, external_alert: told.alert } };
    this.#options.host()?.flow('periodicUpdate', { ...record, info });
  }

  // Store -----------------------------------------------------------------------------------------------------------------

  #load(): StoredEntry[] {
    if (this.#file === undefined) return [];
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch {
      return [];
    }
    try {
      const value: unknown = JSON.parse(text);
      // Each entry is checked when the room takes it.
      if (Array.isArray(value)) return value as StoredEntry[];
    } catch {}
    this.#options.log('warn', 'plugins', `${this.#file} cannot be read: what plugins had kept is lost`);
    return [];
  }

  #keep(entries: StoredEntry[]): void {
    if (this.#file === undefined) return;
    this.#entries = entries;
    const wait = this.#writtenMs + DESK_LIMITS.storeMs - performance.now();
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#write();
      },
      Math.max(0, wait),
    );
    this.#timer.unref();
  }

  #write(): void {
    const file = this.#file;
    const entries = this.#entries;
    if (file === undefined || entries === undefined) return;
    this.#entries = undefined;
    this.#writtenMs = performance.now();
    const text = JSON.stringify(entries);
    if (text.length > DESK_LIMITS.storeBytes) {
      this.#options.log(
        'warn',
        'plugins',
        `plugins keep ${text.length} bytes, more than ${DESK_LIMITS.storeBytes}: not written`,
      );
      return;
    }
    this.#writing = this.#writing.then(async () => {
      try {
        await mkdir(join(file, '..'), { recursive: true });
        await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
        await rename(`${file}.new`, file);
      } catch (error) {
        this.#options.log('warn', 'plugins', `what plugins keep could not be written: ${(error as Error).message}`);
      }
    });
  }
}
