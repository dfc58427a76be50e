/** The workshop: plugins as files. Upload, write, check, try, install, undo. */
import type Router from '@koa/router';
import { ARCHIVE_LIMITS } from '../../appliance/plugin-files/archive.ts';
import type { PluginOrigin } from '../../appliance/plugin-files/port.ts';
import type { CheckReport } from '../../workshop/check.ts';
import { TEMPLATES } from '../../workshop/new-plugin.ts';
import {
  badge,
  card,
  dataTable,
  emptyState,
  field as fieldBox,
  icon,
  notice,
  select,
  type Tone,
  textInput,
  time,
} from '../components.ts';
import { type AdminContext, field, query, type Room, type State } from '../context.ts';
import { bytes, clip } from '../format.ts';
import { attr, type Html, html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage, tokenField } from '../layout.ts';
import { CAPTURE_BYTES, tryCard, tryResult } from './workshop-try.ts';

const HREF = '/workshop';
/** Longest text of a form that is saved; the port bounds it again. */
const TEXT = 400_000;

const TONES: Record<PluginOrigin, Tone> = { draft: 'info', own: 'ok', shipped: 'plain' };
export const originBadge = (origin: PluginOrigin): Html =>
  badge(TONES[origin], t(`workshop.origin.${origin}` as TextKey));
const at = (key: string, more = ''): string => `${HREF}/${encodeURIComponent(key)}${more}`;

function button(
  room: Room,
  ctx: AdminContext,
  action: string,
  label: string,
  more: { icon?: string; kind?: string; sure?: string; fields?: Value } = {},
): Html {
  return html`<form method="post" action="${action}">${tokenField(room, ctx)}${more.fields ?? null}<button${attr('class', more.kind)}${attr('data-confirm', more.sure)} data-busy>${more.icon ? icon(more.icon) : null}${label}</button></form>`;
}

function listPage(room: Room, ctx: AdminContext, fault?: { field: string; message: string; key?: string }): void {
  const drafts = room.port.pluginFiles.drafts();
  const upload = card(
    t('workshop.upload'),
    html`<p class="muted">${t('workshop.upload.text', { size: bytes(ARCHIVE_LIMITS.packed) })}</p><form method="post" action="${HREF}/upload" enctype="multipart/form-data">${tokenField(room, ctx)}${fieldBox(
      { id: 'file', label: t('workshop.upload.file'), error: fault?.field === 'file' ? fault.message : undefined },
      html`<input type="file" id="file" name="file" required accept=".zip,.tar,.tgz,.gz">`,
    )}<button class="primary" data-busy>${icon('upload')}${t('workshop.upload.submit')}</button></form>`,
    { icon: 'upload' },
  );
  const create = card(
    t('workshop.new'),
    html`<p class="muted">${t('workshop.new.text')}</p><form method="post" action="${HREF}/new">${tokenField(room, ctx)}${textInput(
      {
        id: 'key',
        label: t('workshop.new.key'),
        hint: t('workshop.new.key.hint'),
        error: fault?.field === 'key' ? fault.message : undefined,
      },
      'key',
      fault?.key ?? '',
      { required: true, maxlength: 41, autocomplete: 'off' },
    )}${fieldBox(
      { id: 'kind', label: t('workshop.new.kind') },
      select(
        'kind',
        'kind',
        'flow',
        Object.keys(TEMPLATES).map((kind) => ({ value: kind, label: t(`workshop.new.kind.${kind}` as TextKey) })),
      ),
    )}<button>${icon('edit')}${t('workshop.new.submit')}</button></form>`,
    { icon: 'edit' },
  );
  if (fault !== undefined) ctx.status = 422;
  renderPage(room, ctx, {
    section: 'plugins',
    title: t('workshop.title'),
    lead: t('workshop.lead'),
    crumb: { href: '/plugins', label: t('plugins.back') },
    body: html`<div class="stack workshop">${
      drafts.length === 0
        ? emptyState('plugin', t('workshop.drafts.none'), t('workshop.drafts.none.text'))
        : dataTable(
            t('workshop.drafts'),
            [
              { label: t('workshop.draft'), kind: 'wide bare' },
              { label: t('plugins.state') },
              { label: t('workshop.changed') },
            ],
            drafts.map((d) => [
              html`<a class="row-link" href="${at(d.key)}">${clip(d.key, 60)}</a>`,
              d.replaces ? t('workshop.replaces') : t('workshop.fresh'),
              time(d.atMs),
            ]),
          )
    }
<div class="columns even">${upload}${create}</div></div>`,
  });
}

function findings(key: string, report: CheckReport | undefined): Value {
  if (report === undefined) return null;
  const errors = report.findings.filter((f) => f.level === 'error').length;
  const hints = report.findings.length - errors;
  const words = [
    errors > 0 ? t('workshop.check.bad', { n: errors }) : '',
    hints > 0 ? t('workshop.check.warnings', { n: hints }) : '',
  ]
    .filter((w) => w !== '')
    .join(', ');
  return card(
    t('workshop.check.title'),
    html`${notice(errors > 0 ? 'bad' : 'ok', words === '' ? t('workshop.check.good') : words, { alert: true })}${
      report.findings.length === 0
        ? null
        : html`<ul class="lines">${report.findings.map(
            (f) =>
              html`<li>${icon(f.level === 'error' ? 'error' : 'warning')}<span><a class="mono" href="${at(key, `?file=${encodeURIComponent(f.file)}`)}">${clip(f.file, 120)}${f.line > 0 ? `:${f.line}` : ''}</a> ${clip(f.message, 400)}</span></li>`,
          )}</ul>`
    }`,
    { icon: 'check', id: 'findings' },
  );
}

function editor(room: Room, ctx: AdminContext, key: string, origin: PluginOrigin, path: string): Value {
  const text = room.port.pluginFiles.read(key, path);
  if (text === undefined)
    return card(clip(path, 120), html`<p class="muted">${t('workshop.file.none')}</p>`, { icon: 'file' });
  const draft = origin === 'draft';
  const remove =
    draft && path !== 'manifest.lua'
      ? button(room, ctx, at(key, '/delete-file'), t('workshop.file.remove'), {
          icon: 'trash',
          kind: 'quiet',
          fields: html`<input type="hidden" name="file" value="${path}">`,
        })
      : null;
  return card(
    clip(path, 120),
    html`<form method="post" action="${at(key, '/save')}">${tokenField(room, ctx)}<input type="hidden" name="file" value="${path}"><textarea class="code" name="text" rows="28" spellcheck="false" autocapitalize="off" autocomplete="off" aria-label="${t('workshop.file.text', { file: path })}"${attr('readonly', !draft)}>
${text}</textarea>${draft ? html`<p class="actions"><button class="primary" name="next" value="check" data-busy>${icon('check')}${t('workshop.save')}</button></p>` : null}</form>`,
    { icon: 'file', action: remove },
  );
}

function fileList(room: Room, ctx: AdminContext, key: string, origin: PluginOrigin, shown: string): Html {
  const files = room.port.pluginFiles.files(key);
  return card(
    t('workshop.files'),
    html`<ul class="lines">${files.map(
      (f) =>
        html`<li>${icon('file')}<span>${f.text ? html`<a class="mono" href="${at(key, `?file=${encodeURIComponent(f.path)}`)}"${attr('aria-current', f.path === shown ? 'page' : null)}>${clip(f.path, 120)}</a>` : html`<span class="mono">${clip(f.path, 120)}</span>`} <span class="muted small">${bytes(f.bytes)}</span></span></li>`,
    )}</ul>${
      origin === 'draft'
        ? html`<form method="post" action="${at(key, '/save')}">${tokenField(room, ctx)}<input type="hidden" name="text" value="">${textInput(
            { id: 'new-file', label: t('workshop.file.new'), hint: t('workshop.file.new.hint') },
            'file',
            '',
            { required: true, maxlength: 120, autocomplete: 'off' },
          )}<button>${icon('note')}${t('workshop.file.add')}</button></form>`
        : null
    }`,
    { icon: 'file' },
  );
}

function pluginPage(
  room: Room,
  ctx: AdminContext,
  key: string,
  origin: PluginOrigin,
  more: { report?: CheckReport; result?: Value } = {},
): void {
  const { pluginFiles } = room.port;
  const paths = pluginFiles.files(key).map((f) => f.path);
  const asked = query(ctx, 'file') || field(ctx, 'file', 200);
  const shown = paths.includes(asked) ? asked : (paths.find((p) => p.startsWith('user_scripts/')) ?? 'manifest.lua');
  const permissions = pluginFiles.permissions(key);
  const versions = pluginFiles.versions(key);
  const actions =
    origin === 'draft'
      ? html`${button(room, ctx, at(key, '/check'), t('workshop.check'), { icon: 'check' })}${button(room, ctx, at(key, '/install'), t('workshop.install'), { icon: 'download', kind: 'primary', sure: t('workshop.install.sure') })}${button(room, ctx, at(key, '/discard'), t('workshop.discard'), { icon: 'close', sure: t('workshop.discard.sure') })}`
      : origin === 'own'
        ? html`${button(room, ctx, at(key, '/edit'), t('workshop.edit'), { icon: 'edit', kind: 'primary' })}${button(room, ctx, at(key, '/remove'), t('workshop.remove'), { icon: 'trash', kind: 'danger', sure: t('workshop.remove.sure') })}`
        : null;
  renderPage(room, ctx, {
    section: 'plugins',
    title: key,
    ownTitle: true,
    crumb: { href: HREF, label: t('workshop.back') },
    body: html`<div class="stack workshop"><div class="page-head"><div><h1>${clip(key, 60)}</h1><p class="chips">${originBadge(origin)}</p></div><div class="actions">${actions}</div></div>
${more.result ?? null}${findings(key, more.report)}
<div class="columns"><div class="stack">${editor(room, ctx, key, origin, shown)}</div><div class="stack">${fileList(room, ctx, key, origin, shown)}${tryCard(room, ctx, key)}${card(
      t('workshop.permissions'),
      permissions.length === 0
        ? html`<p class="muted">${t('workshop.permissions.none')}</p>`
        : html`<ul class="lines">${permissions.map((p) => html`<li>${icon('key')}<span>${t(`permission.${p.id}`)}</span></li>`)}</ul>`,
      { icon: 'key' },
    )}${card(
      t('workshop.versions'),
      versions.length === 0
        ? html`<p class="muted">${t('workshop.versions.none')}</p>`
        : html`<ul class="lines">${versions.map(
            (v) =>
              html`<li>${icon('clock')}<span>${time(v.atMs)} <span class="muted">${clip(v.why, 80)} · ${t('workshop.version.files', { n: v.files })}</span> ${
                origin === 'shipped'
                  ? null
                  : button(room, ctx, at(key, '/restore'), t('workshop.restore'), {
                      kind: 'quiet',
                      fields: html`<input type="hidden" name="id" value="${v.id}">`,
                    })
              }</span></li>`,
          )}</ul>`,
      { icon: 'clock' },
    )}</div></div></div>`,
  });
}

const failed = (error: unknown): CheckReport => ({
  ok: false,
  findings: [
    { level: 'error', file: 'manifest.lua', line: 0, message: error instanceof Error ? error.message : String(error) },
  ],
  scripts: [],
});

export function workshopRoutes(router: Router<State>, room: Room): void {
  const files = room.port.pluginFiles;
  const tell = (ctx: AdminContext, ok: boolean, text: string): void =>
    void room.flashes.set(ctx.state.session!.hash, { ok, text: clip(text, 500) });
  const go = (ctx: AdminContext, href: string): void => {
    ctx.status = 303;
    ctx.redirect(href);
  };

  router.get(HREF, (ctx) => listPage(room, ctx));

  router.post(`${HREF}/upload`, async (ctx) => {
    const file = ctx.state.files?.get('file');
    if (!file || file.data.length === 0)
      return listPage(room, ctx, { field: 'file', message: t('workshop.upload.none') });
    const done = await files.upload(file.fileName, Buffer.from(file.data));
    if (!done.ok) return listPage(room, ctx, { field: 'file', message: clip(done.message, 300) });
    go(ctx, at(done.key));
  });

  router.post(`${HREF}/new`, async (ctx) => {
    const key = field(ctx, 'key', 60).trim();
    const done = await files.create(key, field(ctx, 'kind', 20));
    if (!done.ok) return listPage(room, ctx, { field: 'key', message: clip(done.message, 300), key });
    go(ctx, at(key));
  });

  router.post(`${HREF}/try`, async (ctx) => {
    const key = field(ctx, 'key', 60);
    const origin = files.origin(key);
    if (origin === undefined) return;
    const capture = ctx.state.files?.get('capture');
    const data = capture && capture.data.length > 0 ? Buffer.from(capture.data) : undefined;
    const result = await files.wouldFire(key, data).catch((error: unknown) => error);
    pluginPage(room, ctx, key, origin, { result: tryResult(result) });
  });

  router.get(`${HREF}/:key`, (ctx) => {
    const origin = files.origin(ctx.params['key']!);
    if (origin !== undefined) pluginPage(room, ctx, ctx.params['key']!, origin);
  });

  router.post(`${HREF}/:key/:action`, async (ctx) => {
    const key = ctx.params['key']!;
    const origin = files.origin(key);
    const action = ctx.params['action'];
    if (origin === undefined && action !== 'restore') return;
    switch (action) {
      case 'save': {
        const path = field(ctx, 'file', 200).trim();
        const done = await files.write(key, path, field(ctx, 'text', TEXT));
        if (!done.ok) {
          tell(ctx, false, done.message);
          return go(ctx, at(key));
        }
        if (field(ctx, 'next', 10) !== 'check') return go(ctx, at(key, `?file=${encodeURIComponent(path)}`));
        return pluginPage(room, ctx, key, origin!, { report: await files.check(key).catch(failed) });
      }
      case 'delete-file': {
        const done = await files.write(key, field(ctx, 'file', 200), undefined);
        if (!done.ok) tell(ctx, false, done.message);
        return go(ctx, at(key));
      }
      case 'check':
        return pluginPage(room, ctx, key, origin!, { report: await files.check(key).catch(failed) });
      case 'install': {
        const done = await files
          .install(key)
          .catch((error: unknown) => ({ ok: false as const, message: String(error) }));
        tell(
          ctx,
          done.ok,
          done.ok ? t('workshop.installed', { key }) : t('workshop.not_installed', { reason: done.message }),
        );
        return go(ctx, at(key));
      }
      case 'discard':
      case 'remove': {
        const done = action === 'discard' ? await files.discard(key) : await files.remove(key);
        tell(
          ctx,
          done.ok,
          done.ok ? t(action === 'discard' ? 'workshop.discarded' : 'workshop.removed') : done.message,
        );
        return go(ctx, HREF);
      }
      case 'edit': {
        const done = await files.edit(key);
        if (!done.ok) tell(ctx, false, done.message);
        return go(ctx, at(key));
      }
      case 'restore': {
        const done = await files.restore(key, field(ctx, 'id', 20));
        tell(ctx, done.ok, done.ok ? t('workshop.restored') : done.message);
        return go(ctx, done.ok ? at(key) : HREF);
      }
    }
  });
}

export const WORKSHOP_UPLOADS: { readonly [path: string]: number } = {
  [`${HREF}/upload`]: ARCHIVE_LIMITS.packed + (64 << 10),
  [`${HREF}/try`]: CAPTURE_BYTES + (64 << 10),
};
