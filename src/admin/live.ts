/** Parts that open pages keep up to date: pushed over one stream, or fetched one by one where that does not get through. */
import { PassThrough } from 'node:stream';
import type Router from '@koa/router';
import { Refusal, type Room, type State } from './context.ts';
import { readCookie } from './cookies.ts';
import { html } from './html.ts';
import { t } from './i18n.ts';
import { bell, strip } from './layout.ts';
import { flowsPart } from './pages/flows.ts';
import { healthFigures } from './pages/health.ts';

const top = (room: Room): string => html`<div id="strip">${strip(room)}</div>${bell(room)}`.text;

/** What a stream can carry: parts of pages by their address, and figures for programs by a word. */
export function registerParts(room: Room): void {
  const { live, port } = room;
  live.register({ name: '/live/top', everyMs: 2000, render: () => top(room) });
  live.register({ name: '/live/health', everyMs: 3000, render: () => healthFigures(room) });
  live.register({
    name: '/live/flows',
    everyMs: 1000,
    render: (params) => flowsPart(room, (name) => params.get(name) ?? ''),
  });
  live.register({ name: 'stats', everyMs: 1000, render: () => JSON.stringify(port.engine.stats() ?? null) });
  live.register({ name: 'alerts', everyMs: 1000, render: () => JSON.stringify(port.alerts.counts()) });
}

export function liveRoutes(router: Router<State>, room: Room): void {
  router.get('/live/top', (ctx) => {
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = top(room);
  });

  router.get('/api/v1/events', (ctx) => {
    const asked = ctx.query['part'];
    const names = (Array.isArray(asked) ? asked : [asked ?? '']).slice(0, 100);
    const cookie = readCookie(ctx, 'session');
    const { token } = ctx.state;
    const valid = (): boolean =>
      token === undefined
        ? room.sessions.find(cookie, false) !== undefined
        : room.port.settings.get().tokens.some((k) => k.id === token.id);
    const out = new PassThrough({ highWaterMark: 64 * 1024 });
    if (!room.live.open(names, out, valid)) throw new Refusal(503, t('error.live'));
    ctx.req.socket.setTimeout(0);
    ctx.req.socket.setNoDelay(true);
    ctx.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
    ctx.body = out;
  });
}
