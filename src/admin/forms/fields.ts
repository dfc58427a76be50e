/** What the builders of script forms share. */
import type { ScriptConf, ScriptInfo } from '../../plugins/types.ts';
import { attr, type Html, html } from '../html.ts';
import { t } from '../i18n.ts';

/** Fields as a browser sends them: texts and lists of texts by name. */
export interface Typed {
  text: Record<string, string>;
  list: Record<string, string[]>;
}

/** Messages by field name; '' is about the whole form. */
export type Errors = Record<string, string>;

export interface Builder {
  /** Saved values of one hook into fields. */
  fill(script: ScriptInfo, hook: string, conf: ScriptConf, typed: Typed): void;
  /** Fields of one hook into what is to be saved; puts messages into `errors`. */
  read(script: ScriptInfo, hook: string, typed: Typed, enabled: boolean, errors: Errors): ScriptConf;
  render(script: ScriptInfo, hooks: readonly string[], typed: Typed, errors: Errors): Html;
  /** One switch and one set of fields for all hooks, or a row for each. */
  perHook: boolean;
}

/** An on/off switch that works as a plain check box. */
export function switchBox(name: string, on: boolean, label: string, labelHidden = false): Html {
  return html`<label class="switch"><input type="checkbox" name="${name}" value="on" role="switch"${attr('checked', on)}><span class="track" aria-hidden="true"></span><span class="${labelHidden ? 'unseen' : ''}">${label}</span></label>`;
}

/** "Must be a number" or the number of a text field. A decimal comma is understood. */
export function readNumber(text: string): number | undefined {
  const plain = text.trim().replace(/^(-?\d+),(\d+)$/, '$1.$2');
  if (!/^-?\d+(\.\d+)?(e\d{1,2})?$/i.test(plain)) return undefined;
  const n = Number(plain);
  return Number.isFinite(n) ? n : undefined;
}

export function numberError(text: string): string {
  return text.trim() === '' ? t('script.number.missing') : t('script.number.bad', { text: text.slice(0, 60) });
}
