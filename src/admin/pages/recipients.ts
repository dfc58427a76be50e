/** Recipients: who is told of alerts through back-ends that plugins bring, and the pages that plugins bring. */
import type Router from '@koa/router';
import { parseRecipient } from '../../plugins/recipients.ts';
import type { PluginEndpoint, Recipient } from '../../plugins/types.ts';
import { badge, card, dataTable, emptyState, icon, notice, select, severityName, textInput } from '../components.ts';
import { type AdminContext, field, query, Refusal, type Room, type State } from '../context.ts';
import { clip, number } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';
import { pluginHtml } from '../plugin-html.ts';

interface Offer {
  plugin: string;
  title: string;
  endpoint: PluginEndpoint;
}

const offers = (room: Room): Offer[] =>
  room.port.engine
    .plugins()
    .flatMap((plugin) => plugin.endpoints.map((endpoint) => ({ plugin: plugin.key, title: plugin.title, endpoint })));

const SECRET = /passw|secret|token|webhook|url/i;

/** True for a field of a back-end that opens a door elsewhere, by 4.2's names: "webhook", "smtp_password". */
export const isSecretName = (name: string): boolean => SECRET.test(name);

/** Tells a test alert to a recipient, which need not be saved; the answer is the remote's, or why there is none. */
export function tryRecipient(room: Room, recipient: Recipient): Promise<{ ok: boolean; text: string }> {
  return room.port.engine
    .ask('tryRecipient', { recipient }, 30_000)
    .catch((error: Error) => ({ ok: false, text: error.message }));
}

/** Only the owner sees and sets what opens doors elsewhere. */
function ownersOnly(ctx: AdminContext): void {
  if (ctx.state.role !== 'admin') throw new Refusal(403, t('recipients.owner'));
}

async function listPage(room: Room, ctx: AdminContext): Promise<void> {
  ownersOnly(ctx);
  const states = await room.port.engine.ask('pluginRecipients', {}).catch(() => ({ items: [] }));
  const rows = room.port.config.recipients().map((one): Value[] => {
    const state = states.items.find((item) => item.id === one.id);
    return [
      one.enabled
        ? state?.last
          ? badge('bad', t('recipients.fails'))
          : badge('ok', t('recipients.on'))
        : badge('plain', t('recipients.off')),
      html`<a class="row-link" href="/recipients/${one.id}">${clip(one.name, 40)}</a>${state?.last ? html`<span class="trouble small">${clip(state.last, 200)}</span>` : null}`,
      clip(one.endpoint, 60),
      severityName(one.minSeverity),
      number(state?.sent ?? 0),
      number(state?.waiting ?? 0),
      html`<form method="post" action="/recipients/${one.id}/remove">${tokenField(room, ctx)}<button class="quiet danger">${icon('trash')}${t('configs.remove')}</button></form>`,
    ];
  });
  const found = offers(room);
  renderPage(room, ctx, {
    section: 'plugins',
    title: t('recipients.title'),
    lead: t('recipients.lead'),
    crumb: { href: '/plugins', label: t('plugins.title') },
    body: html`${
      rows.length === 0
        ? emptyState(
            'plug',
            t('recipients.none'),
            found.length === 0 ? t('recipients.none.plugins') : t('recipients.none.text'),
          )
        : dataTable(
            t('recipients.title'),
            [
              { label: t('recipients.state'), kind: 'bare tight' },
              { label: t('configs.new.name'), kind: 'wide bare' },
              { label: t('recipients.endpoint') },
              { label: t('recipients.severity') },
              { label: t('recipients.sent'), kind: 'num' },
              { label: t('recipients.waiting'), kind: 'num' },
              { label: t('scripts.actions'), kind: 'bare tight', hidden: true },
            ],
            rows,
          )
    }${found.length === 0 ? null : card(t('recipients.new'), html`<p class="form-actions">${found.map(({ plugin, endpoint }) => html`<a class="button" href="/recipients/new?plugin=${plugin}&amp;endpoint=${endpoint.key}">${clip(endpoint.name, 40)}</a>`)}</p>`)}`,
  });
}

const words = (name: string): string => name.replaceAll('_', ' ');

function formPage(
  room: Room,
  ctx: AdminContext,
  offer: Offer,
  one: Recipient,
  fault?: { field: string; message: string },
  word?: Value,
): void {
  const inputs = (group: 'conf' | 'params', list: PluginEndpoint['conf']): Html[] =>
    list.map(({ name, optional }) =>
      textInput(
        {
          id: `${group}-${name}`,
          label: words(name),
          hint: optional ? t('recipients.optional') : undefined,
          error: fault?.field === name ? fault.message : undefined,
        },
        `${group}.${name}`,
        one[group][name] ?? '',
        { autocomplete: 'off', maxlength: 2048, type: SECRET.test(name) && !/url/i.test(name) ? 'password' : 'text' },
      ),
    );
  const known = ['name', ...offer.endpoint.conf.map((p) => p.name), ...offer.endpoint.recipient.map((p) => p.name)];
  renderPage(room, ctx, {
    section: 'plugins',
    title: one.id === 0 ? t('recipients.new.of', { name: offer.endpoint.name }) : clip(one.name, 40),
    crumb: { href: '/recipients', label: t('recipients.title') },
    body: html`${word ?? null}${fault && !known.includes(fault.field) ? notice('bad', fault.message, { alert: true }) : null}${notice('info', t('recipients.asks', { plugin: offer.title }))}
<section class="card"><form method="post" action="/recipients/${one.id}" class="edit">${tokenField(room, ctx)}<input type="hidden" name="plugin" value="${offer.plugin}"><input type="hidden" name="endpoint" value="${offer.endpoint.key}">
${textInput({ id: 'name', label: t('configs.new.name'), error: fault?.field === 'name' ? fault.message : undefined }, 'name', one.name, { maxlength: 40, required: true })}
${inputs('conf', offer.endpoint.conf)}${inputs('params', offer.endpoint.recipient)}
<div class="field"><label for="minSeverity">${t('recipients.severity')}</label>${select(
      'minSeverity',
      'minSeverity',
      String(one.minSeverity),
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ value: String(n), label: severityName(n) })),
    )}</div>
<div class="field"><label for="enabled">${t('recipients.state')}</label>${select(
      'enabled',
      'enabled',
      one.enabled ? 'yes' : 'no',
      [
        { value: 'yes', label: t('recipients.on') },
        { value: 'no', label: t('recipients.off') },
      ],
    )}</div>
<div class="form-actions"><button class="primary" name="what" value="save">${t('apply')}</button><button name="what" value="test">${t('recipients.test')}</button><a class="button" href="/recipients">${t('cancel')}</a></div></form></section>`,
  });
}

const EMPTY: Recipient = {
  id: 0,
  name: '',
  plugin: '',
  endpoint: '',
  conf: {},
  params: {},
  minSeverity: 4,
  enabled: true,
};

export function recipientRoutes(router: Router<State>, room: Room): void {
  const offerOf = (plugin: string, endpoint: string): Offer | undefined =>
    offers(room).find((one) => one.plugin === plugin && one.endpoint.key === endpoint);

  router.get('/recipients', (ctx) => listPage(room, ctx));
  router.get('/recipients/:id', (ctx) => {
    ownersOnly(ctx);
    const stored = room.port.config.recipients().find((one) => String(one.id) === ctx.params['id']);
    const offer = stored
      ? offerOf(stored.plugin, stored.endpoint)
      : offerOf(query(ctx, 'plugin'), query(ctx, 'endpoint'));
    if (offer && (stored || ctx.params['id'] === 'new')) formPage(room, ctx, offer, stored ?? EMPTY);
  });
  router.post('/recipients/:id', async (ctx) => {
    ownersOnly(ctx);
    const offer = offerOf(field(ctx, 'plugin', 100), field(ctx, 'endpoint', 100));
    if (!offer) return;
    const texts = (group: string, list: PluginEndpoint['conf']): { [name: string]: string } =>
      Object.fromEntries(list.map(({ name }) => [name, field(ctx, `${group}.${name}`, 2048)]));
    const wanted = parseRecipient({
      id: Number(ctx.params['id']) || 0,
      name: field(ctx, 'name', 100),
      plugin: offer.plugin,
      endpoint: offer.endpoint.key,
      conf: texts('conf', offer.endpoint.conf),
      params: texts('params', offer.endpoint.recipient),
      minSeverity: Number(field(ctx, 'minSeverity', 2)),
      enabled: field(ctx, 'enabled', 3) === 'yes',
    });
    if (!wanted) return;
    if (field(ctx, 'what', 10) === 'test') {
      const answer = await tryRecipient(room, wanted);
      const said = clip(answer.text, 300);
      return formPage(
        room,
        ctx,
        offer,
        wanted,
        undefined,
        notice(answer.ok ? 'ok' : 'bad', html`${t(answer.ok ? 'recipients.tested' : 'recipients.failed')} ${said}`, {
          alert: true,
        }),
      );
    }
    const saved = await room.port.config.saveRecipient(wanted);
    if (!saved.ok) {
      ctx.status = 422;
      return formPage(room, ctx, offer, wanted, saved);
    }
    room.flashes.set(ctx.state.session!.hash, { ok: true, text: t('configs.done', { name: wanted.name }) });
    ctx.status = 303;
    ctx.redirect('/recipients');
  });
  router.post('/recipients/:id/remove', async (ctx) => {
    ownersOnly(ctx);
    const saved = await room.port.config.removeRecipient(Number(ctx.params['id']));
    room.flashes.set(ctx.state.session!.hash, {
      ok: saved.ok,
      text: saved.ok ? t('configs.done', { name: t('configs.remove') }) : saved.message,
    });
    ctx.status = 303;
    ctx.redirect('/recipients');
  });

  // A page that a plugin brings: its text is cut down to what cannot act, and stands inside ours.
  router.get('/plugins/:key/pages/:file', async (ctx) => {
    const plugin = room.port.engine.plugins().find((one) => one.key === ctx.params['key']);
    const page = plugin?.pages.find((one) => one.file === ctx.params['file']);
    if (!plugin || !page) return;
    const asked: { [name: string]: string } = {};
    for (const [name, value] of Object.entries(ctx.query).slice(0, 16))
      if (typeof value === 'string' && name !== '__proto__') asked[name.slice(0, 64)] = value.slice(0, 512);
    const answer = await room.port.engine
      .ask('pluginPage', { plugin: plugin.key, file: page.file, query: asked }, 30_000)
      .catch((error: Error) => ({ ok: false, text: error.message }));
    renderPage(room, ctx, {
      section: 'plugins',
      title: clip(page.label || page.file, 80),
      crumb: { href: `/plugins/${encodeURIComponent(plugin.key)}`, label: clip(plugin.title, 80) },
      body: answer.ok
        ? html`<section class="card plugin-page">${pluginHtml(answer.text)}</section>`
        : notice('bad', clip(answer.text, 400)),
    });
  });
}
