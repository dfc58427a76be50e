/** The form of a section of settings, made from the table: fields, what was typed, and what is wrong with it. */
import { networkInterfaces } from 'node:os';
import type { Settings } from '../../appliance/port.ts';
import { SETTINGS_RULES, type SettingsKey } from '../../appliance/settings-schema.ts';
import { describedBy, type FieldOptions, field as fieldBox, select, textInput } from '../components.ts';
import { clip } from '../format.ts';
import { attr, type Html, html } from '../html.ts';
import { t, translated } from '../i18n.ts';
import { splitItems } from './items.ts';

export type SettingsErrors = { [K in SettingsKey]?: string };
export type TypedSettings = { [K in SettingsKey]?: string };

/** Megabytes as typed, to bytes; NaN when it is no number. */
const megabytes = (text: string): number =>
  /^\d{1,9}([.,]\d{1,3})?$/.test(text) ? Math.round(Number(text.replace(',', '.')) * 1e6) : Number.NaN;

/** What a form field holds for a value. */
function typedOf(key: SettingsKey, value: unknown): string {
  switch (SETTINGS_RULES[key].input.kind) {
    case 'bytes':
      return String(Number(value) / 1e6);
    case 'flag':
      return value === true ? 'on' : '';
    case 'lines':
      return (value as string[]).join('\n');
    default:
      return String(value);
  }
}

/** The value that a typed text means; what it cannot mean is left for the check to refuse. */
function meantBy(key: SettingsKey, typed: string): unknown {
  switch (SETTINGS_RULES[key].input.kind) {
    case 'bytes':
      return megabytes(typed.trim());
    case 'number':
      return /^-?\d{1,15}$/.test(typed.trim()) ? Number(typed) : Number.NaN;
    case 'flag':
      return typed === 'on';
    case 'lines':
      return [...new Set(splitItems(typed))];
    default:
      return typed.trim();
  }
}

/** A sentence of the table ("must be …") as it stands below a field. */
export const sentence = (fault: string): string => clip(`${fault.charAt(0).toUpperCase()}${fault.slice(1)}.`, 400);

/** Reads the posted fields of some keys. A key with an error is not in the change. */
export function readSettings(
  keys: readonly SettingsKey[],
  posted: (key: string) => string,
): { change: Partial<Settings>; typed: TypedSettings; errors: SettingsErrors } {
  const change: { [key: string]: unknown } = {};
  const typed: TypedSettings = {};
  const errors: SettingsErrors = {};
  for (const key of keys) {
    typed[key] = posted(key);
    const value = meantBy(key, typed[key]);
    const fault = SETTINGS_RULES[key].wrong(value);
    if (fault === undefined) change[key] = value;
    else errors[key] = sentence(fault);
  }
  return { change: change as Partial<Settings>, typed, errors };
}

export const settingTitle = (key: SettingsKey): string => translated(`set.${key}`, SETTINGS_RULES[key].title);

function suggestions(id: string, what: 'interfaces' | 'zones'): Html {
  const names = what === 'zones' ? Intl.supportedValuesOf('timeZone') : Object.keys(networkInterfaces());
  return html`<datalist id="${id}">${names.map((name) => html`<option value="${name}"></option>`)}</datalist>`;
}

function control(key: SettingsKey, f: FieldOptions, value: string): Html {
  const { input } = SETTINGS_RULES[key];
  const described = html``;
  switch (input.kind) {
    case 'choice':
      return fieldBox(
        f,
        select(
          f.id,
          key,
          value,
          input.options.map((o) => ({ value: o.value, label: translated(`set.${key}.${o.value}`, o.label) })),
        ),
      );
    case 'flag':
      return html`<div class="field"><label class="check"><input type="checkbox" id="${f.id}" name="${key}"${attr('checked', value === 'on')}${attr('aria-describedby', describedBy(f))}><span>${f.label}</span></label>${
        f.hint ? html`<p class="hint" id="${f.id}-hint">${f.hint}</p>` : described
      }</div>`;
    case 'lines':
      return fieldBox(
        f,
        html`<textarea id="${f.id}" name="${key}" rows="5" class="mono" spellcheck="false" autocapitalize="off"${attr('aria-describedby', describedBy(f))}${attr('aria-invalid', f.error ? 'true' : null)}>${value}</textarea>`,
      );
    case 'number':
    case 'bytes': {
      const unit = input.kind === 'bytes' ? 'MB' : input.unit;
      return fieldBox(
        f,
        html`<span class="with-unit"><input id="${f.id}" name="${key}" inputmode="decimal" autocomplete="off" size="10" maxlength="14" value="${value}"${attr('aria-describedby', describedBy(f))}${attr('aria-invalid', f.error ? 'true' : null)}>${unit === '' ? null : html`<span>${unit}</span>`}</span>`,
      );
    }
    default: {
      const list = input.kind === 'text' && input.suggest !== undefined ? `${f.id}-list` : undefined;
      const box = textInput(f, key, value, {
        maxlength: input.kind === 'text' ? input.max : 1000,
        autocomplete: 'off',
        ...(list === undefined ? {} : { list }),
      });
      return list === undefined || input.kind !== 'text' ? box : html`${box}${suggestions(list, input.suggest!)}`;
    }
  }
}

/** All fields of some keys. `typed` (what was refused) wins over what is saved. */
export function settingsFields(
  keys: readonly SettingsKey[],
  saved: Readonly<Settings>,
  typed: TypedSettings = {},
  errors: SettingsErrors = {},
): Html {
  return html`${keys.map((key) => {
    const rule = SETTINGS_RULES[key];
    const when =
      rule.applies === 'live' ? '' : ` ${t(rule.applies === 'engine' ? 'settings.engine' : 'settings.restart')}`;
    const f: FieldOptions = {
      id: `set-${key}`,
      label: settingTitle(key),
      hint: `${translated(`set.${key}.help`, rule.help)}${when}`,
      error: errors[key],
    };
    return control(key, f, typed[key] ?? typedOf(key, saved[key]));
  })}`;
}
