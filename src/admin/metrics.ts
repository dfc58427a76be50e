/** /metrics: figures as Prometheus text (exposition format 0.0.4). */
import type Router from '@koa/router';
import type { Room, State } from './context.ts';

type Labels = { [name: string]: string };

const label = (text: string): string => text.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`)).slice(0, 200);

/** Lines of the format; each name once with its help and type. */
export class Exposition {
  readonly #lines: string[] = [];
  #last = '';

  add(
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    value: number | null | undefined,
    labels: Labels = {},
  ): void {
    if (value === null || value === undefined || !Number.isFinite(value)) return;
    const full = `spanwatch_${name}`;
    if (full !== this.#last) this.#lines.push(`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`);
    this.#last = full;
    const pairs = Object.entries(labels).map(([k, v]) => `${k}="${label(v)}"`);
    this.#lines.push(`${full}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

/** Counters shown by name; a hostile network cannot make new names, but a bound costs nothing. */
const COUNTERS = 1000;

export function metricsText(room: Room): string {
  const { port } = room;
  const e = new Exposition();
  const stats = port.engine.stats();
  const process = port.health.process();
  const machine = port.health.machine();
  const store = port.alerts.health();
  const counts = port.alerts.counts();
  e.add('info', 'gauge', 'Version of the product.', 1, { version: port.version });
  e.add('engine_up', 'gauge', 'Whether the engine runs.', port.engine.state().status === 'running' ? 1 : 0);
  e.add('engine_restarts_total', 'counter', 'Starts of the engine after the first.', port.engine.state().restarts);
  for (const part of port.health.parts())
    e.add('part_ok', 'gauge', 'Whether a part is well.', part.ok ? 1 : 0, { part: part.name });
  if (stats !== undefined) {
    const { source } = stats;
    e.add('capture_running', 'gauge', 'Whether capture runs.', source.state.status === 'running' ? 1 : 0);
    e.add('packets_total', 'counter', 'Packets seen.', stats.packets);
    e.add('bytes_total', 'counter', 'Bytes seen.', stats.bytes);
    e.add('dropped_total', 'counter', 'Packets lost before they were seen.', source.stats.kernelDropped, {
      by: 'kernel',
    });
    e.add('dropped_total', 'counter', 'Packets lost before they were seen.', source.stats.interfaceDropped, {
      by: 'interface',
    });
    e.add('truncated_total', 'counter', 'Packets cut short.', source.stats.truncated);
    e.add('flows_active', 'gauge', 'Flows in the table.', stats.flows.active);
    e.add('flows_limit', 'gauge', 'Room of the flow table.', stats.flows.limit);
    e.add('flows_created_total', 'counter', 'Flows begun.', stats.flows.created);
    e.add('flows_evicted_total', 'counter', 'Flows pushed out of the full table.', stats.flows.evicted);
    e.add('hosts_active', 'gauge', 'Hosts in the table.', stats.hosts.active);
    e.add('plugin_calls_total', 'counter', 'Calls of plugins.', stats.plugins.calls);
    e.add('plugin_calls_skipped_total', 'counter', 'Calls skipped because the queue was full.', stats.plugins.skipped);
    e.add('plugin_queue', 'gauge', 'Calls that wait.', stats.plugins.queue);
    e.add('plugin_core_percent', 'gauge', 'Share of a core that plugins take.', stats.plugins.corePercent);
    e.add('engine_resident_bytes', 'gauge', 'Memory of the engine.', stats.memory.rssBytes);
    for (const [name, value] of Object.entries(stats.counters).slice(0, COUNTERS))
      e.add('counter_total', 'counter', 'Oddities and refusals by name.', value, { name });
  }
  e.add('alerts_stored', 'gauge', 'Alerts in the store.', store.documents);
  e.add('alerts_open', 'gauge', 'Alerts that nobody acknowledged.', counts.all);
  e.add('alerts_engaged', 'gauge', 'Alerts that go on.', counts.engaged);
  e.add('alerts_dropped_total', 'counter', 'Alerts dropped for lack of room.', store.dropped);
  e.add('written_bytes_total', 'counter', 'Bytes written to storage since the start.', machine.writes.appliance, {
    by: 'appliance',
  });
  e.add('written_bytes_total', 'counter', 'Bytes written to storage since the start.', machine.writes.engine, {
    by: 'engine',
  });
  for (const d of port.notify.destinations()) {
    const labels = { destination: d.name, type: d.type };
    e.add('notices_waiting', 'gauge', 'Notices that wait for a destination.', port.notify.state(d.id)?.waiting, labels);
  }
  e.add('temperature_celsius', 'gauge', 'Hottest sensor.', machine.temperature);
  e.add('memory_available_bytes', 'gauge', 'Memory that is free for use.', machine.memory.availableBytes);
  e.add('storage_free_bytes', 'gauge', 'Room of the storage.', machine.storage.freeBytes);
  e.add('appliance_resident_bytes', 'gauge', 'Memory of the appliance.', process.rssBytes);
  e.add('event_loop_delay_p99_seconds', 'gauge', 'Event loop delay of the appliance.', process.loopDelayP99Ms / 1000);
  e.add('live_streams', 'gauge', 'Open pages that are kept live.', room.live.size);
  e.add('uptime_seconds', 'gauge', 'Since the appliance began.', process.uptimeMs / 1000);
  return e.text();
}

export function metricsRoutes(router: Router<State>, room: Room): void {
  router.get('/metrics', (ctx) => {
    ctx.type = 'text/plain; version=0.0.4; charset=utf-8';
    ctx.body = metricsText(room);
  });
}
