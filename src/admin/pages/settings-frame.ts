/** What all pages below /settings share: the list of them, and the frame with its tabs. A new page is one more line. */
import { tabs } from '../components.ts';
import type { AdminContext, Room } from '../context.ts';
import { html, type Value } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { renderPage } from '../layout.ts';

export interface SettingsTab {
  href: string;
  label: TextKey;
  icon: string;
  /** Shown to everybody; the others are the administrators'. */
  everybody?: boolean;
}

export const SETTINGS_TABS: readonly SettingsTab[] = [
  { href: '/settings', label: 'settings.tab.box', icon: 'settings' },
  { href: '/settings/notifications', label: 'settings.tab.notify', icon: 'bell' },
  { href: '/settings/network', label: 'settings.tab.network', icon: 'network' },
  { href: '/settings/https', label: 'settings.tab.https', icon: 'lock' },
  { href: '/settings/backup', label: 'settings.tab.backup', icon: 'disk' },
  { href: '/settings/updates', label: 'settings.tab.updates', icon: 'download' },
  { href: '/settings/logs', label: 'settings.tab.logs', icon: 'file' },
  { href: '/settings/users', label: 'settings.tab.users', icon: 'host' },
  { href: '/settings/account', label: 'settings.tab.account', icon: 'key', everybody: true },
];

/** Renders a page of the settings; `href` is its own line of the list. */
export function renderSettings(room: Room, ctx: AdminContext, href: string, body: Value, lead?: Value): void {
  const own = SETTINGS_TABS.find((tab) => tab.href === href);
  renderPage(room, ctx, {
    section: 'settings',
    title: own === undefined || href === '/settings' ? t('settings.title') : t(own.label),
    lead,
    body: html`${tabs(
      t('settings.title'),
      SETTINGS_TABS.filter((tab) => tab.everybody || ctx.state.role === 'admin').map((tab) => ({
        href: tab.href,
        label: t(tab.label),
        icon: tab.icon,
        active: tab.href === href,
      })),
    )}${body}`,
  });
}

/** Back to a page of the settings with a message. */
export function settingsDone(room: Room, ctx: AdminContext, href: string, text: string, ok = true): void {
  room.flashes.set(ctx.state.session!.hash, { ok, text });
  ctx.status = 303;
  ctx.redirect(href);
}
