/** Exclusions: what is hidden before it is stored, why, until when, and what that hid. */
import type Router from '@koa/router';
import type { Exclusion } from '../../alerts/exclusion.ts';
import { isEmptyMatch, MATCH_FIELDS, readMatch } from '../../alerts/match.ts';
import { badge, dataTable, emptyState, icon, time } from '../components.ts';
import { type AdminContext, field, fields, OWNER, query, type Room, type State } from '../context.ts';
import { clip, number } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';
import { matchLabel, matchText } from './alert-filters.ts';
import {
  type ExclusionForm,
  exclusionForm,
  expiryMs,
  formFromAlert,
  formFromExclusion,
  formFromFields,
  formFromMatch,
  matchOf,
  previewBox,
} from './exclusion-form.ts';

const VALUE_CHARS = 253;
/** Stored alerts that one exclusion acknowledges or deletes: all there can be. */
const MOST_AT_ONCE = 50_000;

/** A match in words, one chip per condition. */
export function conditionChips(room: Room, exclusion: Pick<Exclusion, 'match'>): Html {
  const parts: Html[] = [];
  for (const name of MATCH_FIELDS) {
    const value = exclusion.match[name];
    if (value === undefined) continue;
    parts.push(
      html`<span class="chip"><span class="muted">${matchLabel(name)}</span> ${clip(matchText(room, name, value), 60)}</span>`,
    );
  }
  return html`<span class="chips snug">${parts}</span>`;
}

function stateOf(exclusion: Exclusion, nowMs: number): Html {
  if (!exclusion.active) return badge('plain', t('exclusion.state.paused'), 'pause');
  if (exclusion.expiresMs !== undefined && exclusion.expiresMs <= nowMs)
    return badge('plain', t('exclusion.state.ended'), 'clock');
  return badge('ok', t('exclusion.state.active'));
}

function row(room: Room, ctx: AdminContext, e: Exclusion, nowMs: number, today: string): Value[] {
  const path = `/exclusions/${encodeURIComponent(e._id)}`;
  const button = (action: string, iconName: string, label: string, quiet: string): Html =>
    html`<form method="post" action="${path}/${action}">${tokenField(room, ctx)}<button class="${quiet} icon-only" title="${label}">${icon(iconName)}<span class="unseen">${label}</span></button></form>`;
  return [
    stateOf(e, nowMs),
    html`<a class="row-link" href="${path}">${conditionChips(room, e)}</a><span class="under muted">${e.reason === '' ? t('exclusion.reason.none') : clip(e.reason, 300)}</span>`,
    html`<b class="times">${number(e.hits)}</b>`,
    number(e.day === today ? e.hitsToday : 0),
    e.lastHitMs === undefined ? html`<span class="muted">${t('exclusion.never')}</span>` : time(e.lastHitMs),
    e.expiresMs === undefined ? html`<span class="muted">${t('exclusion.expiry.never')}</span>` : time(e.expiresMs),
    html`${time(e.createdMs)} <span class="muted">${clip(e.author, 40)}</span>`,
    html`<span class="row-actions">${
      e.active
        ? button('pause', 'pause', t('exclusion.pause'), 'quiet')
        : button('resume', 'reload', t('exclusion.resume'), 'quiet')
    }${button('remove', 'trash', t('exclusion.remove'), 'quiet danger')}</span>`,
  ];
}

function listPage(room: Room, ctx: AdminContext): void {
  const nowMs = Date.now();
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const items = room.port.exclusions.list();
  renderPage(room, ctx, {
    section: 'alerts',
    title: t('exclusions.title'),
    lead: t('exclusions.lead', { n: room.port.exclusions.hiddenToday() }),
    actions: html`<a class="button primary" href="/exclusions/new">${icon('mute')}${t('exclusions.new')}</a>`,
    crumb: { href: '/alerts', label: t('alert.back') },
    body: html`${
      items.length === 0
        ? emptyState('mute', t('exclusions.none'), t('exclusions.none.text'))
        : dataTable(
            t('exclusions.title'),
            [
              { label: t('exclusion.state'), kind: 'bare tight' },
              { label: t('exclusion.what'), kind: 'wide bare' },
              { label: t('exclusion.hits'), kind: 'num' },
              { label: t('exclusion.today'), kind: 'num' },
              { label: t('exclusion.last') },
              { label: t('exclusion.expiry') },
              { label: t('exclusion.made') },
              { label: t('scripts.actions'), kind: 'bare tight', hidden: true },
            ],
            items.map((e) => row(room, ctx, e, nowMs, today)),
          )
    }`,
  });
}

function formPage(
  room: Room,
  ctx: AdminContext,
  form: ExclusionForm,
  exclusion: Exclusion | undefined,
  showFaults: boolean,
): void {
  renderPage(room, ctx, {
    section: 'alerts',
    title: t(exclusion === undefined ? 'exclusions.new' : 'exclusion.edit'),
    lead: t('exclusion.lead'),
    crumb: { href: '/exclusions', label: t('exclusions.title') },
    body: exclusionForm(room, ctx, form, exclusion, showFaults),
  });
}

const posted = (ctx: AdminContext): ExclusionForm =>
  formFromFields(
    (name) => field(ctx, name, name === 'reason' ? 500 : VALUE_CHARS),
    (name) => fields(ctx, name, MATCH_FIELDS.length),
  );

/** What the owner wants done with the alerts that are stored already; how many that were. */
async function settleStored(room: Room, form: ExclusionForm): Promise<number> {
  if (form.stored !== 'ack' && form.stored !== 'delete') return 0;
  const { match } = matchOf(form);
  const open = form.stored === 'ack' ? { acknowledged: false } : {};
  const ids = room.port.alerts.ids({ ...match, ...open, offset: 0, limit: 0 }, MOST_AT_ONCE);
  if (ids.length === 0) return 0;
  if (form.stored === 'delete') await room.port.alerts.remove(ids);
  else await room.port.alerts.acknowledge(ids, true);
  return ids.length;
}

async function save(room: Room, ctx: AdminContext, before: Exclusion | undefined): Promise<void> {
  const form = posted(ctx);
  const { match, faults } = matchOf(form);
  if (field(ctx, 'action') === 'preview') return formPage(room, ctx, form, before, true);
  if (isEmptyMatch(match) || Object.keys(faults).length > 0) {
    ctx.status = 422;
    return formPage(room, ctx, form, before, true);
  }
  const expiresMs = expiryMs(form, before, Date.now());
  const draft = {
    match,
    reason: form.reason,
    active: before?.active ?? true,
    ...(expiresMs === undefined ? {} : { expiresMs }),
  };
  const flash = (ok: boolean, text: string): void => {
    room.flashes.set(ctx.state.session!.hash, { ok, text });
  };
  try {
    if (before === undefined) await room.port.exclusions.add(draft, ctx.state.session?.user ?? OWNER);
    else await room.port.exclusions.change(before._id, draft);
    const settled = await settleStored(room, form);
    flash(
      true,
      `${t('exclusion.done')} ${settled > 0 ? t(`exclusion.done.${form.stored as 'ack'}`, { n: settled }) : ''}`,
    );
  } catch (error) {
    flash(false, t('exclusion.failed', { why: (error as Error).message }));
  }
  ctx.status = 303;
  ctx.redirect('/exclusions');
}

export function exclusionRoutes(router: Router<State>, room: Room): void {
  router.get('/exclusions', (ctx) => listPage(room, ctx));

  router.get('/exclusions/new', (ctx) => {
    const alert = room.port.alerts.get(query(ctx, 'from'));
    const { match } = readMatch(Object.fromEntries(MATCH_FIELDS.map((name) => [name, query(ctx, name, VALUE_CHARS)])));
    formPage(room, ctx, alert === undefined ? formFromMatch(match) : formFromAlert(room, alert), undefined, false);
  });

  router.get('/live/exclusion', (ctx) => {
    const all = (name: string): string[] => {
      const value = ctx.query[name];
      return (Array.isArray(value) ? value : value === undefined ? [] : [value]).slice(0, MATCH_FIELDS.length);
    };
    const form = formFromFields((name) => query(ctx, name, VALUE_CHARS), all);
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = previewBox(room, form).text;
  });

  router.post('/exclusions', (ctx) => save(room, ctx, undefined));

  router.get('/exclusions/:id', (ctx) => {
    const exclusion = room.port.exclusions.get(ctx.params['id'] ?? '');
    if (exclusion !== undefined) formPage(room, ctx, formFromExclusion(exclusion), exclusion, false);
  });

  router.post('/exclusions/:id', async (ctx) => {
    const exclusion = room.port.exclusions.get(ctx.params['id'] ?? '');
    if (exclusion !== undefined) await save(room, ctx, exclusion);
  });

  router.post('/exclusions/:id/:action', async (ctx) => {
    const exclusion = room.port.exclusions.get(ctx.params['id'] ?? '');
    const action = ctx.params['action'] ?? '';
    if (exclusion === undefined || !['pause', 'resume', 'remove'].includes(action)) return;
    if (action === 'remove') await room.port.exclusions.remove(exclusion._id);
    else {
      const { match, reason, expiresMs } = exclusion;
      const draft = { match, reason, active: action === 'resume', ...(expiresMs === undefined ? {} : { expiresMs }) };
      await room.port.exclusions.change(exclusion._id, draft);
    }
    room.flashes.set(ctx.state.session!.hash, {
      ok: true,
      text: t(
        action === 'remove' ? 'exclusion.removed' : action === 'pause' ? 'exclusion.paused' : 'exclusion.resumed',
      ),
    });
    ctx.status = 303;
    ctx.redirect('/exclusions');
  });
}
