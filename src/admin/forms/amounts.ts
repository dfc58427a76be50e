/** long_lived and elephant_flows: amounts with a unit, and protocols that do not count. */
import type { ScriptConf, ScriptInfo } from '../../plugins/types.ts';
import { describedBy, field, select } from '../components.ts';
import { attr, html } from '../html.ts';
import { type TextKey, t } from '../i18n.ts';
import { type Builder, numberError, readNumber } from './fields.ts';
import { checkItems, itemsArea, itemsOf } from './items.ts';

interface Amount {
  name: string;
  label: TextKey;
  unitLabel: TextKey;
  units: { value: number; label: string }[];
}

/** 4.2's page counts in powers of 1024. */
const SIZE_UNITS = [
  { value: 1024, label: 'KB' },
  { value: 1024 ** 2, label: 'MB' },
  { value: 1024 ** 3, label: 'GB' },
];

function amountsOf(script: ScriptInfo): Amount[] {
  if (script.gui?.builder === 'long_lived') {
    const units = ([60, 3600, 86_400] as const).map((value) => ({ value, label: t(`script.duration.${value}`) }));
    return [{ name: 'min_duration', label: 'script.duration', unitLabel: 'script.duration.unit', units }];
  }
  return [
    { name: 'l2r_bytes_value', label: 'script.l2r', unitLabel: 'script.bytes.unit', units: SIZE_UNITS },
    { name: 'r2l_bytes_value', label: 'script.r2l', unitLabel: 'script.bytes.unit', units: SIZE_UNITS },
  ];
}

/** The largest unit that gives a whole number; 90 minutes stay 90 minutes. */
function inUnit(a: Amount, saved: number): { n: number; unit: Amount['units'][number] } {
  const unit = [...a.units].reverse().find((u) => saved > 0 && saved % u.value === 0) ?? a.units[0]!;
  return { n: saved / unit.value, unit };
}

/** "> 10 hours", "> 1 GB, > 2 GB". */
export function amountsText(script: ScriptInfo, conf: ScriptConf): string {
  const parts: string[] = [];
  for (const a of amountsOf(script)) {
    const saved = Number(conf[a.name]);
    if (conf[a.name] === undefined || !Number.isFinite(saved)) continue;
    const { n, unit } = inUnit(a, saved);
    parts.push(`> ${n} ${unit.label}`);
  }
  return parts.join(', ');
}

export const amountsForm: Builder = {
  perHook: false,
  fill: (script, hook, conf, typed) => {
    typed.text[`${hook}.items`] = itemsOf(conf).join(', ');
    for (const a of amountsOf(script)) {
      const saved = Number(conf[a.name]);
      const known = Number.isFinite(saved) && conf[a.name] !== undefined;
      const { n, unit } = inUnit(a, known ? saved : 0);
      typed.text[`${hook}.${a.name}`] = known ? String(n) : '';
      typed.text[`${hook}.${a.name}.unit`] = String(unit.value);
    }
  },
  read: (script, hook, typed, enabled, errors) => {
    const conf: Record<string, unknown> = {
      items: checkItems(script, `${hook}.items`, typed.text[`${hook}.items`] ?? '', errors),
    };
    for (const a of amountsOf(script)) {
      const name = `${hook}.${a.name}`;
      const text = typed.text[name] ?? '';
      if (!enabled && text.trim() === '') continue;
      const n = readNumber(text);
      const unit = a.units.find((u) => String(u.value) === typed.text[`${name}.unit`]) ?? a.units[0]!;
      if (n === undefined || n < 0) errors[name] = numberError(text);
      else conf[a.name] = Math.round(n * unit.value);
    }
    return conf;
  },
  render: (script, hooks, typed, errors) => {
    const hook = hooks[0]!;
    return html`${amountsOf(script).map((a) => {
      const name = `${hook}.${a.name}`;
      const f = { id: `${hook}-${a.name}`, label: t(a.label), error: errors[name] };
      return field(
        f,
        html`<span class="amount"><input id="${f.id}" name="${name}" inputmode="decimal" autocomplete="off" maxlength="20" value="${typed.text[name] ?? ''}"${attr('aria-describedby', describedBy(f))}${attr('aria-invalid', f.error ? 'true' : null)}>${select(
          `${f.id}-unit`,
          `${name}.unit`,
          typed.text[`${name}.unit`] ?? '',
          a.units.map((u) => ({ value: String(u.value), label: u.label })),
          `${t(a.label)}: ${t(a.unitLabel)}`,
        )}</span>`,
      );
    })}${itemsArea(script, `${hook}.items`, t('script.exclude'), '', typed, errors)}`;
  },
};
