/** Making or changing an exclusion: any mix of conditions, a reason, an end, and what it would have hidden. */
import type { StoredAlert } from '../../alerts/alert.ts';
import type { Exclusion } from '../../alerts/exclusion.ts';
import {
  type AlertMatch,
  canonicalNetwork,
  hostOf,
  isEmptyMatch,
  MATCH_FIELDS,
  type MatchFault,
  type MatchField,
  readMatch,
} from '../../alerts/match.ts';
import { card, icon, notice, select, time } from '../components.ts';
import { type AdminContext, link, type Room } from '../context.ts';
import { clip, number, percent } from '../format.ts';
import { attr, type Html, html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { tokenField } from '../layout.ts';
import { matchLabel, matchParams, matchText } from './alert-filters.ts';

/** Hours until it ends; '' is never, "keep" what it has already. */
export const EXPIRIES = ['', '1', '24', '168', '720'] as const;
/** Share of the newest alerts beyond which an exclusion is called wide. */
const WIDE = 0.5;

export interface ExclusionForm {
  /** Text of each condition, used or not. */
  text: Partial<Record<MatchField, string>>;
  used: ReadonlySet<MatchField>;
  reason: string;
  expiry: string;
  /** What becomes of the alerts that are stored already. */
  stored: string;
}

/** The network that somebody would name for this address: the local one it is in, else its /24 or /64. */
function networkOf(room: Room, ip: string): string {
  const local = room.port.settings.get().localNetworks.find((cidr) => {
    const bits = cidr.slice(cidr.indexOf('/') + 1);
    return canonicalNetwork(`${ip}/${bits}`) === canonicalNetwork(cidr);
  });
  return local ?? canonicalNetwork(`${ip}/${ip.includes(':') ? 64 : 24}`) ?? '';
}

/** All conditions that can be taken from an alert; those in use are the narrowest that still mean the same thing. */
export function formFromAlert(room: Room, alert: StoredAlert): ExclusionForm {
  const { flow, kind, entityValue } = alert;
  const text: ExclusionForm['text'] = { plugin: alert.plugin, typeName: alert.typeName };
  const used = new Set<MatchField>(['plugin', 'typeName']);
  if (flow !== undefined) {
    Object.assign(text, {
      source: flow.client,
      destination: flow.server,
      network: networkOf(room, flow.client),
      port: flow.serverPort === 0 ? '' : String(flow.serverPort),
      protocol: flow.l7,
      domain: flow.hostname,
      device: flow.clientMac,
      vlan: flow.vlan === 0 ? '' : String(flow.vlan),
    });
    used.add('source').add('destination');
  } else if (kind === 'host') {
    const host = hostOf(entityValue);
    Object.assign(text, { source: host, network: networkOf(room, host) });
    used.add('source');
  } else {
    Object.assign(text, { entity: entityValue, kind, ...(kind === 'network' ? { network: entityValue } : {}) });
    used.add('entity').add('kind');
  }
  return { text, used, reason: '', expiry: '', stored: 'ack' };
}

export function formFromMatch(match: AlertMatch): ExclusionForm {
  const text: ExclusionForm['text'] = {};
  const used = new Set<MatchField>();
  for (const name of MATCH_FIELDS) {
    if (match[name] === undefined) continue;
    text[name] = String(match[name]);
    used.add(name);
  }
  return { text, used, reason: '', expiry: '', stored: 'ack' };
}

export function formFromExclusion(exclusion: Exclusion): ExclusionForm {
  const expiry = exclusion.expiresMs === undefined ? '' : 'keep';
  return { ...formFromMatch(exclusion.match), reason: exclusion.reason, expiry, stored: 'leave' };
}

/** Reads the form as it was posted; `get` gives one field, `all` all of one name. */
export function formFromFields(get: (name: string) => string, all: (name: string) => string[]): ExclusionForm {
  const text: ExclusionForm['text'] = {};
  for (const name of MATCH_FIELDS) if (get(name) !== '') text[name] = get(name);
  const used = new Set(MATCH_FIELDS.filter((name) => all('use').includes(name)));
  return { text, used, reason: get('reason'), expiry: get('expiry'), stored: get('stored') };
}

export interface ReadForm {
  match: AlertMatch;
  faults: Partial<Record<MatchField, MatchFault | 'missing'>>;
}

/** The match of the conditions in use. */
export function matchOf(form: ExclusionForm): ReadForm {
  const asked = Object.fromEntries([...form.used].map((name) => [name, form.text[name] ?? '']));
  const read = readMatch(asked);
  const faults: ReadForm['faults'] = { ...read.faults };
  for (const name of form.used) if ((form.text[name] ?? '').trim() === '') faults[name] = 'missing';
  return { match: read.match, faults };
}

/** When it ends, by the form's choice; undefined for never. */
export function expiryMs(form: ExclusionForm, before: Exclusion | undefined, nowMs: number): number | undefined {
  if (form.expiry === 'keep') return before?.expiresMs;
  const hours = Number(form.expiry);
  return EXPIRIES.includes(form.expiry as '1') && hours > 0 ? nowMs + hours * 3_600_000 : undefined;
}

/** What the conditions would have hidden: refreshed while one types. */
export function previewBox(room: Room, form: ExclusionForm): Html {
  const { match, faults } = matchOf(form);
  if (isEmptyMatch(match) || Object.keys(faults).length > 0)
    return html`<div id="preview"><p class="muted">${t(Object.keys(faults).length > 0 ? 'exclusion.preview.faults' : 'exclusion.preview.empty')}</p></div>`;
  const p = room.port.exclusions.preview(match);
  const share = p.recent > 0 ? p.hiddenRecent / p.recent : 0;
  const examples = p.examples.flatMap((id) => room.port.alerts.get(id) ?? []);
  return html`<div id="preview"><p class="figure-line"><b>${number(p.hiddenRecent)}</b> <span>${t('exclusion.preview.recent', { n: p.recent })}</span></p>
<p class="muted">${t('exclusion.preview.all', { n: p.hidden, rows: p.rows, times: p.hiddenTimes })}${p.recent > 0 ? html` (${percent(100 * share)})` : null}</p>
${share > WIDE && p.recent > 10 ? notice('warn', t('exclusion.preview.wide')) : null}${
  p.types.length > 1
    ? notice(
        'warn',
        html`${t('exclusion.preview.types', { n: p.types.length })}<ul class="dots">${p.types.map((type) => html`<li>${clip(type.title, 80)} <span class="count">${number(type.rows)}</span></li>`)}</ul>`,
      )
    : null
}${
  examples.length === 0
    ? null
    : html`<h3>${t('exclusion.preview.examples')}</h3><ul class="lines">${examples.map(
        (a) =>
          html`<li><span><a href="/alerts/${encodeURIComponent(a._id)}">${clip(a.text, 120)}</a> <span class="muted">${a.flow === undefined ? clip(a.entityValue, 40) : a.flow.client} · ${time(a.lastMs)}</span></span></li>`,
      )}</ul><p><a href="${link('/alerts', { ...matchParams(match), group: 'none' })}">${t('exclusion.preview.list')}</a></p>`
}</div>`;
}

function conditionRow(
  room: Room,
  form: ExclusionForm,
  name: MatchField,
  fault: MatchFault | 'missing' | undefined,
): Html {
  const value = form.text[name] ?? '';
  const id = `x-${name}`;
  const words = value === '' ? '' : matchText(room, name, value);
  const hint = words !== value && words !== '' ? clip(words, 60) : '';
  return html`<div class="condition${fault === undefined ? '' : ' wrong'}"><label class="check"><input type="checkbox" name="use" value="${name}"${attr('checked', form.used.has(name))}><span id="${id}-label">${matchLabel(name)}</span></label><div><input id="${id}" name="${name}" value="${value}" maxlength="253" autocomplete="off" aria-labelledby="${id}-label"${attr('aria-describedby', fault === undefined ? null : `${id}-error`)}${attr('aria-invalid', fault === undefined ? null : 'true')}>${
    hint === '' ? null : html`<span class="muted small">${hint}</span>`
  }${fault === undefined ? null : html`<p class="error" id="${id}-error">${icon('error')}<span>${t(`match.fault.${fault}` as TextKey)}</span></p>`}</div></div>`;
}

/** Conditions offered always; the others only when they have a value. */
const OFFERED: ReadonlySet<MatchField> = new Set([
  'source',
  'destination',
  'network',
  'port',
  'protocol',
  'domain',
  'device',
  'plugin',
  'typeName',
]);

export function exclusionForm(
  room: Room,
  ctx: AdminContext,
  form: ExclusionForm,
  exclusion: Exclusion | undefined,
  showFaults: boolean,
): Html {
  const { match, faults } = matchOf(form);
  const empty = showFaults && isEmptyMatch(match) && Object.keys(faults).length === 0;
  const shown = MATCH_FIELDS.filter((name) => OFFERED.has(name) || (form.text[name] ?? '') !== '');
  const expiries = [
    ...(exclusion?.expiresMs === undefined ? [] : [{ value: 'keep', label: t('exclusion.expiry.keep') }]),
    ...EXPIRIES.map((h) => ({ value: h, label: t(`exclusion.expiry.${h === '' ? 'never' : h}` as TextKey) })),
  ];
  return html`<form class="columns exclusion" method="post" action="${exclusion === undefined ? '/exclusions' : `/exclusions/${encodeURIComponent(exclusion._id)}`}" data-preview="/live/exclusion">${tokenField(room, ctx)}
<div class="stack">${card(
    t('exclusion.conditions'),
    html`<p class="hint">${t('exclusion.conditions.hint')}</p>${empty ? notice('bad', t('exclusion.conditions.none'), { alert: true }) : null}<fieldset class="conditions"><legend class="unseen">${t('exclusion.conditions')}</legend>${shown.map(
      (name) => conditionRow(room, form, name, showFaults ? faults[name] : undefined),
    )}</fieldset>`,
    { icon: 'filter' },
  )}${card(
    t('exclusion.more'),
    html`<div class="field"><label for="reason">${t('exclusion.reason')}</label><p class="hint" id="reason-hint">${t('exclusion.reason.hint')}</p><input id="reason" name="reason" value="${form.reason}" maxlength="500" aria-describedby="reason-hint"></div>
<div class="field"><label for="expiry">${t('exclusion.expiry')}</label>${select('expiry', 'expiry', form.expiry, expiries)}</div>
<div class="field"><label for="stored">${t('exclusion.stored')}</label>${select(
      'stored',
      'stored',
      form.stored,
      ['ack', 'delete', 'leave'].map((v) => ({ value: v, label: t(`exclusion.stored.${v}` as TextKey) })),
    )}</div><div class="form-actions"><button class="primary" name="action" value="save">${icon('mute')}${t(exclusion === undefined ? 'exclusion.save' : 'exclusion.change')}</button><button name="action" value="preview">${icon('eye')}${t('exclusion.preview.show')}</button><a class="button quiet" href="/exclusions">${t('cancel')}</a></div>`,
    { icon: 'note' },
  )}</div>
<div class="stack">${card(t('exclusion.preview'), previewBox(room, form), { icon: 'eye' })}</div></form>`;
}
