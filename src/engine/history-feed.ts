/** Turns the pipeline's growing counters into the minutes of the traffic history, on packet time. */
import type { PacketSource } from '../capture/source.ts';
import { HOST, HOST_STRIDE } from '../flows/hosts.ts';
import type { History } from '../history/history.ts';
import type { HostBytes } from '../history/record.ts';
import { largest } from '../history/step.ts';
import type { Pipeline } from './pipeline.ts';

const MINUTE = 60_000;
/** Hosts handed on per minute; a record keeps the first twelve, the hour needs more to choose from. */
const MAX_HOSTS = 128;

interface Counted {
  bytes: number;
  packets: number;
  flows: number;
  dropped: number;
  evicted: number;
}

export class HistoryFeed {
  readonly #pipeline: Pipeline;
  readonly #source: PacketSource;
  readonly #history: History;
  #minute = -1;
  #last: Counted;
  readonly #applications = new Map<number, number>();
  #blind = 0;
  #activeFlows = 0;
  #hosts = 0;

  constructor(pipeline: Pipeline, source: PacketSource, history: History) {
    this.#pipeline = pipeline;
    this.#source = source;
    this.#history = history;
    this.#last = this.#counted();
  }

  /** Call once a second. */
  second(): void {
    if (this.#source.state().status !== 'running') this.#blind++;
    this.#activeFlows = Math.max(this.#activeFlows, this.#pipeline.flows.table.size);
    this.#hosts = Math.max(this.#hosts, this.#pipeline.accounts.hosts.size);
    const minute = Math.floor(this.#pipeline.flows.nowUs / 1000 / MINUTE);
    if (minute === this.#minute) return;
    // The first minute of a run is cut at its begin: it counts all the same.
    if (this.#minute > 0) this.#emit(this.#minute * MINUTE);
    this.#minute = minute;
  }

  /** Hands on what there is of the minute that goes on; at the end of a run. */
  end(): void {
    if (this.#minute > 0) this.#emit(this.#minute * MINUTE);
    this.#minute = -1;
  }

  #counted(): Counted {
    const { packets, bytes, flows } = this.#pipeline;
    const stats = this.#source.stats();
    const dropped = (stats.kernelDropped ?? 0) + (stats.interfaceDropped ?? 0);
    return { bytes, packets, flows: flows.table.created, dropped, evicted: flows.evicted };
  }

  #emit(beginMs: number): void {
    const now = this.#counted();
    // A source that was opened anew counts from zero again.
    const since = (key: keyof Counted) => Math.max(0, now[key] - this.#last[key]);
    this.#history.minute({
      beginMs,
      traffic: [
        since('bytes'),
        since('packets'),
        since('flows'),
        since('dropped'),
        since('evicted'),
        Math.min(60, this.#blind),
        this.#activeFlows,
        this.#hosts,
      ],
      protocols: this.#protocols(),
      hosts: this.#localHosts(),
    });
    this.#last = now;
    this.#blind = this.#activeFlows = this.#hosts = 0;
  }

  #protocols(): { id: number; bytes: number }[] {
    const moved: { id: number; bytes: number }[] = [];
    for (const [id, total] of this.#pipeline.accounts.applications) {
      const bytes = total - (this.#applications.get(id) ?? 0);
      if (bytes <= 0) continue;
      this.#applications.set(id, total);
      moved.push({ id, bytes });
    }
    return largest(moved, moved.length);
  }

  /** Flows are booked when they end and each minute: what is shown for a host lags by a minute at most. */
  #localHosts(): HostBytes[] {
    const { accounts, networks } = this.#pipeline;
    const { hosts } = accounts;
    const found: HostBytes[] = [];
    for (let h = 0; h < hosts.high; h++) {
      if (!hosts.used(h)) continue;
      const n = h * HOST_STRIDE;
      const total = hosts.nums[n + HOST.BYTES_SENT]! + hosts.nums[n + HOST.BYTES_RCVD]!;
      const bytes = total - hosts.nums[n + HOST.BYTES_AT_MINUTE]!;
      if (bytes <= 0) continue;
      hosts.nums[n + HOST.BYTES_AT_MINUTE] = total;
      const k = h * 8;
      const words = [hosts.keys[k]!, hosts.keys[k + 1]!, hosts.keys[k + 2]!, hosts.keys[k + 3]!] as const;
      const version = hosts.version(h) === 6 ? 6 : 4;
      if (networks.indexOf(version, ...words) >= 0) found.push({ version, vlan: hosts.vlan(h), words, bytes });
    }
    return largest(found, MAX_HOSTS);
  }
}
