/** What a plugin would have raised: the form that asks, and the answer. */
import type { WouldFire } from '../../workshop/would-fire.ts';
import { bar, card, dataTable, field as fieldBox, icon, notice, severityBadge, time } from '../components.ts';
import type { AdminContext, Room } from '../context.ts';
import { bytes, clip, dateTime, number } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { t } from '../i18n.ts';
import { tokenField } from '../layout.ts';

/** Bytes of a capture that is uploaded: it is held in memory until it is tried. */
export const CAPTURE_BYTES = 32_000_000;

export function tryCard(room: Room, ctx: AdminContext, key: string): Html {
  return card(
    t('workshop.try'),
    html`<p class="muted">${t('workshop.try.text')}</p><form method="post" action="/workshop/try">${tokenField(room, ctx)}<input type="hidden" name="key" value="${key}"><button class="primary" data-busy>${icon('radar')}${t('workshop.try.recent')}</button></form>
<form method="post" action="/workshop/try" enctype="multipart/form-data">${tokenField(room, ctx)}<input type="hidden" name="key" value="${key}">${fieldBox(
      {
        id: 'capture',
        label: t('workshop.try.capture'),
        hint: t('workshop.try.capture.hint', { size: bytes(CAPTURE_BYTES) }),
      },
      html`<input type="file" id="capture" name="capture" required accept=".pcap,.pcapng,.cap,.gz" aria-describedby="capture-hint">`,
    )}<button data-busy>${icon('upload')}${t('workshop.try.capture')}</button></form>`,
    { icon: 'radar', id: 'try' },
  );
}

/** The answer; anything else is the reason why there is none. */
export function tryResult(result: unknown): Value {
  if (!isResult(result) || !result.ok) {
    const reason = isResult(result) ? result.reason : result instanceof Error ? result.message : String(result);
    return notice('bad', t('workshop.try.failed', { reason: clip(reason, 400) }), { alert: true });
  }
  if (result.flows === 0) return notice('warn', t('workshop.try.none'), { alert: true });
  const over = { n: result.flows, from: dateTime(result.fromMs), to: dateTime(result.toMs) };
  const span = result.what === 'recent' ? t('workshop.try.over.recent', over) : t('workshop.try.over.capture', over);
  const title = result.alerts === 0 ? t('workshop.try.silent') : t('workshop.try.result', { n: result.alerts });
  const most = Math.max(1, ...result.perDay.map((d) => d.count));
  return card(
    title,
    html`<p class="muted">${span}</p>${
      result.alerts === 0
        ? null
        : html`<div class="columns even">${dataTable(
            t('workshop.try.days'),
            [
              { label: t('workshop.try.day') },
              { label: t('workshop.try.count'), kind: 'num' },
              { label: '', hidden: true },
            ],
            result.perDay.map((d) => [d.day, number(d.count), bar(d.day, d.count, most)]),
            true,
          )}${dataTable(
            t('workshop.try.hosts'),
            [{ label: t('workshop.try.host') }, { label: t('workshop.try.count'), kind: 'num' }],
            result.hosts.map((h) => [clip(h.host, 80), number(h.count)]),
            true,
          )}</div><h3>${t('workshop.try.examples')}</h3><ul class="lines">${result.examples.map(
            (e) =>
              html`<li><span>${severityBadge(e.severity)} ${time(e.atMs, true)} <span class="muted">${clip(e.about, 120)}</span><br>${clip(e.text, 500)}</span></li>`,
          )}</ul>`
    }${
      result.notes.length === 0
        ? null
        : html`<h3>${t('workshop.try.notes')}</h3><ul class="lines">${result.notes.map((n) => html`<li>${icon('info')}<span>${clip(n, 400)}</span></li>`)}</ul>`
    }`,
    { icon: 'radar', id: 'result' },
  );
}

const isResult = (value: unknown): value is WouldFire =>
  typeof value === 'object' && value !== null && 'perDay' in value;
