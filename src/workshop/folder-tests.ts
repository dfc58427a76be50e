/**
 * A plugin's own tests: tests/<case>/ holds capture.pcap (or .pcapng, .gz), config.json (what the settings page would save, by
 * script; absent: what ships) and expected.json (the alerts, in the order of time).
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AlertEvent } from '../alerts/alert.ts';
import { runOverCapture } from './capture-run.ts';

/** An alert as expected.json has it: what is the same at every run. */
export interface ExpectedAlert {
  script: string;
  /** engage, release, or store for what has no end. */
  action: string;
  /** "192.168.1.10 -> 203.0.113.7:443", or the entity. */
  about: string;
  severity: number;
  text: string;
}

export interface CaseResult {
  name: string;
  ok: boolean;
  /** One line each: what is wrong. */
  problems: string[];
  alerts: ExpectedAlert[];
  ms: number;
}

export function shownAlert(alert: AlertEvent): ExpectedAlert {
  const { flow } = alert;
  return {
    script: alert.script,
    action: alert.action,
    about: flow ? `${flow.client} -> ${flow.server}:${flow.serverPort}` : alert.entityValue,
    severity: alert.severity,
    text: alert.text,
  };
}

const CAPTURES = ['capture.pcap', 'capture.pcapng', 'capture.pcap.gz'];

/** Names of the cases of a plugin's folder. */
export function testCases(folder: string): string[] {
  const tests = join(folder, 'tests');
  if (!existsSync(tests)) return [];
  return readdirSync(tests, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Runs one case; with `update` its expected.json is written anew. */
export async function runCase(
  folder: string,
  name: string,
  options: { update?: boolean; lua?: 'wasm' | 'fengari' } = {},
): Promise<CaseResult> {
  const begin = performance.now();
  const result: CaseResult = { name, ok: false, problems: [], alerts: [], ms: 0 };
  const at = join(folder, 'tests', name);
  const capture = CAPTURES.map((file) => join(at, file)).find((file) => existsSync(file));
  const finish = (): CaseResult => {
    result.ms = Math.round(performance.now() - begin);
    result.ok = result.problems.length === 0;
    return result;
  };
  if (!capture) {
    result.problems.push(`${at} has no capture: put a ${CAPTURES[0]} there`);
    return finish();
  }
  let expected: unknown = [];
  let conf: { [script: string]: unknown } = {};
  const expectedPath = join(at, 'expected.json');
  try {
    if (existsSync(join(at, 'config.json'))) conf = readJson(join(at, 'config.json')) as typeof conf;
    if (!options.update && existsSync(expectedPath)) expected = readJson(expectedPath);
  } catch (error) {
    result.problems.push((error as Error).message);
    return finish();
  }
  const run = await runOverCapture(capture, {
    dirs: [dirname(folder)],
    only: [keyOf(folder)],
    conf,
    ...(options.lua ? { lua: options.lua } : {}),
    onLog: () => {},
  });
  if (run.problem) result.problems.push(run.problem);
  for (const plugin of run.plugins)
    for (const { file, line, message } of plugin.errors) result.problems.push(`${file}:${line}: ${message}`);
  if (run.plugins.length === 0) result.problems.push(`${folder} holds no plugin: manifest.lua is missing`);
  result.alerts = run.alerts.map(shownAlert);
  if (options.update) {
    writeFileSync(expectedPath, `${JSON.stringify(result.alerts, null, 2)}\n`);
    return finish();
  }
  if (!existsSync(expectedPath))
    result.problems.push(`no expected.json: look at the alerts, then accept them with --update`);
  result.problems.push(...differences(expected, result.alerts));
  return finish();
}

/** Folder name of a plugin. */
export const keyOf = (folder: string): string => folder.replace(/\/+$/, '').split('/').at(-1) ?? '';

function differences(expected: unknown, got: readonly ExpectedAlert[]): string[] {
  if (!Array.isArray(expected)) return ['expected.json is not a list of alerts'];
  const line = (alert: unknown): string => {
    const { script, action, about, severity, text } = alert as ExpectedAlert;
    return `${script} ${action} ${about} (severity ${severity}): ${text}`;
  };
  const left = got.map(line);
  const out: string[] = [];
  for (const wanted of expected.map(line)) {
    const at = left.indexOf(wanted);
    if (at < 0) out.push(`missing: ${wanted}`);
    else left.splice(at, 1);
  }
  for (const extra of left) out.push(`not expected: ${extra}`);
  return out;
}
