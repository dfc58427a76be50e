/** `spanwatch plugin new|check|test|run`: what an author of plugins needs, without a running appliance. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { shippedPluginDirs } from '../engine/shipped-plugins.ts';
import { runOverCapture } from './capture-run.ts';
import { checkPlugin } from './check.ts';
import { keyOf, runCase, shownAlert, testCases } from './folder-tests.ts';
import { newPlugin, TEMPLATES } from './new-plugin.ts';
import { summarize } from './would-fire.ts';

const USAGE = `usage: spanwatch plugin new FOLDER [--kind KIND]
       spanwatch plugin check FOLDER...
       spanwatch plugin test FOLDER... [--update]
       spanwatch plugin run FILE.pcap [--plugin FOLDER] [--conf SCRIPT=JSON]

  new    makes a plugin that works, to change; KIND is ${Object.keys(TEMPLATES).join(', ')} (default flow)
  check  says what is wrong with a plugin: manifest, texts, functions that do not exist, errors of syntax
  test   replays the captures below FOLDER/tests and compares the alerts with expected.json; --update accepts them
  run    replays a capture with one plugin (default: those that ship) and prints the alerts

options:
  --lua ENGINE   what Lua runs on: wasm (default) or fengari
  --json         machine-readable output
  --all          run: scripts that are off by default too
`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

/** Resolves to the exit code: 0, 1 when something is wrong with the plugin, 2 for wrong usage. */
export async function plugin(args: string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    complain(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = parsed;
  const [command, ...rest] = positionals;
  const lua = values.lua;
  if (values.help) {
    say(USAGE);
    return 0;
  }
  if (command === undefined || rest.length === 0 || (lua !== 'wasm' && lua !== 'fengari')) {
    complain(USAGE);
    return 2;
  }
  if (command === 'new') return await Promise.resolve(create(rest[0]!, values.kind));
  const folders = rest.map((path) => resolve(path));
  if (command === 'check') return check(folders, values.json);
  if (command === 'test') return test(folders, values.update, lua);
  if (command === 'run') {
    const conf: { [script: string]: unknown } = {};
    for (const text of values.conf ?? []) {
      const at = text.indexOf('=');
      try {
        conf[at < 0 ? text : text.slice(0, at)] = at < 0 ? true : (JSON.parse(text.slice(at + 1)) as unknown);
      } catch {
        complain(`--conf ${text}: what follows "=" is not JSON`);
        return 2;
      }
    }
    return run(folders[0]!, { folder: values.plugin, conf, lua, json: values.json, all: values.all });
  }
  complain(USAGE);
  return 2;
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      update: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      lua: { type: 'string', default: 'wasm' },
      kind: { type: 'string', default: 'flow' },
      plugin: { type: 'string' },
      conf: { type: 'string', multiple: true },
    },
  });
}

function create(folder: string, kind: string): number {
  try {
    const files = newPlugin(folder, kind);
    say(`${folder}: ${files.length} files\n${files.map((file) => `  ${file}`).join('\n')}`);
    say(`\nnext: spanwatch plugin check ${folder}`);
    return 0;
  } catch (error) {
    complain(`cannot make ${folder}: ${(error as Error).message}`);
    return 2;
  }
}

async function check(folders: string[], json: boolean): Promise<number> {
  let bad = false;
  for (const folder of folders) {
    const report = await checkPlugin(folder);
    bad ||= !report.ok;
    if (json) {
      say(JSON.stringify(report));
      continue;
    }
    for (const { level, file, line, message } of report.findings)
      say(`${level}: ${join(keyOf(folder), file)}${line > 0 ? `:${line}` : ''}: ${message}`);
    const scripts = report.scripts.map(({ subdir, key }) => `${subdir}/${key}`).join(', ');
    say(`${keyOf(folder)}: ${report.ok ? 'good' : 'not good'}${scripts ? `; scripts ${scripts}` : ''}`);
  }
  return bad ? 1 : 0;
}

async function test(folders: string[], update: boolean, lua: 'wasm' | 'fengari'): Promise<number> {
  let failed = 0;
  let cases = 0;
  for (const folder of folders) {
    const names = testCases(folder);
    if (names.length === 0) {
      complain(`${folder} has no tests: make a folder tests/NAME with a capture.pcap`);
      failed++;
    }
    for (const name of names) {
      const result = await runCase(folder, name, { update, lua });
      cases++;
      if (!result.ok) failed++;
      const what = update ? 'written' : result.ok ? 'passed' : 'FAILED';
      say(`${what}: ${keyOf(folder)}/${name}: ${result.alerts.length} alerts, ${result.ms} ms`);
      for (const problem of result.problems) say(`  ${problem}`);
    }
  }
  say(failed === 0 ? `${cases} cases, all good` : `${cases} cases, ${failed} not good`);
  return failed === 0 ? 0 : 1;
}

async function run(
  capture: string,
  options: {
    folder: string | undefined;
    conf: { [script: string]: unknown };
    lua: 'wasm' | 'fengari';
    json: boolean;
    all: boolean;
  },
): Promise<number> {
  const folder = options.folder === undefined ? undefined : resolve(options.folder);
  if (folder !== undefined && !existsSync(join(folder, 'manifest.lua'))) {
    complain(`${folder} is no plugin: it has no manifest.lua`);
    return 2;
  }
  const result = await runOverCapture(capture, {
    dirs: folder === undefined ? shippedPluginDirs() : [dirname(folder)],
    ...(folder === undefined ? {} : { only: [keyOf(folder)] }),
    conf: options.conf,
    enableAll: options.all,
    lua: options.lua,
    onLog: (level, plugin, text) => {
      if (!options.json && level !== 'debug') complain(`${level}: ${plugin}: ${text}`);
    },
  });
  if (options.json) {
    say(JSON.stringify(summarize(result, 'capture')));
    return result.problem === '' ? 0 : 1;
  }
  for (const alert of result.alerts) {
    const { script, action, about, text } = shownAlert(alert);
    say(`${new Date(alert.atMs).toISOString()} ${script} ${action} ${about}: ${text}`);
  }
  say(`${result.packets} packets, ${result.flows} flows, ${result.total} alerts`);
  for (const { key, errors } of result.plugins)
    for (const { file, line, message } of errors) complain(`error: ${key}/${file}:${line}: ${message}`);
  if (result.problem) complain(result.problem);
  return result.problem === '' ? 0 : 1;
}
