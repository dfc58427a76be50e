/** The steps after the first password: which port is the mirror, then name, time and networks. Each can be skipped. */
import { networkInterfaces } from 'node:os';
import type Router from '@koa/router';
import { type Heard, mirrorScore } from '../../appliance/probe.ts';
import type { InterfaceInfo } from '../../capture/interfaces.ts';
import type { Verdict } from '../../doctor/verdict.ts';
import { badge, notice, type Tone } from '../components.ts';
import { type AdminContext, field, type Room, type State } from '../context.ts';
import { clip, number } from '../format.ts';
import { readSettings, type SettingsErrors, settingsFields, type TypedSettings } from '../forms/settings-form.ts';
import { attr, type Html, html } from '../html.ts';
import { t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';

const PORT = '/welcome/port';
const BOX = '/welcome/box';
/** Seconds that each port is listened to. */
export const LISTEN_SECONDS = 4;
const BOX_KEYS = ['name', 'timeZone', 'localNetworks'] as const;
const TONES: Record<Verdict['level'], Tone> = { good: 'ok', warn: 'warn', bad: 'bad', unknown: 'plain' };

/** "Step 2 of 3" and a way past it. */
function steps(now: number): Html {
  const names = [t('welcome.step.password'), t('welcome.step.port'), t('welcome.step.box')];
  return html`<ol class="steps" aria-label="${t('welcome.steps')}">${names.map(
    (name, i) =>
      html`<li class="${i + 1 < now ? 'done' : ''}"${attr('aria-current', i + 1 === now ? 'step' : null)}>${name}</li>`,
  )}</ol>`;
}

function about(info: InterfaceInfo): string {
  const addresses = info.addresses.filter((a) => !a.startsWith('fe80'));
  return [
    info.carrier ? t('welcome.port.cable') : t('welcome.port.no_cable'),
    info.speed === undefined ? '' : t('welcome.port.speed', { n: info.speed }),
    addresses.length > 0
      ? t('welcome.port.address', { list: addresses.slice(0, 2).join(', ') })
      : t('welcome.port.no_address'),
  ]
    .filter((text) => text !== '')
    .join(' · ');
}

function heardText(heard: Heard | undefined): Html {
  if (heard === undefined) return html``;
  if (heard.report === undefined)
    return html`<p class="bad">${t('welcome.port.unheard', { why: clip(heard.error, 200) })}</p>`;
  const told = heard.report.verdicts.filter((v) => v.level === 'bad' || v.level === 'warn').slice(0, 4);
  return html`<p>${t('welcome.port.heard', { n: number(heard.report.packets), s: LISTEN_SECONDS })}</p>${
    told.length === 0
      ? null
      : html`<ul class="lines">${told.map(
          (v) =>
            html`<li>${badge(TONES[v.level], clip(v.title, 80))} <span>${clip(v.text, 300)} <em>${clip(v.advice, 300)}</em></span></li>`,
        )}</ul>`
  }`;
}

function portPage(room: Room, ctx: AdminContext, heard?: Heard[]): void {
  const candidates = room.port.probe.candidates();
  const saved = room.port.settings.get().interface;
  const best = heard?.find((h) => mirrorScore(h) > 0)?.name;
  const chosen = best ?? (saved !== '' ? saved : candidates[0]?.name);
  const order = (info: InterfaceInfo): number => {
    const at = heard?.findIndex((h) => h.name === info.name) ?? -1;
    return at < 0 ? 99 : at;
  };
  const sorted = [...candidates].sort((a, b) => order(a) - order(b));
  const found =
    heard === undefined
      ? null
      : best === undefined
        ? notice('warn', t('welcome.port.none_found'))
        : notice('ok', t('welcome.port.found', { name: best }));
  renderPage(room, ctx, {
    section: 'none',
    title: t('welcome.port.title'),
    lead: t('welcome.port.lead'),
    body: html`${steps(2)}${found}<section class="card narrow">${
      candidates.length === 0
        ? html`<p>${t('welcome.port.no_ports')}</p>`
        : html`<form method="post" action="${`${PORT}/listen`}"${attr('data-auto', heard === undefined)}>${tokenField(room, ctx)}<button data-busy>${heard === undefined ? t('welcome.port.listen', { n: LISTEN_SECONDS }) : t('welcome.port.again')}</button> <span class="muted" data-listening hidden>${t('welcome.port.listening')}</span></form>
<form method="post" action="${PORT}">${tokenField(room, ctx)}<fieldset class="choices"><legend>${t('welcome.port.legend')}</legend>${sorted.map(
            (info) => {
              const mine = heard?.find((h) => h.name === info.name);
              return html`<div class="choice"><label class="check"><input type="radio" name="interface" value="${info.name}"${attr('checked', info.name === chosen)}><span><b>${info.name}</b>${info.name === best ? html` ${badge('ok', t('welcome.port.likely'))}` : null}<br><span class="muted">${about(info)}</span></span></label>${heardText(mine)}</div>`;
            },
          )}</fieldset><div class="form-actions"><button class="primary">${t('welcome.next')}</button> <a class="button" href="${BOX}">${t('welcome.skip')}</a></div></form>`
    }</section>`,
  });
}

/** Networks of this machine's own private addresses: a guess that is right in most houses. */
export function ownNetworks(): string[] {
  const found = new Set<string>();
  for (const list of Object.values(networkInterfaces())) {
    for (const a of list ?? []) {
      if (a.internal || a.family !== 'IPv4' || a.cidr === null) continue;
      if (!/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(a.address)) continue;
      const bits = Number(a.cidr.split('/')[1]);
      const words = a.address.split('.').reduce((n, part) => n * 256 + Number(part), 0);
      const net = bits === 0 ? 0 : Math.floor(words / 2 ** (32 - bits)) * 2 ** (32 - bits);
      found.add(`${[24, 16, 8, 0].map((shift) => Math.floor(net / 2 ** shift) % 256).join('.')}/${bits}`);
    }
  }
  return [...found].slice(0, 8);
}

function boxPage(room: Room, ctx: AdminContext, typed?: TypedSettings, errors?: SettingsErrors): void {
  const saved = room.port.settings.get();
  const guess: TypedSettings = saved.localNetworks.length > 0 ? {} : { localNetworks: ownNetworks().join('\n') };
  renderPage(room, ctx, {
    section: 'none',
    title: t('welcome.box.title'),
    lead: t('welcome.box.lead'),
    body: html`${steps(3)}<section class="card narrow"><form method="post" action="${BOX}" data-guess-zone="set-timeZone">${tokenField(room, ctx)}${settingsFields(
      BOX_KEYS,
      saved,
      typed ?? guess,
      errors,
    )}<div class="form-actions"><button class="primary">${t('welcome.finish')}</button> <a class="button" href="/">${t('welcome.skip')}</a></div></form></section>`,
  });
}

export function welcomeRoutes(router: Router<State>, room: Room): void {
  router.get(PORT, (ctx) => portPage(room, ctx));

  router.post(`${PORT}/listen`, async (ctx) => {
    const names = room.port.probe.candidates().map(({ name }) => name);
    portPage(room, ctx, await room.port.probe.listen(names, LISTEN_SECONDS));
  });

  router.post(PORT, async (ctx) => {
    const name = field(ctx, 'interface', 50);
    const known = room.port.probe.candidates().some((info) => info.name === name);
    if (known) await room.port.settings.update({ interface: name });
    ctx.status = 303;
    ctx.redirect(known ? BOX : PORT);
  });

  router.get(BOX, (ctx) => boxPage(room, ctx));

  router.post(BOX, async (ctx) => {
    const { change, typed, errors } = readSettings(BOX_KEYS, (key) => field(ctx, key, 20_000));
    if (Object.keys(errors).length > 0) {
      ctx.status = 422;
      return boxPage(room, ctx, typed, errors);
    }
    await room.port.settings.update(change);
    room.flashes.set(ctx.state.session!.hash, { ok: true, text: t('welcome.done') });
    ctx.status = 303;
    ctx.redirect('/');
  });
}
