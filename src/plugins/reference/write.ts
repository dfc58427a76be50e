/** Makes docs/plugin-api.md and docs/spanwatch.lua: node src/plugins/reference/write.ts */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FUNCTIONS, type FunctionDoc, functionDocs } from './functions.ts';
import { GLOBALS, MODULES } from './modules.ts';

const MADE = 'made by src/plugins/reference/write.ts from the tables beside it; changes here are lost';

const ROW = /^(\w+)(?:\((.*?)\))?(?:: (\S+))? -- (.+)$/;
interface Row {
  name: string;
  /** Undefined for a field. */
  params: string | undefined;
  returns: string;
  text: string;
}
const rows = (lines: string): Row[] =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [, name = '', params, returns = '', text = ''] = ROW.exec(line) ?? [];
      if (name === '') throw new Error(`reference: cannot read "${line}"`);
      return { name, params, returns, text: `${text[0]!.toUpperCase()}${text.slice(1)}.` };
    });

const signature = ({ table, name, params }: FunctionDoc): string =>
  `${table}.${name}(${params.map((p) => (p.optional ? `[${p.name}]` : p.name)).join(', ')})`;

/** The reference for people. */
export function markdown(): string {
  const docs = functionDocs();
  const out = [
    '# Functions for plugins',
    '',
    `<!-- ${MADE} -->`,
    '',
    'What a script can call, in Lua and, by the same names, in JavaScript. Functions that are marked with a dash are there because plugins for ntopng 4.2 ask for them; nothing is behind them here.',
    '',
    'For an editor that understands [LuaLS](https://luals.github.io) annotations put `spanwatch.lua`, which lies beside this file, into its library.',
    '',
  ];
  for (const [table, { about }] of Object.entries(FUNCTIONS)) {
    out.push(`## ${table}`, '', about, '', '| function | returns | |', '|---|---|---|');
    for (const doc of docs.filter((d) => d.table === table))
      out.push(`| \`${signature(doc)}\` | ${doc.returns.replace('|', '\\|')} | ${doc.empty ? '–' : doc.text} |`);
    out.push('');
  }
  for (const [module, { about, lines }] of Object.entries(MODULES)) {
    out.push(`## require "${module}"`, '', about, '', '| | returns | |', '|---|---|---|');
    for (const { name, params, returns, text } of rows(lines))
      out.push(
        `| \`${module}.${name}${params === undefined ? '' : `(${params.replace(/: [\w[\]?]+/g, '')})`}\` | ${params === undefined ? '' : returns} | ${text} |`,
      );
    out.push('');
  }
  out.push('## Global functions', '', '| function | returns | |', '|---|---|---|');
  for (const { name, params = '', returns, text } of rows(GLOBALS))
    out.push(`| \`${name}(${params.replace(/: [\w[\]?]+/g, '')})\` | ${returns} | ${text} |`);
  return `${out.join('\n')}\n`;
}

function luaFunction(
  owner: string,
  name: string,
  params: { name: string; type: string; optional: boolean }[],
  returns: string,
  text: string,
): string[] {
  const out = [`---${text}`];
  for (const p of params)
    out.push(p.name === '...' ? `---@param ... ${p.type}` : `---@param ${p.name}${p.optional ? '?' : ''} ${p.type}`);
  if (returns !== '') out.push(`---@return ${returns}`);
  out.push(`function ${owner === '' ? '' : `${owner}.`}${name}(${params.map((p) => p.name).join(', ')}) end`, '');
  return out;
}

const paramsOf = (text: string): { name: string; type: string; optional: boolean }[] =>
  text === ''
    ? []
    : text.split(', ').map((part) => {
        const [left = '', type = 'any'] = part.split(': ');
        return { name: left.replace(/\?$/, ''), type, optional: left.endsWith('?') };
      });

/** Annotations for editors. */
export function annotations(): string {
  const out = ['---@meta', `-- ${MADE}`, ''];
  for (const [table, { about }] of Object.entries(FUNCTIONS)) {
    out.push(`---${about}`, `---@class ${table}`, `${table} = {}`, '');
    for (const d of functionDocs().filter((doc) => doc.table === table))
      out.push(...luaFunction(table, d.name, d.params, d.returns, d.text));
  }
  for (const [module, { about, lines }] of Object.entries(MODULES)) {
    out.push(`---${about}`, `---@class ${module}`);
    const all = rows(lines);
    for (const { name, params, returns, text } of all)
      if (params === undefined) out.push(`---@field ${name} ${returns} ${text}`);
    out.push(`local ${module} = {}`, '');
    for (const { name, params, returns, text } of all)
      if (params !== undefined) out.push(...luaFunction(module, name, paramsOf(params), returns, text));
    out.push(`package.loaded["${module}"] = ${module}`, '');
  }
  for (const { name, params = '', returns, text } of rows(GLOBALS))
    out.push(...luaFunction('', name, paramsOf(params), returns, text));
  return `${out.join('\n').trimEnd()}\n`;
}

const docs = (name: string): string => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));
export const FILES: { [path: string]: () => string } = {
  [docs('plugin-api.md')]: markdown,
  [docs('spanwatch.lua')]: annotations,
};

if (import.meta.main) for (const [path, make] of Object.entries(FILES)) writeFileSync(path, make());
