/** Texts of the page in the owner's language. Another language is one more file beside texts/en.ts with the same keys. */
import { type Html, html, type Value } from './html.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';

export type TextKey = keyof typeof en;
type Text = string | { one: string; other: string };
/** Besides the keys of this page, texts of the settings table: "set.<key>", "set.<key>.help", "set.section.<key>". */
export type Catalog = Partial<Record<TextKey | `set.${string}`, Text>>;

const catalogs: Record<string, Catalog> = { en, de };
let language = 'en';
let plural = new Intl.PluralRules('en');
let numbers = new Intl.NumberFormat('en');

export function addLanguage(code: string, catalog: Catalog): void {
  catalogs[code] = catalog;
}

/** Unknown languages fall back to English, missing keys too. */
export function setLanguage(code: string): void {
  if (code === language) return;
  language = catalogs[code] === undefined ? 'en' : code;
  plural = new Intl.PluralRules(language);
  numbers = new Intl.NumberFormat(language);
}

export function currentLanguage(): string {
  return language;
}

export function formatNumber(n: number): string {
  return numbers.format(n);
}

function template(key: TextKey, n: number | undefined): string {
  const text: Text = catalogs[language]?.[key] ?? en[key];
  if (typeof text === 'string') return text;
  return plural.select(n ?? 0) === 'one' ? text.one : text.other;
}

/** The text of a table elsewhere: the language's own, else `fallback`, which is English. */
export function translated(key: `set.${string}`, fallback: string): string {
  const text = catalogs[language]?.[key];
  return typeof text === 'string' ? text : fallback;
}

type Params = Record<string, string | number>;

/** The text of a key with its {holes} filled; `n` also chooses the plural. Plain text: html`` escapes it when printed. */
export function t(key: TextKey, params: Params = {}): string {
  const n = params['n'];
  return template(key, typeof n === 'number' ? n : undefined).replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : typeof value === 'number' ? formatNumber(value) : value;
  });
}

/** Like `t`, with markup in the holes. */
export function th(key: TextKey, params: Record<string, Value>): Html {
  const parts = template(key, undefined).split(/\{(\w+)\}/);
  return html`${parts.map((part, i) => (i % 2 === 0 ? part : params[part]))}`;
}
