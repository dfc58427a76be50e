/** How the appliance is, part by part in the order of the data's way, in sentences for its owner. */
import { availableParallelism } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { AlertStore } from '../alerts/store.ts';
import { VERSION } from '../version.ts';
import type { EngineLink } from './engine-link.ts';
import { createMachine } from './machine.ts';
import type { HealthPort } from './port.ts';
import type { Notifier } from './systemd.ts';
import type { Watchdog } from './watchdog.ts';

export interface HealthSources {
  link: EngineLink;
  alerts: AlertStore;
  notifier: Notifier;
  notify: { health(): { ok: boolean; text: string } };
  watchdog(): Watchdog | undefined;
  /** Sentences about the settings file, which ask the owner to act, and about the configuration's, which do not. */
  settingsNotices(): string[];
  configNotices(): string[];
  stateDir: string;
}

export interface HealthDesk extends HealthPort {
  start(): void;
  stop(): void;
}

/** The delay's percentile covers the last one to two windows, not all time since the start. */
const WINDOW_MS = 60_000;

type Part = { name: string; ok: boolean; text: string };

function enginePart(link: EngineLink): Part {
  const { status, reason, restarts, pid } = link.state();
  const again = restarts === 0 ? '' : `, restarted ${restarts} times`;
  if (status === 'running') return { name: 'engine', ok: true, text: `running (pid ${pid})${again}` };
  return { name: 'engine', ok: false, text: `${status}: ${reason === '' ? 'waiting for its hello' : reason}${again}` };
}

function capturePart(link: EngineLink): Part {
  const source = link.stats()?.source;
  if (source === undefined) return { name: 'capture', ok: false, text: 'unknown: the engine is not running' };
  const { kernelDropped } = source.stats;
  const drops = kernelDropped === null ? '' : `, ${kernelDropped} dropped`;
  const ok = source.state.status === 'running' || (source.kind === 'file' && source.state.status === 'ended');
  const text = `${source.name}: ${source.state.text}, ${source.stats.received} packets${drops}`;
  return { name: 'capture', ok, text };
}

function flowsPart(link: EngineLink): Part {
  const flows = link.stats()?.flows;
  if (flows === undefined) return { name: 'flows', ok: false, text: 'unknown: the engine is not running' };
  const full = flows.active > flows.limit * 0.9;
  const text = `${flows.active} of at most ${flows.limit}${flows.evicted === 0 ? '' : `, ${flows.evicted} pushed out`}`;
  return { name: 'flows', ok: !full, text };
}

function pluginsPart(link: EngineLink): Part {
  const plugins = link.plugins();
  const bad = plugins.filter(({ state }) => state === 'error' || state === 'quarantined');
  const text =
    bad.length === 0
      ? `${plugins.length} loaded`
      : `${bad.length} of ${plugins.length} need attention: ${bad
          .slice(0, 5)
          .map(({ key, state }) => `${key} (${state})`)
          .join(', ')}`;
  return { name: 'plugins', ok: bad.length === 0, text };
}

function alertsPart(alerts: AlertStore): Part {
  const { documents, limit, dropped, notices } = alerts.health();
  const text = [`${documents} of at most ${limit}${dropped === 0 ? '' : `, ${dropped} pushed out`}`, ...notices].join(
    '; ',
  );
  // A file that was repaired is worth a sentence, not a red light for ever.
  return { name: 'alerts', ok: alerts.working(), text };
}

function servicePart(sources: HealthSources): Part {
  const stalled = sources.watchdog()?.stalled() ?? [];
  if (stalled.length > 0) {
    const names = stalled.map(({ name, ms }) => `${name} (${Math.round(ms / 1000)} s)`).join(', ');
    return { name: 'service', ok: false, text: `no progress: ${names}` };
  }
  const { way, failed, lastError } = sources.notifier.health();
  if (way === 'none') return { name: 'service', ok: true, text: 'not started by systemd: no watchdog' };
  if (failed > 0) return { name: 'service', ok: false, text: `cannot reach systemd: ${lastError}` };
  return { name: 'service', ok: true, text: 'watched by systemd' };
}

export function createHealth(sources: HealthSources): HealthDesk {
  let current: ReturnType<typeof monitorEventLoopDelay> | undefined;
  let before: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const machine = createMachine(sources.stateDir, () => sources.link.state().pid, availableParallelism());
  return {
    machine,
    start() {
      current = monitorEventLoopDelay({ resolution: 10 });
      current.enable();
      timer = setInterval(() => {
        before = current?.percentile(99);
        current?.reset();
      }, WINDOW_MS);
      timer.unref();
    },
    stop() {
      clearInterval(timer);
      current?.disable();
    },
    parts() {
      const urgent = sources.settingsNotices();
      const notices = [...urgent, ...sources.configNotices()];
      const settings = {
        name: 'settings',
        ok: urgent.length === 0,
        text: notices.length === 0 ? 'read' : notices.join('; '),
      };
      return [
        capturePart(sources.link),
        enginePart(sources.link),
        flowsPart(sources.link),
        pluginsPart(sources.link),
        alertsPart(sources.alerts),
        { name: 'notifications', ...sources.notify.health() },
        settings,
        servicePart(sources),
      ];
    },
    process() {
      const p99 = Math.max(before ?? 0, current?.percentile(99) ?? 0) / 1e6;
      return {
        uptimeMs: Math.round(process.uptime() * 1000),
        rssBytes: process.memoryUsage.rss(),
        // The histogram counts the timer's own 10 ms.
        loopDelayP99Ms: Math.max(0, Math.round((p99 - 10) * 10) / 10),
        version: VERSION,
        node: process.version,
      };
    },
  };
}
