/** The traffic chart: what the engine remembers, folded to what a screen can show, with the windows in which it was blind. */
import type { History, HistoryQuery } from '../link/topics-traffic.ts';
import { loadAssets } from './assets.ts';
import type { Room } from './context.ts';
import { bits, duration } from './format.ts';
import { attr, type Html, html } from './html.ts';
import { type TextKey, t } from './i18n.ts';

export const RANGES = ['24h', '7d', '30d'] as const;
export type Range = (typeof RANGES)[number];

/** What is asked of the engine for a range, and how many steps become one point. */
const ASKED: Record<Range, { step: HistoryQuery['step']; steps: number; fold: number }> = {
  '24h': { step: 'minute', steps: 1440, fold: 6 },
  '7d': { step: 'hour', steps: 168, fold: 1 },
  '30d': { step: 'hour', steps: 720, fold: 4 },
};

/** Points of one chart; a point is a mean over `stepMs`. */
export interface Traffic {
  fromMs: number;
  stepMs: number;
  /** Bits per second; null where nothing was recorded. */
  bits: (number | null)[];
  /** Packets dropped in the step. */
  dropped: number[];
  /** Seconds of the step without capture. */
  blind: number[];
}

const valuesOf = (history: History, key: string): (number | null)[] =>
  history.series.find((s) => s.key === key)?.values ?? [];

/** Folds `n` steps into one; a step that was not recorded counts as neither traffic nor time. */
export function foldTraffic(history: History, n: number): Traffic {
  const bytes = valuesOf(history, 'bytes');
  const dropped = valuesOf(history, 'dropped');
  const blind = valuesOf(history, 'blind');
  const out: Traffic = { fromMs: history.fromMs, stepMs: history.stepMs * n, bits: [], dropped: [], blind: [] };
  for (let i = 0; i < bytes.length; i += n) {
    let sum = 0;
    let seen = 0;
    let lost = 0;
    let dark = 0;
    for (let j = i; j < Math.min(i + n, bytes.length); j++) {
      lost += dropped[j] ?? 0;
      dark += blind[j] ?? 0;
      if (bytes[j] === null || bytes[j] === undefined) continue;
      sum += bytes[j]!;
      seen += history.stepMs / 1000;
    }
    // What was not seen for a part of the step is no traffic of zero: the mean is over what was seen.
    const watched = seen - dark;
    const rate = watched >= 1 ? (8 * sum) / watched : sum > 0 ? (8 * sum) / seen : null;
    out.bits.push(seen === 0 || rate === null ? null : Math.round(rate));
    out.dropped.push(lost);
    out.blind.push(Math.min(dark, (n * history.stepMs) / 1000));
  }
  return out;
}

/** Undefined when the engine has no answer. */
export async function trafficOf(room: Room, range: Range): Promise<Traffic | undefined> {
  const { step, steps, fold } = ASKED[range];
  const history = await room.port.engine
    .ask('history', { what: 'traffic', step, steps, top: 0 })
    .catch(() => undefined);
  return history === undefined ? undefined : foldTraffic(history, fold);
}

interface Figures {
  mean: number;
  most: number;
  blindMs: number;
  dropped: number;
  known: number;
}

export function figuresOf(traffic: Traffic): Figures {
  const known = traffic.bits.filter((v) => v !== null);
  const sum = known.reduce((a, b) => a + b, 0);
  return {
    known: known.length,
    mean: known.length === 0 ? 0 : sum / known.length,
    most: known.reduce((a, b) => Math.max(a, b), 0),
    blindMs: traffic.blind.reduce((a, b) => a + b, 0) * 1000,
    dropped: traffic.dropped.reduce((a, b) => a + b, 0),
  };
}

/** Points that the drawing without scripts has at most. */
const DRAWN = 120;
const WIDTH = 600;
const HEIGHT = 100;

/** The chart as a plain drawing, for those without scripts and until the script has come. */
function drawing(traffic: Traffic, most: number): Html {
  const n = traffic.bits.length;
  const every = Math.max(1, Math.ceil(n / DRAWN));
  const x = (i: number): number => Math.round((i / Math.max(1, n)) * WIDTH);
  let path = '';
  let open = false;
  for (let i = 0; i < n; i += every) {
    const part = traffic.bits.slice(i, i + every).filter((v) => v !== null);
    if (part.length === 0) {
      if (open) path += `V${HEIGHT}Z`;
      open = false;
      continue;
    }
    const y = HEIGHT - Math.round((part.reduce((a, b) => Math.max(a, b), 0) / Math.max(1, most)) * (HEIGHT - 4));
    path += open ? `H${x(i)}V${y}` : `M${x(i)} ${HEIGHT}V${y}`;
    open = true;
  }
  if (open) path += `H${WIDTH}V${HEIGHT}Z`;
  const hatched: Html[] = [];
  for (let i = 0; i < n; i++) {
    if (traffic.blind[i]! <= 0) continue;
    let end = i;
    while (end < n && traffic.blind[end]! > 0) end++;
    hatched.push(html`<rect x="${x(i)}" y="0" width="${Math.max(2, x(end) - x(i))}" height="${HEIGHT}"></rect>`);
    i = end;
  }
  return html`<svg class="drawing" viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" class="hatch-line"></path></pattern></defs><path class="area" d="${path}"></path><g class="hatched">${hatched}</g></svg>`;
}

/** The chart with its choice of time; `href` makes the address of the page for another range. */
export function trafficChart(traffic: Traffic | undefined, range: Range, href: (range: Range) => string): Html {
  const choice = html`<nav class="pills small" aria-label="${t('chart.range')}">${RANGES.map(
    (r) =>
      html`<a href="${href(r)}"${attr('aria-current', r === range ? 'true' : null)}>${t(`chart.range.${r}` as TextKey)}</a>`,
  )}</nav>`;
  const head = html`<div class="card-head"><h2>${t('chart.traffic')}</h2>${choice}</div>`;
  const figures = traffic === undefined ? undefined : figuresOf(traffic);
  if (traffic === undefined || figures === undefined || figures.known === 0)
    return html`<section class="card">${head}<p class="muted">${t('chart.none')}</p></section>`;
  const summary = t('chart.summary', { mean: bits(figures.mean), most: bits(figures.most) });
  return html`<section class="card">${head}<div class="chart" role="img" aria-label="${t('chart.traffic')}, ${t(`chart.range.${range}` as TextKey)}: ${summary}" data-chart="/live/traffic?range=${range}" data-script="${loadAssets().url('chart.js')}" data-label="${t('chart.traffic')}" data-dropped="${t('chart.dropped.short')}" data-time="${t('chart.time')}">${drawing(traffic, figures.most)}</div><p class="muted small">${summary}${
    figures.blindMs > 0
      ? html` <span class="says-blind">${t('chart.blind', { time: duration(figures.blindMs) })}</span>`
      : null
  }${figures.dropped > 0 ? html` <span class="trouble">${t('chart.dropped', { n: figures.dropped })}</span>` : null}</p></section>`;
}
