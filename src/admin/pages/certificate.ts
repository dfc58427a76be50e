/** HTTPS: a certificate made here or brought along, in force after the service started anew. */
import { networkInterfaces } from 'node:os';
import type Router from '@koa/router';
import { badge, card, facts, field as fieldBox, notice } from '../components.ts';
import { type AdminContext, field, type Room, type State } from '../context.ts';
import { clip } from '../format.ts';
import { html } from '../html.ts';
import { t } from '../i18n.ts';
import { tokenField } from '../layout.ts';
import { renderSettings, settingsDone } from './settings-frame.ts';

const HREF = '/settings/https';

/** Names and addresses under which this box is reached. */
export function ownNames(ctx: AdminContext): string[] {
  const host = (ctx.get('Host') || '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((a) => !a.internal && !a.address.startsWith('fe80'))
    .map((a) => a.address);
  const good = [host, 'spanwatch.local', 'localhost', '127.0.0.1', ...addresses].filter((n) =>
    /^[A-Za-z0-9.:-]{1,100}$/.test(n),
  );
  return [...new Set(good)].slice(0, 20);
}

function certificatePage(room: Room, ctx: AdminContext, error?: string): void {
  const info = room.port.certificate.current();
  const now = card(
    t('https.now'),
    info === undefined
      ? html`<p>${badge('warn', t('https.none'))} ${t('https.none.text')}</p>`
      : html`${facts([
          [t('https.kind'), info.selfMade ? t('https.self') : t('https.given')],
          [t('https.subject'), clip(info.subject, 200)],
          [t('https.names'), clip(info.names, 400)],
          [t('https.until'), info.until],
          [t('https.fingerprint'), html`<code class="wrap">${info.fingerprint}</code>`],
        ])}<form method="post" action="${`${HREF}/remove`}">${tokenField(room, ctx)}<button class="quiet" data-confirm="${t('https.remove.sure')}">${t('https.remove')}</button></form>`,
    { icon: 'lock' },
  );
  const make = card(
    t('https.make'),
    html`<p class="muted">${t('https.make.text')}</p><form method="post" action="${`${HREF}/make`}">${tokenField(room, ctx)}<button class="primary">${t('https.make.submit')}</button></form>`,
    { icon: 'key' },
  );
  const area = (name: 'cert' | 'key', label: string) =>
    fieldBox(
      { id: name, label, error: name === 'cert' ? error : undefined },
      html`<textarea id="${name}" name="${name}" rows="5" class="mono" spellcheck="false" required></textarea>`,
    );
  const bring = card(
    t('https.bring'),
    html`<form method="post" action="${`${HREF}/install`}" autocomplete="off">${tokenField(room, ctx)}${area('cert', t('https.cert'))}${area('key', t('https.key'))}<button>${t('https.bring.submit')}</button></form>`,
    { icon: 'upload' },
  );
  renderSettings(
    room,
    ctx,
    HREF,
    html`${notice('info', t('https.restart'))}<div class="columns even"><div class="stack">${now}${make}</div><div class="stack">${bring}</div></div>`,
    t('https.lead'),
  );
}

export function certificateRoutes(router: Router<State>, room: Room): void {
  router.get(HREF, (ctx) => certificatePage(room, ctx));
  router.post(`${HREF}/make`, async (ctx) => {
    await room.port.certificate.makeOwn(ownNames(ctx));
    settingsDone(room, ctx, HREF, t('https.saved'));
  });
  router.post(`${HREF}/install`, async (ctx) => {
    const fault = await room.port.certificate.install({
      cert: field(ctx, 'cert', 100_000),
      key: field(ctx, 'key', 100_000),
    });
    if (fault !== undefined) {
      ctx.status = 422;
      return certificatePage(room, ctx, `${fault}.`);
    }
    settingsDone(room, ctx, HREF, t('https.saved'));
  });
  router.post(`${HREF}/remove`, async (ctx) => {
    await room.port.certificate.remove();
    settingsDone(room, ctx, HREF, t('https.removed'));
  });
}
