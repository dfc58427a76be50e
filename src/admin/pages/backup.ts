/** Backup, restore, starting anew, factory reset. */
import type Router from '@koa/router';
import { BACKUP_LIMITS, BackupError } from '../../appliance/backup.ts';
import { card, field as fieldBox, textInput } from '../components.ts';
import { type AdminContext, field, type Room, type State } from '../context.ts';
import { dropCookie } from '../cookies.ts';
import { type Html, html } from '../html.ts';
import { t } from '../i18n.ts';
import { renderDoor, tokenField } from '../layout.ts';
import { MAX_LENGTH } from '../password.ts';
import { passwordAgain } from './account.ts';
import { renderSettings } from './settings-frame.ts';

const HREF = '/settings/backup';

interface Faults {
  passphrase?: string;
  again?: string;
  file?: string;
  password?: string;
}

const passphrase = (
  id: string,
  name: string,
  error: string | undefined,
  label = t('backup.passphrase'),
  hint?: string,
): Html =>
  textInput({ id, label, error, ...(hint === undefined ? {} : { hint }) }, name, '', {
    type: 'password',
    autocomplete: 'new-password',
    required: true,
    maxlength: MAX_LENGTH,
  });

function makeCard(room: Room, ctx: AdminContext, faults: Faults): Html {
  return card(
    t('backup.make'),
    html`<p class="muted">${t('backup.make.text')}</p><form method="post" action="${`${HREF}/make`}">${tokenField(room, ctx)}${passphrase(
      'passphrase',
      'passphrase',
      faults.passphrase,
      t('backup.passphrase'),
      t('backup.passphrase.hint', { min: BACKUP_LIMITS.passphrase }),
    )}${passphrase('again', 'again', faults.again, t('backup.again'))}<button class="primary">${t('backup.download')}</button></form>`,
    { icon: 'download' },
  );
}

function restoreCard(room: Room, ctx: AdminContext, faults: Faults): Html {
  return card(
    t('backup.restore'),
    html`<p class="muted">${t('backup.restore.text')}</p><form method="post" action="${`${HREF}/restore`}" enctype="multipart/form-data">${tokenField(room, ctx)}${fieldBox(
      { id: 'file', label: t('backup.file'), error: faults.file },
      html`<input type="file" id="file" name="file" required accept=".backup,application/json">`,
    )}${passphrase('restore-passphrase', 'passphrase', undefined)}<button data-confirm="${t('backup.restore.sure')}">${t('backup.restore.submit')}</button></form>`,
    { icon: 'upload', id: 'restore' },
  );
}

function backupPage(room: Room, ctx: AdminContext, faults: Faults = {}): void {
  const restart = card(
    t('restart.title'),
    html`<p class="muted">${t('restart.text')}</p><form method="post" action="${`${HREF}/restart`}">${tokenField(room, ctx)}<button>${t('restart.submit')}</button></form>`,
    { icon: 'power' },
  );
  const reset = card(
    t('reset.title'),
    html`<p class="muted">${t('reset.text')}</p><form method="post" action="${`${HREF}/reset`}">${tokenField(room, ctx)}${textInput(
      { id: 'reset-password', label: t('reset.password'), error: faults.password },
      'current',
      '',
      { type: 'password', autocomplete: 'current-password', required: true, maxlength: MAX_LENGTH },
    )}<button class="danger" data-confirm="${t('reset.sure')}">${t('reset.submit')}</button></form>`,
    { icon: 'trash', id: 'reset' },
  );
  renderSettings(
    room,
    ctx,
    HREF,
    html`<div class="columns even"><div class="stack">${makeCard(room, ctx, faults)}${restart}</div><div class="stack">${restoreCard(room, ctx, faults)}${reset}</div></div>`,
    t('backup.lead'),
  );
}

/** The page that stands while the box starts anew; it has nothing that the next life must answer. */
function waitPage(room: Room, ctx: AdminContext, text: string): void {
  renderDoor(
    room,
    ctx,
    t('wait.title'),
    html`<p id="wait" data-wait="/healthz">${text}</p><p><a class="button" href="/">${t('wait.open')}</a></p>`,
  );
}

/** "Büro 2" as a piece of a file name. */
const fileWord = (name: string): string => name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'box';

export function backupRoutes(router: Router<State>, room: Room): void {
  router.get(HREF, (ctx) => backupPage(room, ctx));

  router.post(`${HREF}/make`, async (ctx) => {
    const phrase = field(ctx, 'passphrase', MAX_LENGTH + 1);
    const fail = (faults: Faults): void => {
      ctx.status = 422;
      backupPage(room, ctx, faults);
    };
    if (phrase !== field(ctx, 'again', MAX_LENGTH + 1)) return fail({ again: t('backup.differ') });
    try {
      const text = await room.port.system.backup(phrase);
      const date = new Date().toISOString().slice(0, 10);
      ctx.set(
        'Content-Disposition',
        `attachment; filename="spanwatch-${fileWord(room.port.settings.get().name)}-${date}.backup"`,
      );
      ctx.type = 'application/octet-stream';
      ctx.body = Buffer.from(text);
    } catch (error) {
      if (!(error instanceof BackupError)) throw error;
      fail({ passphrase: `${error.message}.` });
    }
  });

  router.post(`${HREF}/restore`, async (ctx) => {
    const file = ctx.state.files.get('file');
    if (file === undefined || file.data.length === 0) {
      ctx.status = 422;
      return backupPage(room, ctx, { file: t('backup.file.missing') });
    }
    const result = await room.port.system.restore(file.data.toString('utf8'), field(ctx, 'passphrase', MAX_LENGTH + 1));
    if (!result.ok) {
      ctx.status = 422;
      return backupPage(room, ctx, { file: t('backup.refused', { text: result.text }) });
    }
    dropCookie(ctx, 'session');
    waitPage(room, ctx, t('backup.restored', { text: result.text }));
  });

  router.post(`${HREF}/restart`, (ctx) => {
    room.port.system.restart('asked for on the page');
    waitPage(room, ctx, t('restart.done'));
  });

  router.post(`${HREF}/reset`, async (ctx) => {
    const password = await passwordAgain(room, ctx, field(ctx, 'current', MAX_LENGTH + 1));
    if (password !== undefined) {
      ctx.status = 422;
      return backupPage(room, ctx, { password });
    }
    dropCookie(ctx, 'session');
    room.port.system.factoryReset();
    waitPage(room, ctx, t('reset.done'));
  });
}
