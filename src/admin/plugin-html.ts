/**
 * HTML that a plugin made, cut down to what shows and cannot act: a short list of tags, no attributes but a few of tables,
 * no scripts, styles, links to elsewhere or forms. What is not on the list is left out or shown as text.
 */
import { type Html, trusted } from './html.ts';

const MAX_TEXT = 500_000;
const TAGS = new Set(
  'p br hr b i u strong em small sup sub code pre h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tfoot tr th td div span section'.split(
    ' ',
  ),
);
const VOID = new Set(['br', 'hr']);
/** Left out with all that is in them. */
const SILENT = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'iframe',
  'object',
  'svg',
  'math',
  'head',
  'title',
  'select',
  'textarea',
]);
const SPAN = /\b(colspan|rowspan)\s*=\s*["']?(\d{1,3})\b/gi;

const escaped = (text: string): string =>
  text
    .replace(/&(?!(?:amp|lt|gt|quot|nbsp|#\d{1,6});)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** Characters of a tag: attributes are thrown away, so long ones are no loss. */
const MAX_TAG = 2000;

/**
 * Where the tag that begins at `from` ends, quotes considered; -1 when it does not end within the bound. `nextEnd` is where
 * the next ">" stands: without it a text of nothing but beginnings would be read to the bound at each.
 */
function tagEnd(text: string, from: number, nextEnd: number): number {
  if (nextEnd < 0 || nextEnd >= from + MAX_TAG) return -1;
  const most = Math.min(text.length, from + MAX_TAG);
  let quote = '';
  for (let i = from + 1; i < most; i++) {
    const c = text[i]!;
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '>') return i + 1;
  }
  return -1;
}
function commentEnd(text: string, from: number): number {
  const end = text.indexOf('-->', from + 4);
  return end < 0 ? text.length : end + 3;
}

/** Text of our own making: tags are written anew, text is escaped, what was opened is closed. */
export function pluginHtmlText(source: string): string {
  const text = source.slice(0, MAX_TEXT);
  const out: string[] = [];
  const open: string[] = [];
  let silent = '';
  let at = 0;
  let nextEnd = 0;
  for (let i = text.indexOf('<'); i >= 0; i = text.indexOf('<', Math.max(at, i + 1))) {
    const comment = text.startsWith('<!--', i);
    if (nextEnd >= 0 && nextEnd < i) nextEnd = text.indexOf('>', i);
    const end = comment ? commentEnd(text, i) : tagEnd(text, i, nextEnd);
    const found =
      comment || end < 0 ? null : /^<(\/?)([a-zA-Z][a-zA-Z0-9]{0,15})(?![a-zA-Z0-9])(.*)>$/s.exec(text.slice(i, end));
    if (!comment && !found) continue;
    if (silent === '') out.push(escaped(text.slice(at, i)));
    at = end;
    const name = found?.[2]?.toLowerCase();
    if (!found || name === undefined) continue;
    const closing = found[1] === '/';
    if (silent !== '') {
      if (closing && name === silent) silent = '';
      continue;
    }
    if (SILENT.has(name)) {
      if (!closing && !/\/\s*$/.test(found[3] ?? '')) silent = name;
      continue;
    }
    if (!TAGS.has(name)) continue;
    if (VOID.has(name)) {
      if (!closing) out.push(`<${name}>`);
    } else if (closing) {
      const from = open.lastIndexOf(name);
      if (from < 0) continue;
      for (const one of open.splice(from).reverse()) out.push(`</${one}>`);
    } else if (open.length < 64) {
      const spans = [...(found[3] ?? '').matchAll(SPAN)].map(([, key, n]) => ` ${key!.toLowerCase()}="${n}"`);
      out.push(`<${name}${name === 'td' || name === 'th' ? [...new Set(spans)].join('') : ''}>`);
      open.push(name);
    }
  }
  if (silent === '') out.push(escaped(text.slice(at)));
  for (const one of open.reverse()) out.push(`</${one}>`);
  return out.join('');
}

export const pluginHtml = (source: string): Html => trusted(pluginHtmlText(source));
