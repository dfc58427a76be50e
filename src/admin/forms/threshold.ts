/** threshold_cross: one row per hook with switch, operator, number and unit. */
import type { ScriptInfo } from '../../plugins/types.ts';
import { parseConf } from '../../plugins/validate.ts';
import { icon, select } from '../components.ts';
import { attr, html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { type Builder, numberError, readNumber, switchBox } from './fields.ts';

const KNOWN_HOOKS =
  'all min 5mins hour day protocolDetected periodicUpdate statusChanged flowEnd handleEvent snmpDevice snmpDeviceInterface'.split(
    ' ',
  );
const OPERATORS = ['gt', 'lt'] as const;

export function hookLabel(hook: string): string {
  return KNOWN_HOOKS.includes(hook) ? t(`hook.${hook}` as TextKey) : hook;
}

function rangeText(script: ScriptInfo): string {
  const { min = null, max = null } = script.gui ?? {};
  if (min !== null && max !== null) return t('script.threshold.range', { min, max });
  if (min !== null) return t('script.threshold.min', { min });
  return max === null ? '' : t('script.threshold.max', { max });
}

export const thresholdForm: Builder = {
  perHook: true,
  fill: (script, hook, conf, typed) => {
    const threshold = conf['threshold'];
    typed.text[`${hook}.threshold`] =
      typeof threshold === 'number' || typeof threshold === 'string' ? String(threshold) : '';
    typed.text[`${hook}.operator`] = script.gui?.operator || (conf['operator'] === 'lt' ? 'lt' : 'gt');
  },
  read: (script, hook, typed, enabled, errors) => {
    const text = typed.text[`${hook}.threshold`] ?? '';
    const operator = script.gui?.operator || typed.text[`${hook}.operator`] || 'gt';
    // A row that is off and empty is simply not used.
    if (!enabled && text.trim() === '') return {};
    const threshold = readNumber(text);
    if (threshold === undefined) {
      errors[`${hook}.threshold`] = numberError(text);
      return {};
    }
    const checked = parseConf(script.gui, hook, { enabled: true, script_conf: { operator, threshold } });
    if (!checked.ok) errors[checked.field] = checked.message;
    return { operator, threshold };
  },
  render: (script, hooks, typed, errors) => {
    const gui = script.gui;
    const range = rangeText(script);
    return html`<fieldset class="thresholds"><legend>${t('script.threshold')}</legend>${range === '' ? null : html`<p class="hint" id="range">${range}</p>`}${hooks.map(
      (hook) => {
        const name = `${hook}.threshold`;
        const id = `${hook}-threshold`;
        const error = errors[name] ?? errors[`${hook}.operator`];
        const operator = typed.text[`${hook}.operator`] ?? 'gt';
        const described = [range === '' ? '' : 'range', error ? `${id}-error` : ''].filter((i) => i !== '').join(' ');
        return html`<div class="threshold${error ? ' wrong' : ''}" role="group" aria-label="${hookLabel(hook)}">${switchBox(`${hook}.enabled`, typed.text[`${hook}.enabled`] === 'on', hookLabel(hook))}<span class="limit">${
          gui?.operator
            ? html`<span class="fixed" title="${t(gui.operator === 'lt' ? 'script.operator.lt' : 'script.operator.gt')}">${gui.operator === 'lt' ? '<' : '>'}</span>`
            : select(
                `${hook}-operator`,
                `${hook}.operator`,
                operator,
                OPERATORS.map((o) => ({ value: o, label: t(`script.operator.${o}`) })),
                `${hookLabel(hook)}: ${t('script.threshold.operator')}`,
              )
        }<input id="${id}" name="${name}" inputmode="decimal" autocomplete="off" maxlength="20" value="${typed.text[name] ?? ''}" aria-label="${hookLabel(hook)}: ${t('script.threshold.number')}"${attr('aria-describedby', described === '' ? null : described)}${attr('aria-invalid', error ? 'true' : null)}>${
          gui?.unit ? html`<span class="unit">${gui.unit}</span>` : null
        }</span>${error ? html`<p class="error" id="${id}-error">${icon('error')}<span>${error}</span></p>` : null}</div>`;
      },
    )}</fieldset>`;
  },
};
