/** The appliance put together: its parts, the order in which they start and stop, and what systemd hears of it. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createAdmin } from '../admin/server.ts';
import { createExclusions } from '../alerts/exclusions.ts';
import { type AlertStore, createAlertStore } from '../alerts/store.ts';
import { log } from '../log.ts';
import { createNotifyDesk } from '../notify/desk.ts';
import { categoryName, protocolName, riskName } from '../protocols/catalogue.ts';
import { VERSION } from '../version.ts';
import { applyBootFile } from './boot-file.ts';
import { createBoxNetwork } from './box-network.ts';
import { createCertificates, loadPair } from './certificate.ts';
import { createConfigDesk } from './config-port.ts';
import { createConfigStore } from './config-store.ts';
import { createEngineLink, type EngineLink } from './engine-link.ts';
import { type EngineCommand, ownCommand } from './engine-process.ts';
import { createEvidence } from './evidence.ts';
import { createHealth } from './health.ts';
import { ListFetcher } from './list-fetcher.ts';
import { createAlertNotices, createPartWatch } from './notices.ts';
import { createPluginFiles } from './plugin-files/desk.ts';
import { runTool } from './plugin-files/tool.ts';
import type { AppliancePort, Settings } from './port.ts';
import { createProbe } from './probe.ts';
import { createSettings, InvalidSettings, peekSettings } from './settings.ts';
import { SETTINGS_RULES } from './settings-schema.ts';
import { createSystem } from './system.ts';
import { createNotifier, type Notifier } from './systemd.ts';
import { createUpdates } from './update.ts';
import { createWatchdog, type Watchdog } from './watchdog.ts';

export interface AppOptions {
  /** Settings, configuration, alerts, sessions; must exist and be ours alone (see lock.ts). */
  stateDir: string;
  /** Private folder for the engine's socket; must survive a restart of the service. */
  runtimeDir: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Written to the settings at the start, where the page can change it. */
  interface?: string;
  /** Replays this capture in a loop instead of watching an interface. */
  demo?: string;
  capture?: 'auto' | 'ring' | 'cap';
  pluginDirs: string[];
  notifier?: Notifier;
  /** Stops this appliance, does what is asked between, starts a new one. */
  again?(reason: string, between?: () => Promise<void>): void;
  /** How the engine is started; default: this program. */
  engineCommand?(args: string[]): EngineCommand;
}

export interface App {
  /** Resolves when the admin page listens; the engine may still be starting. */
  start(): Promise<{ port: number }>;
  stop(): Promise<void>;
  readonly port: AppliancePort;
}

interface Part {
  name: string;
  start(): Promise<void> | void;
  stop(): Promise<void> | void;
}

const names = { protocol: protocolName, category: categoryName, risk: riskName };

/** The made-up office allows its router's DNS server only, so that its stranger raises the first alert. */
const DEMO_PRESET = { unexpected_dns: { items: ['192.168.1.1'] } };
/** READY is sent after this time even when the engine does not come up: the page that says why is there. */
const READY_MS = 20_000;
const STATUS_MS = 10_000;
/** An engine that is still "starting" after this time counts as stalled. */
const STARTING_MS = 120_000;

/** A plugin may be tried over recent flows so long; the run itself ends after 60 s. */
const RECENT_MS = 90_000;

/** Bytes of evidence files when nothing may be written to the card: they lie in memory then. */
const MEMORY_EVIDENCE = 8_000_000;

/** Where evidence files lie: in memory-only mode in the service's private tmpfs. */
const evidenceDir = (options: AppOptions, { writes }: Readonly<Settings>): string =>
  writes === 'memory' ? options.runtimeDir : options.stateDir;

/** What the engine is started with, or why there is nothing to start. */
function engineArgs(
  options: AppOptions,
  settings: Readonly<Settings>,
  interfaceName: string,
  socketPath: string,
): string[] | { waitFor: string } {
  const keep = ['--state-dir', options.stateDir, '--writes', settings.writes];
  const common = ['engine', '--socket', socketPath, ...keep, '--history-bytes', String(settings.keepHistory)];
  const evidence =
    settings.writes === 'memory' ? Math.min(settings.keepEvidence, MEMORY_EVIDENCE) : settings.keepEvidence;
  common.push('--evidence-dir', evidenceDir(options, settings), '--evidence-bytes', `${evidence}`);
  if (options.demo !== undefined) return [...common, '--demo', options.demo];
  if (interfaceName === '') return { waitFor: 'no interface is chosen: choose the mirror port on the settings page' };
  return [...common, '--interface', interfaceName, ...(options.capture ? ['--capture', options.capture] : [])];
}

/** One line for `systemctl status` and, when it is not good, the reason first. */
export function statusLine(link: EngineLink, alerts: AlertStore): string {
  const stats = link.stats();
  const unseen = `${alerts.counts().all} alerts not seen`;
  if (stats === undefined) return `engine ${link.state().status}: ${link.state().reason || 'starting'}; ${unseen}`;
  const { name, state } = stats.source;
  if (state.status !== 'running') return `${name}: ${state.text}; ${unseen}`;
  return `watching ${name}: ${Math.round(stats.packetsPerSecond)} packets/s, ${stats.flows.active} flows, ${unseen}`;
}

/** "192.168.1.5=suricata" lines as a table; lines that are none were refused when they were saved. */
const producersOf = (lines: readonly string[]): { [source: string]: string } =>
  Object.fromEntries(lines.map((line) => line.split('=', 2).map((part) => part.trim()) as [string, string]));

export function createApp(options: AppOptions): App {
  const settings = createSettings(join(options.stateDir, 'settings.json'));
  const configStore = createConfigStore(options.stateDir);
  const startValues = peekSettings(join(options.stateDir, 'settings.json'), ['writes', 'keepAlerts']);
  const inMemory = startValues.writes === 'memory';
  const alertNotices = createAlertNotices(() => settings.get().notifyAgainHours * 3_600_000);
  const alerts: AlertStore = createAlertStore({
    file: join(options.stateDir, 'alerts.db'),
    fileBytes: startValues.keepAlerts,
    memory: inMemory,
    onTaken: (row, event) => alertNotices.take(row, event),
    excluded: (event) => exclusions.excluded(event),
  });
  const exclusions = createExclusions({ file: join(options.stateDir, 'exclusions.db'), rows: alerts });
  const notifier = options.notifier ?? createNotifier();
  const command = options.engineCommand ?? ownCommand;
  let watchdog: Watchdog | undefined;
  let listening = 0;
  let statusTimer: NodeJS.Timeout | undefined;
  let readyBy = 0;
  let ready = false;
  let lastStatus = '';
  let interfaceUnsaved: string | undefined;

  const link = createEngineLink({
    runtimeDir: options.runtimeDir,
    version: VERSION,
    command(socketPath) {
      const args = engineArgs(options, settings.get(), interfaceUnsaved ?? settings.get().interface, socketPath);
      return Array.isArray(args) ? command(args) : args;
    },
    config: () => ({
      localNetworks: settings.get().localNetworks,
      tunnels: settings.get().tunnels,
      ownHosts: settings.get().ownHosts,
      configSets: configStore.sets(),
      pools: configStore.pools(),
      grants: configStore.grants(),
      recipients: configStore.recipients(),
      devicePolicies: settings.get().devicePolicies,
      syslog: { listen: settings.get().syslogListen, producers: producersOf(settings.get().syslogProducers) },
      language: settings.get().language,
      pluginDirs: options.pluginDirs,
      lua: settings.get().luaEngine === 'fengari' ? 'fengari' : 'wasm',
    }),
    async onAlerts(items) {
      const stored = alerts.add(items);
      notify.tellWhen(stored, alertNotices.drain());
      // The engine forgets an alert when it is stored and when those who must hear of it are written down.
      await Promise.all([stored, notify.settled()]);
    },
    onFresh: () => alerts.engineRestarted(),
    onPlugins: (items) => void config.learn(items),
  });
  const config = createConfigDesk(
    configStore,
    () => link.plugins(),
    () => link.configure(),
    options.demo === undefined ? {} : DEMO_PRESET,
  );
  const notices = (): string[] => [...settings.notices(), ...configStore.notices(), ...exclusions.notices()];
  const notify = createNotifyDesk({
    file: inMemory ? undefined : join(options.stateDir, 'notify.queue'),
    destinations: () => settings.get().destinations,
    box: () => ({
      name: settings.get().name,
      url: settings.get().pageUrl.replace(/\/+$/, ''),
      id: settings.get().boxId,
      version: VERSION,
    }),
    // A notice whose alert never reached the store comes again with it from the engine.
    stillTrue: ({ path }) => !path.startsWith('/alerts/') || alerts.get(path.slice('/alerts/'.length)) !== undefined,
  });
  const health = createHealth({
    stateDir: options.stateDir,
    notify,
    link,
    alerts,
    notifier,
    watchdog: () => watchdog,
    settingsNotices: () => [...settings.notices(), ...listFetcher.notices()],
    configNotices: () => configStore.notices(),
  });
  const evidence = createEvidence(() => evidenceDir(options, settings.get()));
  const system = createSystem({
    stateDir: options.stateDir,
    version: VERSION,
    settings,
    engineLogs: () => link.logs(),
    again:
      options.again ??
      ((reason) => log('error', 'appliance', `cannot start anew by itself (${reason}): restart the service`)),
  });
  const listFetcher = new ListFetcher({
    folder: join(options.stateDir, 'lists'),
    urls: () => settings.get().listUrls,
    changed: () => void link.reloadPlugins().catch(() => {}),
  });
  const pluginFiles = createPluginFiles({
    stateDir: options.stateDir,
    shippedDirs: options.pluginDirs.filter((dir) => dir !== join(options.stateDir, 'plugins')),
    reload: () => link.reloadPlugins(),
    recent: (folder) => link.ask('wouldFire', { folder }, RECENT_MS),
    ...(options.engineCommand ? { tool: (args) => runTool(args, options.engineCommand) } : {}),
  });
  const boxNetwork = createBoxNetwork({ stateDir: options.stateDir });
  const port: AppliancePort = {
    pluginFiles,
    alerts,
    exclusions,
    engine: link,
    evidence,
    config,
    settings,
    health,
    notify,
    system,
    certificate: createCertificates(options.stateDir),
    network: boxNetwork,
    updates: createUpdates({ stateDir: options.stateDir }),
    probe: createProbe(options.engineCommand ?? ownCommand),
    names,
    version: VERSION,
  };
  const partWatch = createPartWatch(
    () => health.parts(),
    (notice) => notify.tell(notice),
  );
  const tls = loadPair(options.stateDir);
  const admin = createAdmin(port, {
    stateDir: options.stateDir,
    host: options.host,
    port: options.port,
    ...(tls === undefined ? {} : { tls }),
  });

  const systemZone = process.env['TZ'];
  /** Node re-reads the variable when it is set; all times that people see follow. */
  const applyZone = (): void => {
    const zone = settings.get().timeZone || systemZone;
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  };

  settings.onChange = (keys) => {
    if (keys.includes('timeZone')) applyZone();
    interfaceUnsaved = undefined;
    if (keys.includes('destinations')) notify.changed();
    if (keys.includes('listUrls')) void listFetcher.refresh();
    const forEngine = keys.filter((key) => SETTINGS_RULES[key].applies === 'engine');
    if (forEngine.length > 0 && options.demo === undefined) link.restart(`setting ${forEngine.join(', ')} was changed`);
    else link.configure();
  };

  /** The engine's progress of one kind while it runs; undefined (excused) while it is between two starts. */
  function engineProgress(kind: 'capture' | 'engine' | 'plugins'): number | undefined {
    const { status, sinceMs, restarts } = link.state();
    if (status === 'down') return undefined;
    if (status === 'starting') return Date.now() - sinceMs > STARTING_MS ? -restarts : undefined;
    const stats = link.stats();
    if (stats === undefined) return undefined;
    // A file is paced by its own times and may pause; an interface without carrier is a state, not a stall.
    if (kind === 'capture' && (stats.source.kind === 'file' || stats.source.state.status !== 'running'))
      return undefined;
    if (kind === 'plugins' && stats.plugins.queueLimit === 0) return undefined;
    return stats.progress[kind];
  }

  function startWatchdog(): void {
    const { watchdogMs } = notifier;
    const enginePart = (name: 'capture' | 'engine' | 'plugins') => ({
      name,
      progress: () => engineProgress(name),
      revive: (reason: string) => link.fail(reason),
    });
    watchdog = createWatchdog({
      parts: [
        enginePart('capture'),
        enginePart('engine'),
        enginePart('plugins'),
        { name: 'store', progress: () => alerts.progress() },
      ],
      beatMs: watchdogMs === undefined ? 15_000 : watchdogMs / 2,
      beat: () => void notifier.watchdog(),
      onStall: (_, text) => log('error', 'watchdog', text),
    });
    watchdog.start();
  }

  /** Capturing, or waiting for something that is named. */
  function settled(): boolean {
    // An engine that failed gets its READY_MS; one that has nothing to watch never ran.
    const { status, restarts } = link.state();
    const { status: source, reason } = link.stats()?.source.state ?? { status: 'waiting', reason: 'starting' };
    return !(source === 'waiting' && reason === 'starting') || (status === 'down' && restarts === 0);
  }

  function tellSystemd(): void {
    const text = statusLine(link, alerts);
    if (!ready && (settled() || performance.now() > readyBy)) {
      ready = true;
      log('info', 'appliance', `ready: ${text}`);
      void notifier.ready(text);
      clearInterval(statusTimer);
      statusTimer = setInterval(tellSystemd, STATUS_MS);
    } else if (ready && text !== lastStatus) void notifier.status(text);
    lastStatus = text;
  }

  const parts: Part[] = [
    { name: 'log', start: () => system.start(), stop: () => system.stop() },
    { name: 'network', start: () => boxNetwork.start(), stop: () => boxNetwork.stop() },
    {
      name: 'settings',
      async start() {
        await settings.start();
        await applyBootFile({ stateDir: options.stateDir, settings });
        applyZone();
        const change = {
          ...(settings.get().boxId === '' ? { boxId: randomBytes(6).toString('hex') } : {}),
          ...(options.interface === undefined ? {} : { interface: options.interface }),
        };
        try {
          await settings.update(change);
        } catch (error) {
          if (error instanceof InvalidSettings) throw error;
          // A card that takes no writes is no reason not to watch.
          interfaceUnsaved = options.interface;
          log('error', 'appliance', (error as Error).message);
        }
      },
      stop: () => {},
    },
    { name: 'configuration', start: () => configStore.start(), stop: () => configStore.stop() },
    { name: 'exclusions', start: () => exclusions.start(), stop: () => exclusions.stop() },
    { name: 'alerts', start: () => alerts.start(), stop: () => alerts.stop() },
    { name: 'health', start: () => health.start(), stop: () => health.stop() },
    { name: 'notifications', start: () => notify.start(), stop: () => notify.stop() },
    // Before the page: the engine's process starts up while this one makes the pages.
    { name: 'engine', start: () => link.start(), stop: () => link.stop() },
    { name: 'lists', start: () => listFetcher.start(), stop: () => listFetcher.stop() },
    {
      name: 'admin',
      async start() {
        listening = (await admin.start()).port;
      },
      stop: () => admin.stop(),
    },
    { name: 'part watch', start: () => partWatch.start(), stop: () => partWatch.stop() },
    { name: 'watchdog', start: startWatchdog, stop: () => watchdog?.stop() },
    {
      name: 'systemd',
      start() {
        readyBy = performance.now() + READY_MS;
        statusTimer = setInterval(tellSystemd, 100);
      },
      async stop() {
        clearInterval(statusTimer);
        await notifier.stopping('stopping');
      },
    },
  ];
  const started: Part[] = [];

  async function stop(): Promise<void> {
    for (const part of started.splice(0).reverse()) {
      try {
        await part.stop();
      } catch (error) {
        log('error', 'appliance', `stopping ${part.name}: ${(error as Error).message}`);
      }
    }
  }

  return {
    port,
    async start() {
      for (const part of parts) {
        try {
          await part.start();
        } catch (error) {
          await stop();
          throw new Error(`cannot start ${part.name}: ${(error as Error).message}`);
        }
        started.push(part);
      }
      for (const text of notices()) log('warn', 'appliance', text);
      return { port: listening };
    },
    stop,
  };
}
