/** Updates of the appliance: what runs, what lies in the other slot, sending or fetching a new version, and what happened. */
import type Router from '@koa/router';
import { checksumOf, type UpdateDone, type UpdateStatus } from '../../appliance/update.ts';
import { badge, bar, card, dataTable, emptyState, facts, notice, textInput, time } from '../components.ts';
import { type AdminContext, field, Refusal, type Room, type State } from '../context.ts';
import { type Html, html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { tokenField } from '../layout.ts';
import { renderSettings, settingsDone } from './settings-frame.ts';

const HREF = '/settings/updates';

const BUSY = new Set(['receiving', 'checking', 'installing', 'restarting']);

function slotsCard(room: Room, ctx: AdminContext, status: UpdateStatus): Html {
  const other = status.booted === 'A' ? 'B' : 'A';
  const starts = (slot: string): Html => (status.next === slot ? badge('info', t('updates.next')) : html``);
  const confirmed = status.confirmed ? badge('ok', t('updates.confirmed')) : badge('warn', t('updates.unconfirmed'));
  const otherText = status.otherBootable
    ? html`${status.otherVersion || t('updates.unknown')} ${starts(other)}`
    : html`<span class="muted">${t('updates.empty')}</span>`;
  const act = (word: string, label: TextKey, sure: TextKey): Html =>
    html`<form method="post" action="${`${HREF}/${word}`}">${tokenField(room, ctx)}<button data-confirm="${t(sure)}">${t(label)}</button></form>`;
  return card(
    t('updates.slots'),
    html`${facts([
      [t('updates.running', { slot: status.booted }), html`${status.version} ${confirmed} ${starts(status.booted)}`],
      [t('updates.other', { slot: other }), otherText],
    ])}<div class="row">${status.otherBootable && status.next === status.booted ? act('other', 'updates.switch', 'updates.switch.sure') : null}${act('reboot', 'updates.reboot', 'updates.reboot.sure')}</div>`,
    { icon: 'disk' },
  );
}

function stateNotice(status: UpdateStatus): Html | null {
  if (status.state === 'failed') return notice('bad', status.text, { alert: true });
  if (status.state === 'installed') return notice('ok', status.text);
  if (BUSY.has(status.state)) return html`${notice('info', status.text)}${bar(status.text, status.percent, 100)}`;
  return status.text === '' ? null : notice('warn', status.text);
}

function newCard(room: Room, ctx: AdminContext): Html {
  const checksum = textInput(
    { id: 'sha256', label: t('updates.sha256'), hint: t('updates.sha256.hint') },
    'sha256',
    '',
    {
      maxlength: 64,
      autocomplete: 'off',
    },
  );
  return card(
    t('updates.new'),
    html`<p class="muted">${t('updates.new.text')}</p><form method="post" action="${`${HREF}/fetch`}">${tokenField(room, ctx)}${textInput(
      { id: 'url', label: t('updates.url'), hint: t('updates.url.hint') },
      'url',
      '',
      { type: 'url', maxlength: 1000, required: true },
    )}${checksum}<button class="primary" data-busy>${t('updates.fetch')}</button></form><form data-send="${`${HREF}/file`}" data-failed="${t('updates.send.failed')}">${tokenField(room, ctx)}<div class="field"><label for="file">${t('updates.file')}</label><input type="file" id="file" name="file" accept=".raucb" required></div><button data-busy>${t('updates.send')}</button> <progress max="1" value="0" hidden aria-label="${t('updates.send')}"></progress><p class="muted" role="status"></p></form>`,
    { icon: 'download' },
  );
}

function updatesPage(room: Room, ctx: AdminContext): void {
  const { updates } = room.port;
  const status = updates.status();
  const body =
    status === undefined
      ? emptyState('disk', t('updates.none'), t('updates.none.text', { version: room.port.version }))
      : html`<div class="stack">${stateNotice(status)}<div class="columns even">${slotsCard(room, ctx, status)}${newCard(room, ctx)}</div>${card(
          t('updates.history'),
          dataTable(
            t('updates.history'),
            [
              { label: t('updates.when') },
              { label: t('updates.version') },
              { label: t('updates.what') },
              { label: t('updates.detail') },
            ],
            updates
              .history()
              .map((event) => [
                time(event.atMs),
                event.version,
                t(`updates.event.${event.what}` as TextKey),
                event.text,
              ]),
          ),
          { icon: 'clock' },
        )}</div>`;
  renderSettings(room, ctx, HREF, body, t('updates.lead'));
}

/**
 * Begins to fetch a version, checked against a SHA-256 when one is given. Minutes pass until it is there: how it ends is
 * in the status and the history; what is wrong at once (address, checksum, name not found) is in the answer.
 */
export function startFetch(room: Room, url: string, sha256: string): Promise<UpdateDone> {
  const given = sha256.trim();
  const sum = given === '' ? undefined : checksumOf(given);
  if (given !== '' && sum === undefined) return Promise.resolve({ ok: false, text: t('updates.sha256.wrong') });
  const work = room.port.updates.fetch(url.trim(), sum);
  return Promise.race([work, new Promise<UpdateDone>((resolve) => setTimeout(resolve, 2000, { ok: true }))]);
}

/** A version as the body of the request, never in memory as a whole. A body of another type is refused with 415. */
export function receiveFile(room: Room, ctx: AdminContext): Promise<UpdateDone> {
  if (!ctx.is('application/octet-stream')) throw new Refusal(415, t('error.415'));
  return room.port.updates.receive(ctx.req as AsyncIterable<Buffer>);
}

export function updateRoutes(router: Router<State>, room: Room): void {
  const done = (ctx: AdminContext, result: UpdateDone, text: TextKey): void =>
    settingsDone(room, ctx, HREF, result.ok ? t(text) : result.text, result.ok);

  router.get(HREF, (ctx) => updatesPage(room, ctx));

  router.post(`${HREF}/fetch`, async (ctx) =>
    done(ctx, await startFetch(room, field(ctx, 'url', 1001), field(ctx, 'sha256', 100)), 'updates.fetching'),
  );

  /** The file itself as the body, sent by the page's script: never in memory as a whole. */
  router.post(`${HREF}/file`, async (ctx) => {
    const result = await receiveFile(room, ctx);
    ctx.status = result.ok ? 200 : 422;
    ctx.body = result.ok ? {} : { error: result.text };
  });

  router.post(`${HREF}/other`, async (ctx) => done(ctx, await room.port.updates.ask('other'), 'updates.asked'));
  router.post(`${HREF}/reboot`, async (ctx) => done(ctx, await room.port.updates.ask('reboot'), 'updates.rebooting'));
}
