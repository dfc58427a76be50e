/** Plugins over a capture file: the same host as live, but the file waits for the plugins, so that nothing is skipped. */
import type { AlertEvent } from '../alerts/alert.ts';
import type { Frame, PacketSink, PacketSource } from '../capture/source.ts';
import { log } from '../log.ts';
import { addDefaults, emptySet, toggleScript, updateScript } from '../plugins/configsets.ts';
import { createPluginHost } from '../plugins/host.ts';
import type { FlowHook, PluginHost } from '../plugins/host-port.ts';
import type { PluginInfo, ScriptInfo } from '../plugins/types.ts';
import { parseConf } from '../plugins/validate.ts';
import { Entities } from './entities.ts';
import type { Pipeline } from './pipeline.ts';

/** A plugin that does not keep up for so long has hung; its worker is being replaced. */
const PATIENCE_MS = 10_000;

export interface ReplayOptions {
  /** Folders that hold plugins. */
  dirs: readonly string[];
  /** Only these plugins, by folder name. */
  only?: readonly string[];
  /** KEY or KEY=JSON: enables a user script, with this configuration. */
  enable?: readonly string[];
  /** Configuration by script key; `false` switches a script off. Judged as the page's form judges it. */
  conf?: { readonly [script: string]: unknown };
  /** Switches on what its author left off. */
  enableAll?: boolean;
  lua?: 'wasm' | 'fengari';
  onLog?(level: 'error' | 'warn' | 'info' | 'debug', plugin: string, text: string): void;
}

export class ReplayPlugins implements PacketSink {
  readonly #pipeline: Pipeline;
  readonly #source: PacketSource;
  readonly #onAlert: (alert: AlertEvent) => void;
  readonly #nap = new Int32Array(new SharedArrayBuffer(4));
  #host: PluginHost | undefined;
  #plugins: PluginInfo[] = [];
  #clockUs = 0;
  #alerts = 0;

  constructor(pipeline: Pipeline, source: PacketSource, onAlert: (alert: AlertEvent) => void) {
    this.#pipeline = pipeline;
    this.#source = source;
    this.#onAlert = onAlert;
  }

  /** What was loaded, with errors and figures so far. */
  get plugins(): readonly PluginInfo[] {
    return this.#plugins;
  }

  /** Resolves to a sentence when the plugins or what is to be enabled make no sense. */
  async start(options: ReplayOptions): Promise<string | undefined> {
    this.#host = createPluginHost({
      pluginDirs: [...options.dirs],
      ...(options.only ? { only: [...options.only] } : {}),
      language: 'en',
      configSets: [emptySet()],
      engine: options.lua ?? 'wasm',
      entities: new Entities(this.#pipeline, this.#source, () => 0),
      onAlerts: (items) => {
        for (const item of items) this.#onAlert({ ...item, key: `replay-${++this.#alerts}` });
      },
      onStatus: () => {},
      onPlugins: (items) => {
        this.#plugins = items;
      },
      onLog: options.onLog ?? ((level, plugin, text) => log(level, plugin, text)),
    });
    await this.#host.start();
    await this.#host.drain();
    const scripts = this.#plugins.flatMap((plugin) => plugin.scripts);
    let { set } = addDefaults(emptySet(), scripts);
    if (options.enableAll) for (const script of scripts) set = toggleScript(set, script, true);
    const wanted: [string, string | undefined, unknown][] = (options.enable ?? []).map((text) => {
      const [key = '', json] = split(text);
      return [key, `--enable ${key}`, json === undefined ? undefined : readJson(json)];
    });
    for (const [key, conf] of Object.entries(options.conf ?? {})) wanted.push([key, key, conf]);
    for (const [key, what, conf] of wanted) {
      const matching = scripts.filter((script) => script.key === key);
      if (matching.length === 0)
        return `${what}: no such user script; there are ${scripts.map((s) => s.key).join(', ')}`;
      for (const script of matching) {
        set = toggleScript(set, script, conf !== false);
        if (conf === undefined || typeof conf === 'boolean') continue;
        const parsed = readConf(script, conf);
        if (typeof parsed === 'string') return `${what}: ${parsed}`;
        set = updateScript(
          set,
          script.subdir,
          script.key,
          Object.fromEntries(script.configHooks.map((hook) => [hook, { enabled: true, script_conf: parsed }])),
        );
      }
    }
    this.#host.configure({ configSets: [set], language: 'en' });
    await this.#host.drain();
    return undefined;
  }

  packet(frame: Frame): void {
    this.#pipeline.packet(frame);
    const nowUs = this.#pipeline.flows.nowUs;
    if (nowUs - this.#clockUs < 1e6) return;
    this.#clockUs = nowUs;
    this.#host!.clock(nowUs / 1000);
  }

  endOfSlice(): void {
    this.#pipeline.endOfSlice();
  }

  hook(hook: FlowHook, f: number): void {
    const { proto, master, app } = this.#pipeline.verdict(f);
    if (!this.#host!.wants(hook, proto, master, app)) return;
    const record = this.#pipeline.record(f);
    const patience = performance.now() + PATIENCE_MS;
    while (!this.#host!.flow(hook, record) && performance.now() < patience) Atomics.wait(this.#nap, 0, 0, 2);
  }

  /** Lets the packet clock of scripts go on to `nowMs`. */
  clock(nowMs: number): void {
    this.#host?.clock(nowMs);
  }

  /** Resolves when everything so far has been run and its alerts handed over. */
  async drain(): Promise<void> {
    await this.#host?.drain();
  }

  /** Runs what is queued, hands the last alerts over, ends the worker. */
  async stop(): Promise<void> {
    await this.#host?.drain();
    await this.#host?.stop();
  }
}

function split(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** What is no JSON stays a text, which no configuration is. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A configuration, judged as the page's form would be; a string says what is wrong with it. */
function readConf(script: ScriptInfo, value: unknown): { [key: string]: unknown } | string {
  if (typeof value === 'string') return `${value} is not JSON`;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'the configuration must be a JSON object';
  const parsed = parseConf(script.gui, script.configHooks[0] ?? 'all', { enabled: true, script_conf: value });
  return parsed.ok ? parsed.conf.script_conf : `${parsed.field}: ${parsed.message}`;
}
