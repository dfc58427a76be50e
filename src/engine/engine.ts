/**
 * The engine: a packet source, the pipeline, the plugin host, and the line to the appliance, put together. It owns the
 * order of starting and stopping and the figures; each part does its own work.
 */
import { randomBytes } from 'node:crypto';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { AlertEvent } from '../alerts/alert.ts';
import type { PacketSource } from '../capture/source.ts';
import { DEFAULT_TUNNELS, parseTunnels } from '../decode/context.ts';
import { countersSeen } from '../decode/counters.ts';
import { judge } from '../doctor/judge.ts';
import { mirrorState, tellTotals } from '../doctor/mirror.ts';
import { MirrorObserver } from '../doctor/observer.ts';
import { EvidenceRing, ringBytes } from '../evidence/ring.ts';
import { EVIDENCE_FOLDER, EvidenceStore } from '../evidence/store.ts';
import type { FlowRecord } from '../flows/record.ts';
import { limitsFor } from '../limits.ts';
import { createEngineServer, type EngineServer } from '../link/server.ts';
import { log } from '../log.ts';
import type { EngineConfig, EngineStats, ToEngine } from '../messages.ts';
import { type DevicePolicy, parsePolicy } from '../plugins/device-policies.ts';
import { createPluginHost } from '../plugins/host.ts';
import type { FlowHook, PluginHost } from '../plugins/host-port.ts';
import { PoolIndex } from '../plugins/pools.ts';
import type { PluginInfo } from '../plugins/types.ts';
import { setOwnHosts } from '../protocols/applications.ts';
import { VERSION } from '../version.ts';
import { Answers } from './answers.ts';
import { Entities } from './entities.ts';
import { FloodPolicy } from './flood-policy.ts';
import { FlowQueries } from './flow-query.ts';
import { Marks } from './marks.ts';
import { ownAddresses } from './own-addresses.ts';
import { Pauses } from './pauses.ts';
import { Pipeline } from './pipeline.ts';
import { PluginDesk } from './plugin-desk.ts';
import { QualityWindow } from './quality.ts';
import { QualityMinutes } from './quality-minutes.ts';
import { RecentFlows } from './recent-flows.ts';
import { Traffic } from './traffic.ts';
import { WouldFireDesk } from './would-fire.ts';

export interface EngineOptions {
  source: PacketSource;
  socketPath: string;
  /** Flows that fit; default by the machine's memory. */
  flowLimit?: number;
  /** Folder of what survives a restart; each part has a name of its own in it. Without it nothing is written. */
  stateDir?: string;
  /** Write nothing to the state folder but what the owner said. */
  memoryOnly?: boolean;
  /** Bytes that the traffic history may take on the card. */
  historyBytes?: number;
  /** Folder that holds the folder of evidence files, and bytes of all of them; 0 or no folder keeps none. */
  evidenceDir?: string;
  evidenceBytes?: number;
  /** Called when the engine should end by itself: no appliance for a minute, or told to stop. */
  onEnd(reason: string): void;
}

const policiesOf = ({ devicePolicies }: EngineConfig): DevicePolicy[] =>
  (devicePolicies ?? []).map(parsePolicy).filter((policy) => typeof policy !== 'string');

const TICK_MS = 250;
const STATS_MS = 1000;
/** Our own addresses are read anew every so many steps of STATS_MS. */
const ADDRESS_STEPS = 60;

export class Engine {
  readonly #options: EngineOptions;
  readonly #bootId = randomBytes(6).toString('hex');
  readonly #startedMs = Date.now();
  readonly #pipeline: Pipeline;
  readonly #flood: FloodPolicy;
  readonly #marks = new Marks(8192);
  readonly #answers = new Answers();
  readonly #recent = new RecentFlows();
  readonly #queries: FlowQueries;
  readonly #server: EngineServer;
  readonly #quality: QualityWindow;
  readonly #traffic: Traffic;
  readonly #minutes = new QualityMinutes();
  readonly #mirror = new MirrorObserver(true);
  readonly #evidence: EvidenceStore | undefined;
  readonly #desk: PluginDesk;
  readonly #pauses = new Pauses();
  #pools = new PoolIndex([]);
  #networksConfigured = false;
  #host: PluginHost | undefined;
  #config: EngineConfig | undefined;
  #plugins: PluginInfo[] = [];
  #alerts = 0;
  #steps = 0;
  #lastPackets = 0;
  #lastBytes = 0;
  #lastStatsMs = 0;
  #timers: NodeJS.Timeout[] = [];

  constructor(options: EngineOptions) {
    this.#options = options;
    const limits = limitsFor(totalmem());
    if (options.flowLimit !== undefined) limits.flows = options.flowLimit;
    this.#pipeline = new Pipeline(limits, {
      detected: (f) => {
        if (!this.#flood.applies(f)) this.#hook('protocolDetected', f);
        else if (this.#wants('protocolDetected', f) && this.#flood.admits()) this.#hook('protocolDetected', f);
      },
      periodic: (f) => this.#hook('periodicUpdate', f),
      ended: (f) => {
        // In a flood nobody looks at attempts that nobody answered: making their records costs more than booking them.
        if (this.#flood.applies(f) && !(this.#wants('flowEnd', f) && this.#flood.admits())) return;
        const record = this.#pipeline.record(f);
        this.#queries.remember(record);
        this.#recent.add(record);
        this.#hook('flowEnd', f, record);
      },
    });
    this.#flood = new FloodPolicy(this.#pipeline.flows);
    this.#queries = new FlowQueries(this.#pipeline, this.#marks);
    const desk = new WouldFireDesk(this.#recent, () => ({
      configSets: this.#config?.configSets ?? [],
      lua: this.#config?.lua ?? 'wasm',
      listDirs: this.#listDirs(),
    }));
    this.#answers.on('wouldFire', (args) => desk.ask(args.folder));
    this.#answers.on('echo', (args) => ({ text: String(args.text) }));
    this.#traffic = new Traffic({
      pipeline: this.#pipeline,
      source: options.source,
      stateDir: options.stateDir,
      memoryOnly: options.memoryOnly ?? false,
      historyBytes: options.historyBytes ?? 32_000_000,
      networksConfigured: () => this.#networksConfigured,
      pools: () => this.#pools,
      warn: (source, text) => this.#log('warn', source, text),
    });
    this.#traffic.register(this.#answers);
    this.#answers.on('quality', ({ minutes }) => ({ minutes: this.#minutes.minutes(Number(minutes) || 0) }));
    this.#desk = new PluginDesk({
      pipeline: this.#pipeline,
      stateDir: options.stateDir,
      memoryOnly: options.memoryOnly ?? false,
      host: () => this.#host,
      log: (level, source, text) => this.#log(level, source, text),
    });
    this.#desk.register(this.#answers);
    this.#pipeline.mirror = this.#mirror;
    this.#answers.on('doctor', () => judge(mirrorState(this.#mirror, this.#pipeline, options.source), Date.now()));
    this.#quality = new QualityWindow(() => this.#counted());
    const { evidenceDir, evidenceBytes = 0 } = options;
    if (evidenceDir !== undefined && evidenceBytes > 0) {
      this.#pipeline.evidence = new EvidenceRing(ringBytes(totalmem()));
      this.#evidence = new EvidenceStore(join(evidenceDir, EVIDENCE_FOLDER), this.#pipeline.evidence, evidenceBytes);
    }
    this.#server = createEngineServer({
      socketPath: options.socketPath,
      version: VERSION,
      bootId: this.#bootId,
      onMessage: (message) => this.#receive(message),
      onConnect: () => {
        this.#server.send({ kind: 'plugins', items: this.#plugins });
        // The service is ready once it knows that we capture: not only at the next full second.
        if (this.#timers.length > 0) this.#sendStats();
      },
      onAbandoned: (reason) => options.onEnd(reason),
    });
  }

  async start(): Promise<void> {
    await this.#server.start();
    await this.#evidence?.start();
    this.#pipeline.decoding.setOwn(ownAddresses());
    this.#options.source.onState = (state) =>
      this.#log(state.status === 'failed' ? 'error' : 'info', 'capture', state.text);
    await this.#traffic.start();
    await this.#options.source.start(this.#pipeline);
    this.#quality.start();
    this.#pauses.start();
    this.#timers = [setInterval(() => this.#tick(), TICK_MS), setInterval(() => this.#sendStats(), STATS_MS)];
    this.#sendStats();
  }

  #sendStats(): void {
    this.#traffic.second();
    this.#stepQuality();
    this.#server.send({ kind: 'stats', stats: this.#stats() });
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#quality.stop();
    this.#pauses.stop();
    await this.#options.source.stop();
    this.#pipeline.flows.endAll('shutdown');
    await this.#traffic.stop();
    await this.#evidence?.stop();
    if (this.#host) {
      await Promise.race([this.#host.drain(), new Promise<void>((resolve) => setTimeout(resolve, 1000))]);
      await this.#host.stop();
      await this.#desk.stop();
    }
    await this.#server.close();
  }

  /** Live sources keep the packet clock going while the link is silent; a replayed file's clock is its own. */
  #tick(): void {
    if (this.#options.source.kind !== 'file') this.#pipeline.flows.tick(Date.now() * 1000);
    this.#host?.clock(this.#pipeline.flows.nowUs / 1000);
  }

  #wants(hook: FlowHook, f: number): boolean {
    const { proto, master, app } = this.#pipeline.verdict(f);
    return this.#host?.wants(hook, proto, master, app) ?? false;
  }

  #hook(hook: FlowHook, f: number, made?: FlowRecord): void {
    if (this.#wants(hook, f)) this.#host?.flow(hook, made ?? this.#pipeline.record(f));
  }

  #receive(message: ToEngine): void {
    switch (message.kind) {
      case 'configure':
        this.#configure(message.config);
        break;
      case 'flows':
        void this.#queries.query(message.query).then(({ total, items }) => {
          this.#server.send({ kind: 'flows', request: message.request, total, items });
        });
        break;
      case 'flow': {
        const row = this.#queries.byId(message.id);
        this.#server.send({ kind: 'flows', request: message.request, total: row ? 1 : 0, items: row ? [row] : [] });
        break;
      }
      case 'reload':
        void this.#reload(message.request);
        break;
      case 'ask': {
        const { request, topic } = message;
        void this.#answers.answer(topic, message.args).then((reply) => {
          const answer = { value: null, error: '', ...reply };
          if (this.#server.send({ kind: 'answer', request, topic, ...answer })) return;
          const error = `the answer to ${topic} is too large to send; ask for less`;
          this.#server.send({ kind: 'answer', request, topic, ok: false, value: null, error });
        });
        break;
      }
      case 'stop':
        this.#options.onEnd('told to stop by the appliance');
        break;
      case 'hello':
      case 'ack':
        break;
    }
  }

  async #reload(request: number): Promise<void> {
    const result = (await this.#host?.reload()) ?? {
      ok: false,
      text: 'the engine has no configuration yet; try again in a moment',
    };
    this.#server.send({ kind: 'reloaded', request, ...result });
  }

  #listDirs(): string[] {
    return this.#options.stateDir === undefined ? [] : [join(this.#options.stateDir, 'lists')];
  }

  #configure(config: EngineConfig): void {
    this.#config = config;
    const { bad } = this.#pipeline.setLocalNetworks(config.localNetworks);
    if (bad.length)
      this.#log('warn', 'engine', `local networks: cannot read ${bad.join(', ')}; write them as 192.168.0.0/16`);
    const tunnels = parseTunnels(config.tunnels ?? DEFAULT_TUNNELS);
    if (tunnels.bad.length) this.#log('warn', 'engine', `tunnels: there is no ${tunnels.bad.join(', ')}`);
    this.#pipeline.decoding.follow = tunnels.follow;
    for (const line of setOwnHosts(config.ownHosts ?? []))
      this.#log('warn', 'engine', `applications by host name: cannot read "${line.text}": ${line.reason}`);
    this.#networksConfigured = config.localNetworks.length > 0;
    this.#pools = new PoolIndex(config.pools);
    this.#desk.configure(config.syslog.listen, config.syslog.producers);
    if (this.#host) {
      this.#host.configure({ ...config, policies: policiesOf(config) });
      for (const plugin of config.release) this.#host.release(plugin);
      return;
    }
    this.#host = createPluginHost({
      pluginDirs: config.pluginDirs,
      language: config.language,
      configSets: config.configSets,
      pools: config.pools,
      grants: config.grants,
      recipients: config.recipients,
      policies: policiesOf(config),
      engine: config.lua ?? 'wasm',
      listDirs: this.#listDirs(),
      entities: new Entities(this.#pipeline, this.#options.source, () => this.#skipped()),
      onAlerts: (items) => this.#server.alerts(items.map((item) => this.#stamp(item))),
      onStatus: (flowId, _status, name, score, hosts) => {
        this.#marks.add(flowId, name, score);
        if (hosts) this.#desk.score(hosts);
      },
      ...this.#desk.hostOptions(),
      onPlugins: (items) => {
        this.#plugins = items;
        this.#server.send({ kind: 'plugins', items });
      },
      onLog: (level, plugin, text) => this.#log(level, plugin, text),
    });
    this.#host
      .start()
      .catch((error: Error) => this.#log('error', 'plugins', `could not start the plugin worker: ${error.message}`));
  }

  #stamp(item: AlertEvent): AlertEvent {
    const stamped = { ...item, key: `${this.#bootId}-${++this.#alerts}`, quality: this.#quality.now() };
    return this.#evidence?.freeze(stamped) ?? stamped;
  }

  #stepQuality(): void {
    const { source } = this.#options;
    const { kernelDropped, interfaceDropped } = source.stats();
    const { packets, bytes } = this.#pipeline;
    const counters = { ...this.#counted(), kernelDropped, interfaceDropped, packets, bytes };
    this.#minutes.step(Date.now(), counters, source.state().status === 'running');
    tellTotals(this.#mirror, this.#pipeline, source, Date.now() * 1000);
    // Addresses of this machine come and go with DHCP.
    if (++this.#steps % ADDRESS_STEPS === 0) this.#pipeline.decoding.setOwn(ownAddresses());
  }

  #log(level: 'error' | 'warn' | 'info' | 'debug', source: string, text: string): void {
    log(level, source, text);
    this.#server.send({ kind: 'log', level, source, text });
  }

  #counted() {
    const stats = this.#options.source.stats();
    return {
      kernelDropped: stats.kernelDropped ?? 0,
      interfaceDropped: stats.interfaceDropped ?? 0,
      truncated: stats.truncated,
      evicted: this.#pipeline.flows.evicted,
      hooksSkipped: this.#skipped(),
    };
  }

  /** Hook calls that came to nothing: the workers were behind, or a flood was on. */
  #skipped(): number {
    return (this.#host?.health().skipped ?? 0) + this.#flood.skipped;
  }

  #stats(): EngineStats {
    const nowMs = performance.now();
    const seconds = Math.max(0.001, (nowMs - this.#lastStatsMs) / 1000);
    const { packets, bytes, flows } = this.#pipeline;
    const packetsPerSecond = (packets - this.#lastPackets) / seconds;
    const bitsPerSecond = ((bytes - this.#lastBytes) * 8) / seconds;
    this.#lastPackets = packets;
    this.#lastBytes = bytes;
    this.#lastStatsMs = nowMs;
    const host = this.#host?.health();
    const { hosts } = this.#pipeline.accounts;
    const { source } = this.#options;
    return {
      atMs: Date.now(),
      clockMs: flows.nowUs / 1000,
      uptimeMs: Date.now() - this.#startedMs,
      source: { kind: source.kind, name: source.name, state: source.state(), stats: source.stats() },
      packets,
      bytes,
      packetsPerSecond,
      bitsPerSecond,
      flows: {
        active: flows.table.size,
        limit: flows.table.limit,
        created: flows.table.created,
        evicted: flows.evicted,
        ended: flows.ended,
      },
      hosts: { active: hosts.size, limit: hosts.limit, evicted: hosts.evicted },
      counters: { ...countersSeen(), ...this.#server.health().counters },
      plugins: {
        queue: host?.queue ?? 0,
        queueLimit: host?.queueLimit ?? 0,
        skipped: this.#skipped(),
        calls: host?.calls ?? 0,
        restarts: host?.restarts ?? 0,
        corePercent: host?.corePercent ?? 0,
      },
      memory: { rssBytes: process.memoryUsage.rss() },
      pauses: this.#pauses.figures(),
      progress: { capture: this.#pipeline.slices, engine: Math.floor(nowMs), plugins: host?.progress ?? 0 },
    };
  }
}
