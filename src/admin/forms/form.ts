/**
 * The form of a user script: what was saved becomes fields, what was typed becomes a configuration or messages beside the
 * fields that are wrong. Field names are "<hook>.<name>", as the appliance names them in its refusals.
 */
import type { HookConf, ScriptInfo } from '../../plugins/types.ts';
import { describeConf } from '../../plugins/validate.ts';
import { html } from '../html.ts';
import { t } from '../i18n.ts';
import { amountsForm, amountsText } from './amounts.ts';
import { choicesForm } from './choices.ts';
import type { Builder, Errors, Typed } from './fields.ts';
import { itemsForm } from './items.ts';
import { thresholdForm } from './threshold.ts';

/** Only the switch; values that an import put there stay as they are. */
const plainForm: Builder = {
  perHook: false,
  fill: (_script, hook, conf, typed) => {
    typed.text[`${hook}.kept`] = JSON.stringify(conf);
  },
  read: () => ({}),
  render: () => html`<p class="muted">${t('script.no_form')}</p>`,
};

export function builderOf(script: ScriptInfo): Builder {
  switch (script.gui?.builder) {
    case 'items_list':
      return itemsForm;
    case 'threshold_cross':
      return thresholdForm;
    case 'multi_select':
      return choicesForm;
    case 'long_lived':
    case 'elephant_flows':
      return amountsForm;
    default:
      return plainForm;
  }
}

/** What a script is set to, for lists: amounts in the units of the form. */
export function valuesText(script: ScriptInfo, conf: Record<string, HookConf>): string {
  return builderOf(script) === amountsForm
    ? amountsText(script, Object.values(conf)[0]?.script_conf ?? {})
    : describeConf(script.gui, conf);
}

/** Hooks that the form shows: all where each has a row, else the first stands for all. */
export function shownHooks(script: ScriptInfo): readonly string[] {
  const hooks = script.configHooks.length > 0 ? script.configHooks : ['all'];
  return builderOf(script).perHook ? hooks : hooks.slice(0, 1);
}

export function fillForm(script: ScriptInfo, conf: Record<string, HookConf>): Typed {
  const typed: Typed = { text: {}, list: {} };
  const builder = builderOf(script);
  for (const hook of shownHooks(script)) {
    const saved = conf[hook];
    if (saved?.enabled) typed.text[`${hook}.enabled`] = 'on';
    builder.fill(script, hook, saved?.script_conf ?? {}, typed);
  }
  return typed;
}

/** Picks the fields of this form out of a posted body; anything else in it is dropped. */
export function typedOf(body: Record<string, unknown>): Typed {
  const typed: Typed = { text: {}, list: {} };
  for (const [name, value] of Object.entries(body)) {
    if (!/^[\w-]{1,32}\.[\w.]{1,40}$/.test(name)) continue;
    const list = (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === 'string');
    typed.text[name] = list[0] ?? '';
    typed.list[name] = list;
  }
  return typed;
}

export function readForm(
  script: ScriptInfo,
  typed: Typed,
  before: Record<string, HookConf>,
): { conf: Record<string, HookConf>; errors: Errors } {
  const errors: Errors = {};
  const conf: Record<string, HookConf> = {};
  const builder = builderOf(script);
  const shown = shownHooks(script);
  for (const hook of script.configHooks.length > 0 ? script.configHooks : ['all']) {
    const from = shown.includes(hook) ? hook : shown[0]!;
    const enabled = typed.text[`${from}.enabled`] === 'on';
    const kept = builder === plainForm ? (before[hook]?.script_conf ?? {}) : undefined;
    conf[hook] = { enabled, script_conf: kept ?? builder.read(script, from, typed, enabled, errors) };
  }
  return { conf, errors };
}
