/** The log of the box: appliance and engine in one list. */
import type Router from '@koa/router';
import type { LogLine } from '../../appliance/log-ring.ts';
import { card, searchRow, select, time } from '../components.ts';
import { type AdminContext, link, query, type Room, type State } from '../context.ts';
import { clip } from '../format.ts';
import { html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderSettings } from './settings-frame.ts';

const HREF = '/settings/logs';
const LEVELS = ['debug', 'info', 'warn', 'error'];
const SHOWN = 500;

/** Lines that the filter of the address takes, newest first. */
export function filteredLog(room: Room, ctx: AdminContext): LogLine[] {
  const least = Math.max(0, LEVELS.indexOf(query(ctx, 'level', 10) || 'info'));
  const search = query(ctx, 'search').toLowerCase();
  return room.port.system
    .logs()
    .filter((l) => LEVELS.indexOf(l.level) >= least)
    .filter((l) => search === '' || `${l.source} ${l.text}`.toLowerCase().includes(search))
    .reverse();
}

export function logRoutes(router: Router<State>, room: Room): void {
  router.get(HREF, (ctx) => {
    const level = query(ctx, 'level', 10) || 'info';
    const search = query(ctx, 'search');
    const lines = filteredLog(room, ctx);
    const levels = LEVELS.map((l) => ({ value: l, label: t(`logs.level.${l}` as TextKey) }));
    renderSettings(
      room,
      ctx,
      HREF,
      card(
        t('settings.tab.logs'),
        html`<form method="get" action="${HREF}" class="filters">${searchRow('search', search, t('logs.search'), t('search'))}${select('level', 'level', level, levels, t('logs.level'))}</form>${
          lines.length === 0
            ? html`<p class="muted">${t('logs.none')}</p>`
            : html`<div class="log tall" tabindex="0" role="region" aria-label="${t('settings.tab.logs')}">${lines
                .slice(0, SHOWN)
                .map(
                  (l) =>
                    html`<p class="${l.level === 'error' ? 'bad' : l.level === 'warn' ? 'warn' : ''}">${time(l.atMs)} <b>${clip(l.source, 60)}</b> ${clip(l.text, 1000)}</p>`,
                )}</div>`
        }`,
        { icon: 'file', action: html`<a href="${link(`${HREF}/text`, { level, search })}">${t('logs.download')}</a>` },
      ),
      t('logs.lead'),
    );
  });

  router.get(`${HREF}/text`, (ctx) => {
    ctx.set('Content-Disposition', 'attachment; filename="spanwatch.log"');
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = filteredLog(room, ctx)
      .map((l) => `${new Date(l.atMs).toISOString()} ${l.level} ${l.source}: ${l.text.replace(/\p{Cc}/gu, ' ')}\n`)
      .join('');
  });
}
