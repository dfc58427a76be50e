/** items_list: a text area with items separated by commas; every bad item is named, not only the first. */
import type { ScriptConf, ScriptInfo } from '../../plugins/types.ts';
import { parseConf } from '../../plugins/validate.ts';
import { describedBy, field } from '../components.ts';
import { attr, type Html, html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import type { Builder, Errors, Typed } from './fields.ts';

const SHOWN_FAULTS = 5;
const KNOWN_TYPES = ['ip_address', 'mac_address', 'country', 'string', 'device_type', 'proto_or_category'];

export function splitItems(text: string): string[] {
  return text
    .split(/[,;\n\r]+/)
    .map((i) => i.trim())
    .filter((i) => i !== '');
}

export function itemsOf(conf: ScriptConf): string[] {
  const items = conf['items'];
  return Array.isArray(items) ? items.map(String) : typeof items === 'string' ? splitItems(items) : [];
}

/** Items that the script's own check refuses, each with its message. */
export function itemFaults(script: ScriptInfo, items: readonly string[]): string[] {
  const faults: string[] = [];
  const gui = script.gui === null ? null : { ...script.gui, builder: 'items_list' };
  for (const item of items) {
    const result = parseConf(gui, 'all', { enabled: true, script_conf: { items: [item] } });
    if (!result.ok) faults.push(result.message);
    if (faults.length > SHOWN_FAULTS) break;
  }
  return faults;
}

export function checkItems(script: ScriptInfo, name: string, text: string, errors: Errors): string[] {
  const items = splitItems(text);
  const faults = itemFaults(script, items);
  if (faults.length > 0) {
    errors[name] = faults.slice(0, SHOWN_FAULTS).join(' · ') + (faults.length > SHOWN_FAULTS ? ' · …' : '');
    return items;
  }
  const whole = parseConf(script.gui === null ? null : { ...script.gui, builder: 'items_list' }, 'all', {
    enabled: true,
    script_conf: { items },
  });
  if (whole.ok) return itemsOf(whole.conf.script_conf);
  errors[name] = whole.message;
  return items;
}

export function itemsArea(
  script: ScriptInfo,
  name: string,
  label: string,
  hint: string,
  typed: Typed,
  errors: Errors,
): Html {
  const gui = script.gui;
  const type =
    gui !== null && KNOWN_TYPES.includes(gui.itemListType) ? t(`script.items.${gui.itemListType}` as TextKey) : '';
  const f = {
    id: name.replace('.', '-'),
    label,
    hint: [hint, type, t('script.items.hint')].filter((h) => h !== '').join(' '),
    error: errors[name],
  };
  return field(
    f,
    html`<textarea id="${f.id}" name="${name}" rows="4" spellcheck="false" autocapitalize="off" class="mono"${attr('aria-describedby', describedBy(f))}${attr('aria-invalid', f.error ? 'true' : null)}>${typed.text[name] ?? ''}</textarea>`,
  );
}

export const itemsForm: Builder = {
  perHook: false,
  fill: (_script, hook, conf, typed) => {
    typed.text[`${hook}.items`] = itemsOf(conf).join(', ');
  },
  read: (script, hook, typed, _enabled, errors) => ({
    items: checkItems(script, `${hook}.items`, typed.text[`${hook}.items`] ?? '', errors),
  }),
  render: (script, hooks, typed, errors) => {
    const title = script.gui?.inputTitle ?? '';
    return itemsArea(
      script,
      `${hooks[0]}.items`,
      title === '' ? t('script.items.title') : title,
      script.gui?.inputDescription ?? '',
      typed,
      errors,
    );
  },
};
