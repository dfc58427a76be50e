/** Fragments that open pages fetch by themselves; each replaces the element of the same id. */
import type Router from '@koa/router';
import type { Room, State } from './context.ts';
import { html } from './html.ts';
import { bell, strip } from './layout.ts';

export function liveRoutes(router: Router<State>, room: Room): void {
  router.get('/live/top', (ctx) => {
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = html`<div id="strip">${strip(room)}</div>${bell(room)}`.text;
  });
}
