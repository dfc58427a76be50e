/** Settings of the box: a card for each section of the table, each with its own form. */
import type Router from '@koa/router';
import { keysOf, SETTINGS_SECTIONS } from '../../appliance/settings-schema.ts';
import { card } from '../components.ts';
import { type AdminContext, field, type Room, type State } from '../context.ts';
import { readSettings, type SettingsErrors, settingsFields, type TypedSettings } from '../forms/settings-form.ts';
import { html } from '../html.ts';
import { t, translated } from '../i18n.ts';
import { tokenField } from '../layout.ts';
import { renderSettings, settingsDone } from './settings-frame.ts';

/** Sections that stand on a page of their own, beside what belongs to them. */
const ELSEWHERE: readonly string[] = ['notify'];

interface Refused {
  section: string;
  typed: TypedSettings;
  errors: SettingsErrors;
}

/** The form of one section as a card; nothing when the section has no settings. */
export function sectionCard(room: Room, ctx: AdminContext, key: string, refused?: Refused): ReturnType<typeof html> {
  const section = SETTINGS_SECTIONS.find((s) => s.key === key)!;
  const keys = keysOf(section.key);
  if (keys.length === 0) return html``;
  const mine = refused?.section === section.key ? refused : undefined;
  return card(
    translated(`set.section.${section.key}`, section.title),
    html`<p class="muted">${translated(`set.section.${section.key}.help`, section.help)}</p><form method="post" action="/settings/section/${section.key}">${tokenField(room, ctx)}${settingsFields(
      keys,
      room.port.settings.get(),
      mine?.typed,
      mine?.errors,
    )}<button class="primary">${t('save')}</button></form>`,
    { id: `section-${section.key}` },
  );
}

function settingsPage(room: Room, ctx: AdminContext, refused?: Refused): void {
  const shown = SETTINGS_SECTIONS.filter((s) => keysOf(s.key).length > 0 && !ELSEWHERE.includes(s.key));
  const cards = shown.map((s) => sectionCard(room, ctx, s.key, refused));
  const half = Math.ceil(cards.length / 2);
  renderSettings(
    room,
    ctx,
    '/settings',
    html`<div class="columns even"><div class="stack">${cards.slice(0, half)}</div><div class="stack">${cards.slice(half)}</div></div>`,
  );
}

export function settingsRoutes(router: Router<State>, room: Room): void {
  router.get('/settings', (ctx) => settingsPage(room, ctx));

  router.post('/settings/section/:section', async (ctx) => {
    const section = SETTINGS_SECTIONS.find((s) => s.key === ctx.params['section']);
    if (section === undefined) return;
    const { change, typed, errors } = readSettings(keysOf(section.key), (key) => field(ctx, key, 20_000));
    if (Object.keys(errors).length > 0) {
      ctx.status = 422;
      return settingsPage(room, ctx, { section: section.key, typed, errors });
    }
    await room.port.settings.update(change);
    settingsDone(room, ctx, '/settings', t('settings.saved'));
  });
}
