/**
 * Tagged templates that escape. Every value put into html`…` is text unless it is itself the result of html`…`, so a
 * page cannot forget to escape; arrays are joined, null, undefined and false print nothing. Values may stand in element
 * content and in quoted attributes only: a template that puts one anywhere else throws when it is first used.
 */
const BRAND = Symbol('html');

/** Markup that is safe to send: only html`…` and `trusted` make it. */
export interface Html {
  readonly [BRAND]: true;
  readonly text: string;
}

export type Value = string | number | bigint | boolean | null | undefined | Html | readonly Value[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Everything that escapeText() changes, and line ends and tabs, which it leaves. */
const SPECIAL = /[&<>"'`\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/**
 * Text for element content and quoted attributes. Besides the five characters of HTML the back-tick goes too, and what
 * can hide or reorder text (control characters, bidirectional overrides) becomes U+FFFD, because names come from the network.
 */
export function escapeText(text: string): string {
  // Most text has none of these, and asking once is a quarter of the work.
  if (!SPECIAL.test(text)) return text;
  return text
    .replace(/[&<>"'`]/g, (c) => ENTITIES[c]!)
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (c) =>
      c === '\n' || c === '\t' ? c : '\ufffd',
    );
}

function make(text: string): Html {
  return { [BRAND]: true, text };
}

/** Markup written by ourselves and constant, such as an included file; never text from elsewhere. */
export function trusted(text: string): Html {
  return make(text);
}

export function isHtml(value: unknown): value is Html {
  return typeof value === 'object' && value !== null && BRAND in value;
}

function print(value: Value): string {
  if (typeof value === 'string') return escapeText(value);
  if (value === null || value === undefined || value === false || value === true) return '';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (isHtml(value)) return value.text;
  let out = '';
  for (const item of value) out += print(item);
  return out;
}

/** What a hole is: content or attribute text, a whole attribute made by `attr`, or an address. */
type Hole = 'text' | 'attr' | 'url';
const seen = new WeakMap<TemplateStringsArray, Hole[]>();

/** Throws unless every hole lies in content, inside a quoted attribute that is neither handler nor style, or is an `attr`. */
function holesOf(strings: TemplateStringsArray): Hole[] {
  const holes: Hole[] = [];
  let before = '';
  for (let i = 0; i < strings.length - 1; i++) {
    before += strings[i]!;
    const tag = before.lastIndexOf('<') > before.lastIndexOf('>') ? before.slice(before.lastIndexOf('<')) : '';
    if (/<(script|style)\b[^>]*>(?:(?!<\/\1)[\s\S])*$/i.test(before))
      throw new Error('html: value inside script or style');
    const open = /([\w-]+)=("[^"]*|'[^']*)$/.exec(tag.replace(/=("[^"]*"|'[^']*')/g, ''));
    if (open !== null) {
      if (/^(on|style$|srcdoc$)/i.test(open[1]!)) throw new Error(`html: value in attribute ${open[1]}`);
      holes.push(/^(href|src|action|formaction)$/i.test(open[1]!) && open[2]!.length === 1 ? 'url' : 'text');
    } else if (tag === '') holes.push('text');
    else if (/^<[a-z][\w-]*(\s[^=]*)?(?<![=\w-]\s*=\s*)$/i.test(tag.replace(/=("[^"]*"|'[^']*')/g, '')))
      holes.push('attr');
    else throw new Error(`html: value outside a quoted attribute: ${tag.slice(-40)}`);
    before += 'x';
  }
  seen.set(strings, holes);
  return holes;
}

export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  const holes = seen.get(strings) ?? holesOf(strings);
  let out = strings[0]!;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (holes[i] === 'attr' && !(isHtml(value) && attributes.has(value)) && value) {
      throw new Error('html: only attr() may stand between attributes');
    }
    // An address that is not below this site leads nowhere: no javascript:, no data:, no other host.
    out += holes[i] === 'url' && !/^(\/(?![/\\])|[#?])/.test(String(value)) ? '#' : print(value);
    out += strings[i + 1]!;
  }
  return make(out);
}

const attributes = new WeakSet<Html>();

/** A boolean attribute or a whole one: attr('checked', on), attr('value', text). Names are our own constants. */
export function attr(name: string, value: string | number | boolean | null | undefined): Html {
  const on = value !== false && value !== null && value !== undefined;
  const made = make(!on ? '' : value === true ? ` ${name}` : ` ${name}="${escapeText(String(value))}"`);
  attributes.add(made);
  return made;
}
