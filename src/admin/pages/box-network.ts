/** The address of this box: DHCP or a fixed one, on trial until who changed it confirms. */
import type Router from '@koa/router';
import { type BoxNetwork, networkFault } from '../../appliance/box-network.ts';
import { card, emptyState, facts, notice, textInput, time } from '../components.ts';
import { type AdminContext, field, query, type Room, type State } from '../context.ts';
import { type Html, html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { tokenField } from '../layout.ts';
import { renderSettings, settingsDone } from './settings-frame.ts';

const HREF = '/settings/network';
const FIELDS = ['address', 'gateway', 'dns', 'hostname'] as const satisfies readonly (keyof BoxNetwork)[];
const CHARS = 200;

const said = (n: BoxNetwork, port = ''): Html =>
  facts([
    [t('box.address'), n.address === '' ? t('box.dhcp') : html`<span class="mono">${n.address}</span>`],
    [t('box.gateway'), html`<span class="mono">${n.gateway}</span>`],
    [t('box.dns'), html`<span class="mono">${n.dns}</span>`],
    [t('box.hostname'), n.hostname],
    [t('box.port'), port],
  ]);

function trialCard(room: Room, ctx: AdminContext, ticket: string): Html | null {
  const status = room.port.network.status();
  if (status?.trial === undefined) return null;
  const { now } = status;
  const ip = now.address.split('/')[0]!;
  const host = ip.includes(':') ? `[${ip}]` : ip;
  const port = /:(\d+)$/.exec(ctx.get('Host'))?.[0] ?? '';
  // Another address is another site to a browser: what signs in there is this ticket and the password.
  const there = ip === '' || ticket === '' ? '' : `${ctx.protocol}://${host}${port}${HREF}?ticket=${ticket}`;
  const act = (word: string, label: TextKey, primary: boolean): Html =>
    html`<form method="post" action="${`${HREF}/${word}`}">${tokenField(room, ctx)}<input type="hidden" name="ticket" value="${ticket}"><button class="${primary ? 'primary' : 'quiet'}">${t(label)}</button></form>`;
  return card(
    t('box.trial'),
    html`${notice('warn', html`${t('box.trial.text')} ${time(status.trial.untilMs)}`, { alert: true })}${said(now)}${
      there === '' ? null : html`<p>${t('box.trial.there')} <code class="wrap">${there}</code></p>`
    }<div class="row">${act('confirm', 'box.confirm', true)}${act('undo', 'box.undo', false)}</div>`,
    { icon: 'clock' },
  );
}

function networkPage(room: Room, ctx: AdminContext, given?: BoxNetwork, wrong?: { field: string; text: string }): void {
  const status = room.port.network.status();
  if (status === undefined) {
    renderSettings(room, ctx, HREF, emptyState('host', t('box.none'), t('box.none.text')), t('box.lead'));
    return;
  }
  const shown = given ?? status.now;
  const input = (name: (typeof FIELDS)[number]): Html =>
    textInput(
      {
        id: name,
        label: t(`box.${name}` as TextKey),
        hint: t(`box.${name}.hint` as TextKey),
        error: wrong?.field === name ? wrong.text : undefined,
      },
      name,
      shown[name],
      { maxlength: CHARS, autocomplete: 'off' },
    );
  const form = html`<form method="post" action="${HREF}">${tokenField(room, ctx)}${FIELDS.map(input)}<p class="muted">${t('box.change.text')}</p><div class="row"><button class="primary" data-busy>${t('box.change')}</button></div></form>`;
  const body = html`<div class="columns even"><div class="stack">${
    trialCard(room, ctx, query(ctx, 'ticket', 100)) ?? card(t('box.change.title'), form, { icon: 'settings' })
  }</div><div class="stack">${card(
    t(status.trial === undefined ? 'box.now' : 'box.before'),
    said(status.trial?.before ?? status.now, status.port),
    { icon: 'host' },
  )}</div></div>`;
  if (wrong !== undefined) ctx.status = 422;
  renderSettings(room, ctx, HREF, body, t('box.lead'));
}

/** Who asks: the one who changed the address is the one who confirms it. */
export const askedBy = (ctx: AdminContext): string => ctx.state.session?.hash ?? `token ${ctx.state.token?.id ?? ''}`;

/** The fields of a body, blanks at the ends cut. */
export function networkOf(ctx: AdminContext): BoxNetwork {
  const [address, gateway, dns, hostname] = FIELDS.map((name) => field(ctx, name, CHARS).trim());
  return { address: address!, gateway: gateway!, dns: dns!, hostname: hostname! };
}

export function boxNetworkRoutes(router: Router<State>, room: Room): void {
  router.get(HREF, (ctx) => networkPage(room, ctx));

  router.post(HREF, async (ctx) => {
    const wanted = networkOf(ctx);
    const fault = networkFault(wanted);
    if (fault !== undefined) {
      networkPage(room, ctx, wanted, { field: fault.field, text: t(`box.fault.${fault.fault}` as TextKey) });
      return;
    }
    const done = await room.port.network.change(wanted, askedBy(ctx));
    if (!done.ok) return settingsDone(room, ctx, HREF, done.text, false);
    settingsDone(room, ctx, `${HREF}?ticket=${done.ticket}`, t('box.changed'));
  });

  router.post(`${HREF}/confirm`, async (ctx) => {
    const ok = await room.port.network.confirm(askedBy(ctx), field(ctx, 'ticket', 100));
    settingsDone(room, ctx, HREF, t(ok ? 'box.confirmed' : 'box.not_yours'), ok);
  });

  router.post(`${HREF}/undo`, async (ctx) => {
    await room.port.network.undo();
    settingsDone(room, ctx, HREF, t('box.undone'));
  });
}
