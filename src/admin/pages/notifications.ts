/** Notifications: destinations, their form, and "send test", which shows what the remote says. */
import { randomBytes } from 'node:crypto';
import type Router from '@koa/router';
import { SEVERITIES } from '../../alerts/alert.ts';
import { DESTINATION_TYPES, type Destination, type DestinationType, type Reply } from '../../notify/notify.ts';
import type { Param } from '../../notify/sender.ts';
import { destinationFaults, NOTIFY_LIMITS, newDestination, SENDERS } from '../../notify/senders.ts';
import {
  badge,
  card,
  dataTable,
  describedBy,
  emptyState,
  field as fieldBox,
  icon,
  notice,
  select,
  severityName,
  textInput,
  time,
} from '../components.ts';
import { type AdminContext, field, fields, type Room, type State } from '../context.ts';
import { clip, number } from '../format.ts';
import { sentence } from '../forms/settings-form.ts';
import { attr, type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { tokenField } from '../layout.ts';
import { sectionCard } from './settings.ts';
import { renderSettings, settingsDone } from './settings-frame.ts';

const HREF = '/settings/notifications';
const ENTITIES = ['flow', 'host', 'interface', 'network', 'system'] as const;

const isType = (type: string): type is DestinationType => (DESTINATION_TYPES as readonly string[]).includes(type);

function stateBadge(room: Room, d: Destination): Value {
  const state = room.port.notify.state(d.id);
  if (!d.enabled) return badge('plain', t('notify.state.off'));
  if (state?.last === undefined) return badge('plain', t('notify.state.new'));
  return state.last.ok ? badge('ok', t('notify.state.ok')) : badge('bad', t('notify.state.failing'));
}

function listCard(room: Room): Html {
  const list = room.port.settings.get().destinations;
  if (list.length === 0) return emptyState('bell', t('notify.none'), t('notify.none.text'));
  return dataTable(
    t('notify.list'),
    [
      { label: t('notify.name'), kind: 'bare head' },
      { label: t('notify.type') },
      { label: t('notify.state') },
      { label: t('notify.filter') },
      { label: t('notify.waiting'), kind: 'num' },
      { label: t('notify.sent'), kind: 'num' },
      { label: t('notify.dropped'), kind: 'num' },
      { label: t('notify.last'), kind: 'wide' },
    ],
    list.map((d) => {
      const state = room.port.notify.state(d.id);
      return [
        html`<a href="${`${HREF}/${d.id}`}"><b>${clip(d.name, 60)}</b></a>`,
        html`${icon(SENDERS[d.type].icon)} ${SENDERS[d.type].title}`,
        stateBadge(room, d),
        t('notify.filter.text', { severity: severityName(d.minSeverity) }),
        number(state?.waiting ?? 0),
        number(state?.sent ?? 0),
        number(state?.dropped ?? 0),
        state?.last === undefined
          ? null
          : html`${time(state.lastAtMs)} ${clip(state.last.text, 200)}${state.nextTryMs > 0 ? html` <span class="muted">${t('notify.next', { time: new Date(state.nextTryMs).toLocaleTimeString('en-GB') })}</span>` : null}`,
      ];
    }),
  );
}

function listPage(room: Room, ctx: AdminContext): void {
  const full = room.port.settings.get().destinations.length >= NOTIFY_LIMITS.destinations;
  const ways = html`<div class="ways">${DESTINATION_TYPES.map(
    (type) =>
      html`<a class="button" href="${`${HREF}/new/${type}`}">${icon(SENDERS[type].icon)}${SENDERS[type].title}</a>`,
  )}</div>`;
  renderSettings(
    room,
    ctx,
    HREF,
    html`<div class="stack">${card(t('notify.list'), listCard(room), { icon: 'bell' })}<div class="columns even">${card(
      t('notify.add'),
      full ? html`<p class="muted">${t('notify.full', { max: NOTIFY_LIMITS.destinations })}</p>` : ways,
    )}${sectionCard(room, ctx, 'notify')}</div></div>`,
    t('notify.lead'),
  );
}

function paramField(param: Param, d: Destination, saved: Destination | undefined, error: string | undefined): Html {
  const name = `params.${param.name}`;
  const value = d.params[param.name];
  const kept = param.kind === 'secret' && saved !== undefined && saved.params[param.name] !== '';
  const f = {
    id: `p-${param.name}`,
    label: param.label,
    hint: [param.help ?? '', kept ? t('notify.secret.set') : ''].filter((x) => x !== '').join(' '),
    error,
  };
  if (param.kind === 'flag') {
    return html`<div class="field"><label class="check"><input type="checkbox" name="${name}" id="${f.id}"${attr('checked', value === true)}><span>${param.label}</span></label></div>`;
  }
  if (param.kind === 'choice') return fieldBox(f, select(f.id, name, String(value), [...(param.options ?? [])]));
  return textInput(f, name, param.kind === 'secret' ? '' : String(value), {
    type: param.kind === 'secret' ? 'password' : 'text',
    autocomplete: param.kind === 'secret' ? 'new-password' : 'off',
    maxlength: param.kind === 'number' ? 9 : (param.max ?? 500),
    required: param.required === true && !kept,
    ...(param.kind === 'number' ? { inputmode: 'numeric' } : {}),
  });
}

function whatFields(d: Destination, errors: Errors): Html {
  const digest = {
    id: 'digest',
    label: t('notify.digest'),
    hint: t('notify.digest.hint'),
    error: errors['digestMinutes'],
  };
  return html`${fieldBox(
    { id: 'severity', label: t('notify.severity') },
    select(
      'severity',
      'minSeverity',
      String(d.minSeverity),
      SEVERITIES.map((_, i) => ({ value: String(i + 1), label: severityName(i + 1) })),
    ),
  )}<fieldset><legend>${t('notify.entities')}</legend><p class="hint">${t('notify.entities.hint')}</p>${ENTITIES.map(
    (e) =>
      html`<label class="check"><input type="checkbox" name="entities" value="${e}"${attr('checked', d.entities.includes(e))}><span>${t(`kind.${e}` as TextKey)}</span></label> `,
  )}</fieldset><div class="field"><label class="check"><input type="checkbox" name="tellOver"${attr('checked', d.tellOver)}><span>${t('notify.over')}</span></label></div>${fieldBox(
    digest,
    html`<span class="with-unit"><input id="digest" name="digestMinutes" inputmode="numeric" maxlength="5" value="${d.digestMinutes}"${attr('aria-describedby', describedBy(digest))}><span>${t('notify.minutes')}</span></span>`,
  )}${textInput(
    { id: 'rate', label: t('notify.rate'), hint: t('notify.rate.hint'), error: errors['perHour'] },
    'perHour',
    String(d.perHour),
    { inputmode: 'numeric', maxlength: 5 },
  )}`;
}

type Errors = { [field: string]: string };

function formPage(
  room: Room,
  ctx: AdminContext,
  d: Destination,
  saved: Destination | undefined,
  shown: { errors?: Errors; reply?: Reply } = {},
): void {
  const errors = shown.errors ?? {};
  const sender = SENDERS[d.type];
  const { reply } = shown;
  renderSettings(
    room,
    ctx,
    HREF,
    html`<p class="crumb"><a href="${HREF}">${icon('chevron')}${t('notify.back')}</a></p><h2 class="part">${icon(sender.icon)} ${saved === undefined ? t('notify.new', { type: sender.title }) : clip(saved.name, 60)}</h2>${
      reply === undefined
        ? null
        : notice(
            reply.ok ? 'ok' : 'bad',
            t(reply.ok ? 'notify.test.ok' : 'notify.test.bad', { text: clip(reply.text, 300) }),
            { alert: !reply.ok, id: 'reply' },
          )
    }<form method="post" action="${`${HREF}/${saved === undefined ? `new/${d.type}` : d.id}`}" autocomplete="off">${tokenField(room, ctx)}<div class="columns even">${card(
      t('notify.where'),
      html`<div class="field"><label class="check"><input type="checkbox" name="enabled"${attr('checked', d.enabled)}><span>${t('notify.enabled')}</span></label></div>${textInput(
        { id: 'name', label: t('notify.name'), error: errors['name'] },
        'name',
        d.name,
        { maxlength: NOTIFY_LIMITS.name, required: true, autocomplete: 'off' },
      )}${sender.params.map((param) => paramField(param, d, saved, errors[`params.${param.name}`]))}`,
    )}${card(t('notify.what'), whatFields(d, errors))}</div><div class="form-actions"><button class="primary" name="do" value="save">${t('notify.save')}</button> <button name="do" value="test">${t('notify.test')}</button>${
      saved === undefined
        ? null
        : html` <button class="quiet" name="do" value="remove" formnovalidate data-confirm="${t('notify.remove.sure')}">${icon('trash')}${t('notify.remove')}</button>`
    }</div></form>`,
  );
}

const whole = (text: string): number => (/^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN);

/** A destination as posted; empty secrets keep what is saved. */
function readForm(ctx: AdminContext, base: Destination): Destination {
  const params: Destination['params'] = {};
  for (const param of SENDERS[base.type].params) {
    const text = field(ctx, `params.${param.name}`, 2000);
    if (param.kind === 'flag') params[param.name] = text === 'on';
    else if (param.kind === 'number') params[param.name] = whole(text);
    else if (param.kind === 'secret' && text === '') params[param.name] = base.params[param.name] ?? '';
    else params[param.name] = param.kind === 'secret' ? text : text.trim();
  }
  return {
    ...base,
    name: field(ctx, 'name', 200).trim(),
    enabled: field(ctx, 'enabled') === 'on',
    minSeverity: whole(field(ctx, 'minSeverity')),
    entities: fields(ctx, 'entities', 5) as Destination['entities'],
    tellOver: field(ctx, 'tellOver') === 'on',
    digestMinutes: whole(field(ctx, 'digestMinutes')),
    perHour: whole(field(ctx, 'perHour')),
    params,
  };
}

export const newId = (): string => randomBytes(8).toString('hex').slice(0, 8);

/** Puts a destination into the settings: replaces the one of its id, or adds it. */
export async function saveDestination(room: Room, d: Destination): Promise<void> {
  const list = room.port.settings.get().destinations;
  const known = list.some(({ id }) => id === d.id);
  await room.port.settings.update({ destinations: known ? list.map((x) => (x.id === d.id ? d : x)) : [...list, d] });
}

export function notificationRoutes(router: Router<State>, room: Room): void {
  const find = (id: unknown): Destination | undefined => room.port.settings.get().destinations.find((d) => d.id === id);

  async function posted(ctx: AdminContext, base: Destination, saved: Destination | undefined): Promise<void> {
    const action = field(ctx, 'do', 10);
    if (action === 'remove' && saved !== undefined) {
      const rest = room.port.settings.get().destinations.filter(({ id }) => id !== saved.id);
      await room.port.settings.update({ destinations: rest });
      return settingsDone(room, ctx, HREF, t('notify.removed', { name: clip(saved.name, 60) }));
    }
    const d = readForm(ctx, base);
    const faults = destinationFaults(d);
    if (Object.keys(faults).length > 0) {
      ctx.status = 422;
      const errors = Object.fromEntries(Object.entries(faults).map(([k, fault]) => [k, sentence(fault)]));
      return formPage(room, ctx, d, saved, { errors });
    }
    if (action === 'test') return formPage(room, ctx, d, saved, { reply: await room.port.notify.test(d) });
    if (saved === undefined && room.port.settings.get().destinations.length >= NOTIFY_LIMITS.destinations)
      return settingsDone(room, ctx, HREF, t('notify.full', { max: NOTIFY_LIMITS.destinations }), false);
    await saveDestination(room, d);
    settingsDone(room, ctx, HREF, t('notify.saved', { name: clip(d.name, 60) }));
  }

  router.get(HREF, (ctx) => listPage(room, ctx));
  router.get(`${HREF}/new/:type`, (ctx) => {
    const type = ctx.params['type'] ?? '';
    if (isType(type)) formPage(room, ctx, newDestination(type, newId()), undefined);
  });
  router.post(`${HREF}/new/:type`, async (ctx) => {
    const type = ctx.params['type'] ?? '';
    if (isType(type)) await posted(ctx, newDestination(type, newId()), undefined);
  });
  router.get(`${HREF}/:id`, (ctx) => {
    const d = find(ctx.params['id']);
    if (d !== undefined) formPage(room, ctx, d, d);
  });
  router.post(`${HREF}/:id`, async (ctx) => {
    const d = find(ctx.params['id']);
    if (d !== undefined) await posted(ctx, d, d);
  });
}
