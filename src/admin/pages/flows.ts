/** Flows that are going on now: a list that renews itself, and one flow with all that was detected. */
import type Router from '@koa/router';
import type { FlowQuery, FlowRow } from '../../messages.ts';
import { statusText } from '../advice.ts';
import { badge, dataTable, emptyState, pills, searchRow, select } from '../components.ts';
import { type AdminContext, link, query, queryNumber, type Room, type State } from '../context.ts';
import { bytes, clip, duration, endpoint } from '../format.ts';
import { type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage } from '../layout.ts';
import { l4Name, l7Name } from '../names.ts';
import { flowDetail } from './flow-detail.ts';

const LIMIT = 100;
const SORTS = ['last', 'bytes', 'score'] as const;

export function flowQuery(ctx: AdminContext): FlowQuery {
  return { ...askedFor((name) => query(ctx, name)), limit: queryNumber(ctx, 'limit', LIMIT, 1, 500) };
}

/** The query in the words of an address. */
function askedFor(param: (name: string) => string): FlowQuery {
  const sort = SORTS.find((s) => s === param('sort')) ?? 'last';
  const which = param('which') === 'recent' ? 'recent' : 'live';
  return { search: param('search').slice(0, 200).trim(), sort, which, limit: LIMIT };
}

/** The protocol as a person reads it: "UDP:DNS", or only "UDP" where nothing was recognised. */
export function protocolText(room: Room, f: FlowRow): string {
  return f.master === 0 && f.app === 0 ? l4Name(f.proto) : `${l4Name(f.proto)}:${l7Name(room.port, f)}`;
}

export function findings(f: FlowRow): Value {
  if (f.statuses.length === 0 && f.risks.length === 0) return html`<span class="muted">${t('flow.ok')}</span>`;
  return html`${f.statuses.slice(0, 3).map((s) => badge('bad', clip(statusText(s), 60)))}${
    f.risks.length > 0 ? badge('warn', t('flow.risks', { n: f.risks.length })) : null
  }`;
}

function flowTable(room: Room, flows: FlowRow[]): Html {
  return dataTable(
    t('flows.title'),
    [
      { label: t('flows.protocol'), kind: 'bare head' },
      { label: t('flows.client'), kind: 'line' },
      { label: t('flows.server'), kind: 'line' },
      { label: t('flows.bytes'), kind: 'num' },
      { label: t('flows.duration'), kind: 'num' },
      { label: t('flows.status'), kind: 'bare head' },
      { label: t('flows.info'), kind: 'wide bare' },
    ],
    flows.map((f) => [
      html`<a class="row-link" href="/flows/${f.id}">${protocolText(room, f)}</a>`,
      html`<span class="mono">${endpoint(f.client.ip, f.client.port)}</span>`,
      html`<span class="mono">${endpoint(f.server.ip, f.server.port)}</span>`,
      bytes(f.c2s.bytes + f.s2c.bytes),
      duration(f.lastMs - f.firstMs),
      findings(f),
      html`<span class="muted">${clip(f.info.hostname ?? '', 80)}</span>`,
    ]),
  );
}

/** The part of the page that renews itself. */
async function flowsFragment(room: Room, q: FlowQuery): Promise<Html> {
  const found = await room.port.engine.flows(q).catch(() => undefined);
  const body =
    found === undefined
      ? emptyState('flows', t('flows.down'), t('flows.down.text'))
      : found.items.length === 0
        ? emptyState('flows', t('flows.none'), q.search === '' ? t('flows.none.text') : t('flows.none.filtered'))
        : html`<p class="muted">${t('flows.shown', { n: found.items.length, total: found.total })}</p>${flowTable(room, found.items)}`;
  const params = {
    search: q.search,
    sort: q.sort === 'last' ? '' : q.sort,
    which: q.which === 'recent' ? 'recent' : '',
  };
  return html`<div id="flows" data-live="${link('/live/flows', params)}" data-every="${q.which === 'recent' ? 5000 : 2000}">${body}</div>`;
}

/** The list of flows as a live part. */
export async function flowsPart(room: Room, param: (name: string) => string): Promise<string> {
  return (await flowsFragment(room, askedFor(param))).text;
}

export function flowRoutes(router: Router<State>, room: Room): void {
  router.get('/flows', async (ctx) => {
    const q = flowQuery(ctx);
    const view = (which: 'live' | 'recent') => ({
      href: link('/flows', {
        search: q.search,
        sort: q.sort === 'last' ? '' : q.sort,
        which: which === 'live' ? '' : which,
      }),
      label: t(`flows.which.${which}` as TextKey),
      active: q.which === which,
    });
    renderPage(room, ctx, {
      section: 'flows',
      title: t('flows.title'),
      lead: t(q.which === 'recent' ? 'flows.lead.recent' : 'flows.lead'),
      body: html`<div class="toolbar">${pills(t('flows.which'), [view('live'), view('recent')])}<form class="filters" method="get" action="/flows" role="search">${
        q.which === 'recent' ? html`<input type="hidden" name="which" value="recent">` : null
      }${searchRow('search', q.search, t('flows.search'), t('search'))}${select(
        'sort',
        'sort',
        q.sort,
        SORTS.map((s) => ({ value: s, label: t(`flows.sort.${s}` as TextKey) })),
        t('flows.sort'),
      )}${q.search === '' ? null : html`<a class="button quiet" href="${link('/flows', { sort: q.sort, which: q.which === 'recent' ? 'recent' : '' })}">${t('filter.clear')}</a>`}</form></div>
${await flowsFragment(room, q)}`,
    });
  });

  router.get('/live/flows', async (ctx) => {
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = (await flowsFragment(room, flowQuery(ctx))).text;
  });

  router.get('/flows/:id', async (ctx) => {
    const id = ctx.params['id'] ?? '';
    if (!/^\d{1,16}$/.test(id)) return;
    const flow = await room.port.engine.flow(Number(id)).catch(() => undefined);
    if (flow !== undefined) flowDetail(room, ctx, flow);
    else {
      ctx.status = 404;
      renderPage(room, ctx, {
        section: 'flows',
        title: t('alert.flow'),
        body: emptyState('flows', t('flow.gone'), html`<a href="/flows">${t('flow.back')}</a>`),
      });
    }
  });
}
