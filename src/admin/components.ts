/** The few pieces all pages are built from. */
import { SEVERITIES } from '../alerts/alert.ts';
import { loadAssets } from './assets.ts';
import { dateTime, isoTime, listTime } from './format.ts';
import { attr, type Html, html, type Value } from './html.ts';
import { type TextKey, t } from './i18n.ts';
import { iconFor } from './icons.ts';

/** A drawing of the sprite; purely decorative, the text beside it says what it means. */
export function icon(name: string): Html {
  const href = `${loadAssets().url('icons.svg')}#${iconFor(name)}`;
  return html`<svg class="icon" aria-hidden="true" focusable="false"><use href="${href}"></use></svg>`;
}

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'plain';

const TONE_ICON: Record<Tone, string> = { ok: 'check', warn: 'warning', bad: 'error', info: 'info', plain: 'dot' };

export function badge(tone: Tone, text: string, iconName: string = TONE_ICON[tone]): Html {
  return html`<span class="badge ${tone}">${icon(iconName)}<span>${text}</span></span>`;
}

export function severityName(severity: number): string {
  const name = SEVERITIES[severity - 1];
  return name === undefined ? String(severity) : t(`severity.${name}` as TextKey);
}

export function severityTone(severity: number): Tone {
  return severity >= 5 ? 'bad' : severity === 4 ? 'warn' : severity >= 2 ? 'info' : 'plain';
}

export function severityBadge(severity: number): Html {
  return badge(severityTone(severity), severityName(severity));
}

export function time(ms: number, full = false): Html {
  return html`<time datetime="${isoTime(ms)}" title="${dateTime(ms)}">${full ? dateTime(ms) : listTime(ms)}</time>`;
}

export interface Tab {
  href: string;
  label: string;
  active: boolean;
  count?: number;
  icon?: string;
}

export function tabs(label: string, items: Tab[]): Html {
  return html`<nav class="tabs" aria-label="${label}">${items.map(
    (i) =>
      html`<a href="${i.href}"${attr('aria-current', i.active ? 'page' : null)}>${i.icon ? icon(i.icon) : null}<span>${i.label}</span>${
        i.count === undefined ? null : html` <span class="count">${t('number', { n: i.count })}</span>`
      }</a>`,
  )}</nav>`;
}

/** Smaller choice beside tabs: All / Enabled / Disabled. */
export function pills(label: string, items: Tab[]): Html {
  return html`<nav class="pills" aria-label="${label}">${items.map(
    (i) =>
      html`<a href="${i.href}"${attr('aria-current', i.active ? 'true' : null)}>${i.label}${
        i.count === undefined ? null : html` <span class="count">${t('number', { n: i.count })}</span>`
      }</a>`,
  )}</nav>`;
}

export interface Column {
  label: string;
  /**
   * num: right-aligned figures; tight: as narrow as it can be. On a phone: wide and line take a line of their own, bare has
   * no label, head comes first.
   */
  kind?: 'num' | 'wide' | 'bare' | 'tight' | 'line' | 'wide bare' | 'bare tight' | 'bare head';
  /** Label only for screen readers. */
  hidden?: boolean;
}

/** A table that becomes cards on a phone (unless it is `plain`); the roles keep it a table for screen readers there. */
export function dataTable(caption: string, columns: Column[], rows: Value[][], plain = false): Html {
  return html`<div class="table-box" tabindex="0" role="region" aria-label="${caption}"><table class="${plain ? 'data plain' : 'data cards'}" role="table">
<caption class="unseen">${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map(
    (c) =>
      html`<th role="columnheader" scope="col" class="${c.kind ?? ''}">${c.hidden ? html`<span class="unseen">${c.label}</span>` : c.label}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (row) => html`<tr role="row">${row.map((cell, i) => {
      const c = columns[i]!;
      return html`<td role="cell" class="${c.kind ?? ''}" data-label="${c.hidden || c.kind?.includes('bare') ? '' : c.label}">${cell}</td>`;
    })}</tr>
`,
  )}</tbody></table></div>`;
}

export function emptyState(iconName: string, title: string, text: Value, action: Value = null): Html {
  return html`<div class="empty">${icon(iconName)}<h2>${title}</h2><p>${text}</p>${action}</div>`;
}

/** Facts as term and description; entries without a value are left out. */
export function facts(entries: [string, Value][]): Html {
  return html`<dl class="facts">${entries
    .filter(([, v]) => v !== undefined && v !== null && v !== '' && v !== false)
    .map(([k, v]) => html`<div><dt>${k}</dt><dd>${v}</dd></div>`)}</dl>`;
}

export function card(title: string, body: Value, options: { icon?: string; action?: Value; id?: string } = {}): Html {
  return html`<section class="card"${attr('id', options.id)}><div class="card-head"><h2>${options.icon ? icon(options.icon) : null}${title}</h2>${
    options.action ?? null
  }</div>${body}</section>`;
}

export function notice(tone: Tone, text: Value, options: { alert?: boolean; id?: string } = {}): Html {
  return html`<div class="notice ${tone}" role="${options.alert ? 'alert' : 'status'}"${attr('id', options.id)}>${icon(TONE_ICON[tone])}<div>${text}</div></div>`;
}

export function bar(label: string, value: number, max: number, tone: Tone = 'info'): Html {
  return html`<meter class="${tone}" min="0" max="${max > 0 ? max : 1}" value="${Math.min(value, max)}" aria-label="${label}">${value}</meter>`;
}

export interface FieldOptions {
  id: string;
  label: string;
  hint?: Value;
  error?: string | undefined;
}

/** Ids that describe a control: its hint and its error. */
export function describedBy(f: FieldOptions): string | null {
  const ids = [f.hint ? `${f.id}-hint` : '', f.error ? `${f.id}-error` : ''].filter((i) => i !== '');
  return ids.length > 0 ? ids.join(' ') : null;
}

/** Label, control, hint and error; the control gets its attributes from `controlAttrs`. */
export function field(f: FieldOptions, control: Value): Html {
  return html`<div class="field${f.error ? ' wrong' : ''}"><label for="${f.id}">${f.label}</label>${
    f.hint ? html`<p class="hint" id="${f.id}-hint">${f.hint}</p>` : null
  }${control}${f.error ? html`<p class="error" id="${f.id}-error">${icon('error')}<span>${f.error}</span></p>` : null}</div>`;
}

export function textInput(
  f: FieldOptions,
  name: string,
  value: string,
  more: {
    type?: string;
    autocomplete?: string;
    required?: boolean;
    maxlength?: number;
    placeholder?: string;
    inputmode?: string;
    /** Id of a datalist with suggestions. */
    list?: string;
  } = {},
): Html {
  return field(
    f,
    html`<input id="${f.id}" name="${name}" type="${more.type ?? 'text'}" value="${value}"${attr('autocomplete', more.autocomplete)}${attr('required', more.required)}${attr('maxlength', more.maxlength)}${attr('placeholder', more.placeholder)}${attr('inputmode', more.inputmode)}${attr('list', more.list)}${attr('aria-describedby', describedBy(f))}${attr('aria-invalid', f.error ? 'true' : null)}>`,
  );
}

export function select(
  id: string,
  name: string,
  value: string,
  options: { value: string; label: string }[],
  label?: string,
): Html {
  return html`<select id="${id}" name="${name}"${attr('aria-label', label)}>${options.map(
    (o) => html`<option value="${o.value}"${attr('selected', o.value === value)}>${o.label}</option>`,
  )}</select>`;
}

/** The first line of a filter form: what to look for, and the button. */
export function searchRow(name: string, value: string, label: string, button: string, iconName = 'search'): Html {
  return html`<span class="search-row"><input type="search" name="${name}" value="${value}" placeholder="${label}" aria-label="${label}" maxlength="200"><button>${icon(iconName)}${button}</button></span>`;
}

export function pager(total: number, offset: number, limit: number, href: (offset: number) => string): Html {
  if (total <= limit && offset === 0) return html``;
  const last = Math.min(total, offset + limit);
  return html`<nav class="pager" aria-label="${t('pager.label')}">${
    offset > 0 ? html`<a class="button" href="${href(Math.max(0, offset - limit))}">${t('pager.newer')}</a>` : null
  }<span>${t('pager.range', { from: Math.min(offset + 1, total), to: last, total })}</span>${
    last < total ? html`<a class="button" href="${href(offset + limit)}">${t('pager.older')}</a>` : null
  }</nav>`;
}
