/** multi_select: check boxes, with headings where the plugin made more than one group. */
import { parseConf } from '../../plugins/validate.ts';
import { icon } from '../components.ts';
import { attr, html } from '../html.ts';
import { t } from '../i18n.ts';
import type { Builder } from './fields.ts';
import { itemsOf } from './items.ts';

export const choicesForm: Builder = {
  perHook: false,
  fill: (_script, hook, conf, typed) => {
    typed.list[`${hook}.items`] = itemsOf(conf);
  },
  read: (script, hook, typed, _enabled, errors) => {
    const items = [...new Set(typed.list[`${hook}.items`] ?? [])];
    const checked = parseConf(script.gui, hook, { enabled: true, script_conf: { items } });
    if (!checked.ok) errors[`${hook}.items`] = checked.message;
    return { items };
  },
  render: (script, hooks, typed, errors) => {
    const name = `${hooks[0]}.items`;
    const chosen = new Set(typed.list[name] ?? []);
    const groups = (script.gui?.groups ?? []).filter((g) => g.elements.length > 0);
    const error = errors[name];
    const title = script.gui?.inputTitle ?? '';
    const description = script.gui?.inputDescription ?? '';
    return html`<fieldset class="choices${error ? ' wrong' : ''}"><legend>${title === '' ? t('script.multi.title') : title}</legend>${
      description === '' ? null : html`<p class="hint">${description}</p>`
    }${
      groups.length === 0
        ? html`<p class="muted">${t('script.multi.none')}</p>`
        : groups.map(
            (g) =>
              html`<div class="choice-group" role="group" aria-label="${g.label}">${groups.length > 1 && g.label !== '' ? html`<p class="group-label">${g.label}</p>` : null}${g.elements.map(
                (e) =>
                  html`<label class="check"><input type="checkbox" name="${name}" value="${e.id}"${attr('checked', chosen.has(e.id))}><span>${e.label}</span></label>`,
              )}</div>`,
          )
    }${error ? html`<p class="error">${icon('error')}<span>${error}</span></p>` : null}</fieldset>`;
  },
};
