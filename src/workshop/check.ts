/**
 * `spanwatch plugin check`: loads a plugin in its sandbox as the appliance would and reads its text for what only shows when
 * it is too late: functions that do not exist, texts that are missing or that nobody uses, keys nobody reads.
 */
import { dirname } from 'node:path';
import { apiNames } from '../plugins/api-names.ts';
import { emptySet } from '../plugins/configsets.ts';
import { createPluginHost } from '../plugins/host.ts';
import { type PluginSource, scanPlugins } from '../plugins/scan.ts';
import type { PluginInfo, ScriptInfo } from '../plugins/types.ts';
import { openWasmVm } from '../sandbox/index.ts';
import { keyOf } from './folder-tests.ts';
import { codeOf, nearest } from './text.ts';

export interface Finding {
  level: 'error' | 'warning';
  /** Relative to the plugin's folder. */
  file: string;
  /** 0 when the finding has no line. */
  line: number;
  message: string;
}

export interface CheckReport {
  /** No errors; warnings do not count. */
  ok: boolean;
  findings: Finding[];
  scripts: Pick<ScriptInfo, 'subdir' | 'key' | 'title' | 'state' | 'reason'>[];
}

const MAX_FINDINGS = 200;

const MANIFEST_KEYS = [
  'title',
  'description',
  'author',
  'version',
  'dependencies',
  'disabled',
  'data_dirs',
  'always_enabled',
];
const GUI_KEYS = [
  'i18n_title',
  'i18n_description',
  'i18n_field_unit',
  'input_builder',
  'input_title',
  'input_description',
  'item_list_type',
  'field_min',
  'field_max',
  'field_step',
  'field_operator',
  'groups',
  'input_action_i18n',
  'input_action_url',
  'input_action_confirm',
  'post_save_hook',
];

/** Checks the plugin in a folder. Never rejects for what is wrong with it. */
export async function checkPlugin(folder: string): Promise<CheckReport> {
  const findings: Finding[] = [];
  const add = (level: Finding['level'], file: string, line: number, message: string): void => {
    const again = findings.some((f) => f.file === file && f.line === line && f.message === message);
    if (!again && findings.length < MAX_FINDINGS) findings.push({ level, file, line, message });
  };
  const key = keyOf(folder);
  const scan = scanPlugins([dirname(folder)]);
  const source = scan.plugins.find((plugin) => plugin.key === key);
  if (!source) {
    const why = scan.warnings.find((warning) => warning.includes(folder)) ?? 'manifest.lua is missing';
    add('error', 'manifest.lua', 0, `${folder} is no plugin: ${why}`);
    return { ok: false, findings, scripts: [] };
  }
  const info = await loaded(folder, key, add);
  checkManifest(source, add);
  checkTexts(source, add);
  checkNames(source, add);
  if (info && info.scripts.length === 0 && info.state === 'running')
    add(
      'warning',
      'manifest.lua',
      0,
      'the plugin has no user scripts: put one into user_scripts/flow, host, interface, network or system',
    );
  return {
    ok: !findings.some((finding) => finding.level === 'error'),
    findings: findings.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)),
    scripts: (info?.scripts ?? []).map(({ subdir, key: name, title, state, reason }) => ({
      subdir,
      key: name,
      title,
      state,
      reason,
    })),
  };
}

type Add = (level: Finding['level'], file: string, line: number, message: string) => void;

/** Loads it as the appliance would; what goes wrong then has a file and a line. */
async function loaded(folder: string, key: string, add: Add): Promise<PluginInfo | undefined> {
  let infos: PluginInfo[] = [];
  const host = createPluginHost({
    pluginDirs: [dirname(folder)],
    only: [key],
    language: 'en',
    configSets: [emptySet()],
    engine: 'wasm',
    onAlerts: () => {},
    onStatus: () => {},
    onPlugins: (items) => {
      infos = items;
    },
    onLog: () => {},
  });
  await host.start();
  await host.drain();
  await host.stop();
  const info = infos.find((plugin) => plugin.key === key);
  if (!info) {
    add('error', 'manifest.lua', 0, 'the plugin could not be loaded');
    return undefined;
  }
  for (const { file, line, message } of info.errors) add('error', file, line, message);
  if (info.state === 'error' && info.errors.length === 0) add('error', 'manifest.lua', 0, info.reason);
  for (const script of info.scripts)
    if (script.state === 'skipped') add('warning', script.file, 0, `is not run: ${script.reason}`);
  return info;
}

function lua(file: string, text: string): { [key: string]: unknown } | undefined {
  const vm = openWasmVm({ name: 'check', limits: { memoryBytes: 4 << 20, callMs: 1000 } });
  const done = vm.load(file, text);
  const value = done.ok && done.ref !== undefined ? vm.read(done.ref) : undefined;
  vm.close();
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function checkManifest(source: PluginSource, add: Add): void {
  const text = source.files.get('manifest.lua') ?? '';
  const manifest = lua('manifest.lua', text);
  for (const name of Object.keys(manifest ?? {})) {
    if (MANIFEST_KEYS.includes(name)) continue;
    add('warning', 'manifest.lua', lineOf(text, name), `nobody reads ${name}${hint(name, MANIFEST_KEYS)}`);
  }
}

const hint = (name: string, known: readonly string[]): string => {
  const close = nearest(name, known);
  return close === undefined ? '' : `; did you mean ${close}?`;
};

function lineOf(text: string, word: string): number {
  const at = text.indexOf(word);
  return at < 0 ? 0 : lineAt(text, at);
}
function lineAt(text: string, at: number): number {
  let line = 1;
  for (let i = 0; i < at; i++) if (text.charCodeAt(i) === 10) line++;
  return line;
}

/** Keys of a table of texts, nested ones joined by dots. */
function flat(table: { [key: string]: unknown }, prefix = ''): string[] {
  return Object.entries(table).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? flat(value as { [key: string]: unknown }, `${prefix}${name}.`)
      : [`${prefix}${name}`],
  );
}

function checkTexts(source: PluginSource, add: Add): void {
  const locales = new Map<string, string[]>();
  for (const [file, text] of source.files) {
    if (!/^locales\/[\w-]+\.lua$/.test(file)) continue;
    const table = lua(file, text);
    if (table) locales.set(file, flat(table));
  }
  const english = locales.get('locales/en.lua');
  if (locales.size > 0 && !english)
    add('error', 'locales/en.lua', 0, 'is missing: it is what is shown where another language has no text');
  for (const [file, keys] of locales) {
    if (!english || file === 'locales/en.lua') continue;
    const text = source.files.get(file)!;
    const missing = english.filter((name) => !keys.includes(name));
    if (missing.length > 0) add('warning', file, 0, `lacks ${missing.slice(0, 8).join(', ')}: shown in English`);
    for (const name of keys)
      if (!english.includes(name))
        add('warning', file, lineOf(text, name.split('.').at(-1)!), `${name} is not in locales/en.lua`);
  }
  // Names of the plugin's texts, whole or put together: "key.name" or "key.name_" .. something.
  const used = new Set<string>();
  const begun: string[] = [];
  const pattern = new RegExp(`(["'\`])${source.key}\\.([\\w.-]*)(["'\`]|\\$\\{)(\\s*\\.\\.|\\s*\\+)?`, 'g');
  for (const [file, text] of source.files) {
    if (file.startsWith('locales/')) continue;
    for (const match of codeOf(text, file.endsWith('.js'), true).matchAll(pattern)) {
      const name = match[2]!;
      if (match[4] !== undefined || match[3] === '${') {
        begun.push(name);
        continue;
      }
      used.add(name);
      if (name !== '' && !(english ?? []).some((known) => known === name || known.startsWith(`${name}.`)))
        add(
          'error',
          file,
          lineAt(text, match.index),
          `the text ${source.key}.${name} does not exist${hint(name, english ?? [])}`,
        );
    }
  }
  const english_ = source.files.get('locales/en.lua') ?? '';
  for (const name of english ?? []) {
    const parents = name.split('.').map((_, i, parts) => parts.slice(0, i + 1).join('.'));
    if (parents.some((parent) => used.has(parent)) || begun.some((start) => name.startsWith(start))) continue;
    // The core itself looks for these.
    if (name === `status_${source.key}_description` || name === `alert_${source.key}_title`) continue;
    add('warning', 'locales/en.lua', lineOf(english_, name.split('.').at(-1)!), `nobody uses the text ${name}`);
  }
}

/** Functions of the C side that do not exist, and keys of gui that nobody reads. */
function checkNames(source: PluginSource, add: Add): void {
  const api = apiNames();
  const call = new RegExp(`(^|[^\\w.:"'])(${Object.keys(api).join('|')})\\.([A-Za-z_]\\w*)`, 'g');
  for (const [file, text] of source.files) {
    if (!/\.(lua|js)$/.test(file) || file.startsWith('locales/') || file === 'manifest.lua') continue;
    const code = codeOf(text, file.endsWith('.js'), false);
    for (const match of code.matchAll(call)) {
      const [, before, table, name] = match;
      // A local of that name, or a field that the script itself sets.
      const own = new RegExp(
        `\\b(local|const|let|var)\\s+${table}\\b|function\\s+${table}\\.|\\b${table}\\.${name}\\s*=[^=]`,
      );
      if (api[table!]!.includes(name!) || own.test(code)) continue;
      const line = lineAt(text, match.index + before!.length);
      add(
        'error',
        file,
        line,
        `${table}.${name} does not exist${hint(name!, api[table!]!).replace('mean ', `mean ${table}.`)}`,
      );
    }
    const gui = /\bgui\s*[=:]\s*\{/.exec(code);
    if (gui && file.startsWith('user_scripts/')) {
      const inside = tableBody(code, gui.index + gui[0].length);
      for (const match of inside.matchAll(/(?:^|[,{;\n])\s*([A-Za-z_]\w*)\s*[=:](?!=)/g)) {
        const name = match[1]!;
        if (GUI_KEYS.includes(name)) continue;
        const line = lineAt(text, gui.index + gui[0].length + match.index + match[0].indexOf(name));
        add('warning', file, line, `gui.${name}: nobody reads it${hint(name, GUI_KEYS)}`);
      }
    }
  }
}

/** Text of a table from behind its opening brace to its end, inner tables blanked out. */
function tableBody(code: string, from: number): string {
  let depth = 1;
  let out = '';
  for (let i = from; i < code.length && depth > 0; i++) {
    const c = code[i]!;
    if (c === '{') depth++;
    if (c === '}') depth--;
    out += depth === 1 || c === '\n' ? c : ' ';
  }
  return out;
}
