/** Texts by dotted keys: the core's, and each plugin's below its own name. English is the fall-back. */
import type { LuaValue } from '../sandbox/index.ts';
import { CORE_EN, type LocaleNode } from './locale-en.ts';

const MAX_TEXTS = 5000;
const MAX_DEPTH = 8;

/** Copies what a locale file returned; anything but texts and tables is left out. */
function toTree(value: LuaValue, depth: number, count: { left: number }): LocaleNode | undefined {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
  const tree = Object.create(null) as LocaleNode;
  const entries: [string, LuaValue][] = Array.isArray(value)
    ? value.map((item, i): [string, LuaValue] => [String(i + 1), item])
    : Object.entries(value);
  for (const [key, item] of entries) {
    if (count.left-- <= 0) break;
    if (typeof item === 'string' || typeof item === 'number') tree[key] = String(item);
    else if (typeof item === 'object') {
      const node = toTree(item, depth + 1, count);
      if (node) tree[key] = node;
    }
  }
  return tree;
}

function walk(tree: LocaleNode | undefined, parts: readonly string[]): string | LocaleNode | undefined {
  let node: string | LocaleNode | undefined = tree;
  for (const part of parts) {
    if (typeof node !== 'object' || !Object.hasOwn(node, part)) return undefined;
    node = node[part];
  }
  return node;
}

export class Locales {
  #plugins = new Map<string, LocaleNode>();
  language = 'en';

  /** Top-level keys of the core; a plugin of that name would hide them. */
  isCoreKey(name: string): boolean {
    return Object.hasOwn(CORE_EN, name);
  }

  /** Mounts what locales/<language>.lua of a plugin returned. False when it holds no texts. */
  add(plugin: string, language: string, value: LuaValue): boolean {
    const tree = toTree(value, 0, { left: MAX_TEXTS });
    if (!tree) return false;
    this.#plugins.set(`${language}/${plugin}`, tree);
    return true;
  }

  /** Takes over the texts of a plugin that stays loaded. */
  adopt(from: Locales, plugin: string): void {
    for (const [key, tree] of from.#plugins) if (key.endsWith(`/${plugin}`)) this.#plugins.set(key, tree);
  }

  /** The text or the group of texts under a key: the language's, then its parent's, then English. */
  lookup(key: string, language: string = this.language): string | LocaleNode | undefined {
    const parts = key.split('.', 12);
    const [plugin, ...rest] = parts;
    for (const lang of new Set([language, language.split(/[-_]/)[0]!, 'en'])) {
      const tree = this.#plugins.get(`${lang}/${plugin}`);
      const found = tree && walk(tree, rest);
      if (found !== undefined) return found;
    }
    // Titles that 4.2's core keeps in the texts of the plugins that raise them.
    const borrowed = parts.length === 2 ? /^alert_(unexpected_(?:dns|dhcp|ntp|smtp))_title$/.exec(rest[0]!) : null;
    return walk(CORE_EN, borrowed?.[1] === plugin ? ['alerts_dashboard', borrowed![1]!] : parts);
  }
}
