/**
 * Time series that plugins write (ts_utils.append of 4.2): each is one schema with one set of tags, its points kept in
 * memory in a ring. What does not fit is refused and counted; the card is not written.
 */

export const SERIES_LIMITS = {
  /** Series of all plugins: 256 × 1440 points × 4 metrics are 6 MB at the most. */
  series: 256,
  perPlugin: 64,
  /** A day of minutes. */
  points: 1440,
  metrics: 4,
  name: 128,
} as const;

/** A point as a script gave it; tags are texts, metrics numbers. */
export interface Point {
  plugin: string;
  schema: string;
  /** Seconds between two points, from the schema. */
  step: number;
  /** A counter grows; what is drawn is its growth a second. */
  counter: boolean;
  tags: { [name: string]: string };
  metrics: { [name: string]: number };
  atMs: number;
}

export interface SeriesInfo {
  id: string;
  plugin: string;
  schema: string;
  tags: { [name: string]: string };
  metrics: string[];
  step: number;
  counter: boolean;
  points: number;
  lastMs: number;
}

interface Series extends Omit<SeriesInfo, 'points'> {
  /** Times in steps since the epoch, oldest overwritten first. */
  times: Float64Array;
  values: Float32Array[];
  /** Raw value of a counter's last point. */
  before: number[];
  beforeS: number;
  next: number;
  count: number;
}

export class SeriesStore {
  readonly #series = new Map<string, Series>();
  /** Points that were refused because there are too many series, or because they hold no number. */
  refused = 0;

  get size(): number {
    return this.#series.size;
  }

  add(point: Point): boolean {
    const metrics = Object.entries(point.metrics).filter(([, value]) => Number.isFinite(value));
    const tags = Object.entries(point.tags).sort(([a], [b]) => (a < b ? -1 : 1));
    const id = [point.plugin, point.schema, ...tags.map(([name, value]) => `${name}=${value}`)].join('|');
    const series =
      this.#series.get(id) ??
      this.#make(
        id,
        point,
        metrics.map(([name]) => name),
      );
    if (series === undefined || metrics.length === 0) {
      this.refused++;
      return false;
    }
    const atS = Math.floor(point.atMs / 1000 / series.step) * series.step;
    const last = series.count > 0 ? series.times[(series.next + series.times.length - 1) % series.times.length]! : -1;
    if (atS < last) return false;
    const values = series.metrics.map((name) => point.metrics[name] ?? Number.NaN);
    let shown = values;
    if (series.counter) {
      const seconds = atS - series.beforeS;
      const { before } = series;
      // The first point of a counter, and one after it began anew, tells nothing yet.
      shown = values.map((value, i) =>
        value >= before[i]! && seconds > 0 ? (value - before[i]!) / seconds : Number.NaN,
      );
      if (atS === last) return true;
      series.before = values;
      series.beforeS = atS;
    }
    const at = atS === last ? (series.next + series.times.length - 1) % series.times.length : series.next;
    series.times[at] = atS;
    for (const [i, value] of shown.entries()) series.values[i]![at] = value;
    if (atS !== last) {
      series.next = (series.next + 1) % series.times.length;
      series.count = Math.min(series.count + 1, series.times.length);
    }
    series.lastMs = point.atMs;
    return true;
  }

  #make(id: string, point: Point, metrics: string[]): Series | undefined {
    const mine = [...this.#series.values()].filter((one) => one.plugin === point.plugin).length;
    if (metrics.length === 0 || mine >= SERIES_LIMITS.perPlugin || this.#series.size >= SERIES_LIMITS.series)
      return undefined;
    if (id.length > SERIES_LIMITS.name * 4) return undefined;
    const kept = metrics.slice(0, SERIES_LIMITS.metrics);
    const series: Series = {
      id,
      plugin: point.plugin,
      schema: point.schema,
      tags: point.tags,
      metrics: kept,
      step: Math.max(1, Math.floor(point.step) || 60),
      counter: point.counter,
      lastMs: 0,
      times: new Float64Array(SERIES_LIMITS.points),
      values: kept.map(() => new Float32Array(SERIES_LIMITS.points)),
      before: kept.map(() => Number.POSITIVE_INFINITY),
      beforeS: 0,
      next: 0,
      count: 0,
    };
    this.#series.set(id, series);
    return series;
  }

  /** Forgets the series of a schema whose tags are these (ts_utils.delete): all of the schema when none are given. */
  delete(plugin: string, prefix: string, tags: { [name: string]: string }): number {
    let gone = 0;
    for (const [id, one] of this.#series) {
      if (one.plugin !== plugin || !one.schema.startsWith(prefix)) continue;
      if (Object.entries(tags).some(([name, value]) => one.tags[name] !== value)) continue;
      this.#series.delete(id);
      gone++;
    }
    return gone;
  }

  list(plugin?: string): SeriesInfo[] {
    const out: SeriesInfo[] = [];
    for (const { id, plugin: owner, schema, tags, metrics, step, counter, count, lastMs } of this.#series.values()) {
      if (plugin !== undefined && owner !== plugin) continue;
      out.push({ id, plugin: owner, schema, tags, metrics, step, counter, points: count, lastMs });
    }
    return out;
  }

  /** Points of a series from oldest to newest: times in ms, a list of values for each metric (null = nothing known). */
  points(id: string): { times: number[]; values: (number | null)[][] } | undefined {
    const series = this.#series.get(id);
    if (!series) return undefined;
    const order = Array.from(
      { length: series.count },
      (_, i) => (series.next + series.times.length - series.count + i) % series.times.length,
    );
    return {
      times: order.map((i) => series.times[i]! * 1000),
      values: series.values.map((list) => order.map((i) => (Number.isNaN(list[i]!) ? null : list[i]!))),
    };
  }
}
