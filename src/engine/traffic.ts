/** Devices and traffic history of the engine: what they keep over a restart, when, and what they answer. */
import { join } from 'node:path';
import type { PacketSource } from '../capture/source.ts';
import { DeviceFile } from '../devices/device-file.ts';
import { History } from '../history/history.ts';
import type { PoolIndex } from '../plugins/pools.ts';
import { protocolName } from '../protocols/catalogue.ts';
import type { Answers } from './answers.ts';
import { HistoryFeed } from './history-feed.ts';
import type { Pipeline } from './pipeline.ts';
import { TrafficAnswers } from './traffic-answers.ts';

export interface TrafficOptions {
  pipeline: Pipeline;
  source: PacketSource;
  /** Folder of what survives a restart; absent = nothing is written. */
  stateDir?: string | undefined;
  /** Write nothing but what the owner said of devices. */
  memoryOnly: boolean;
  historyBytes: number;
  networksConfigured(): boolean;
  pools(): PoolIndex;
  warn(source: string, text: string): void;
}

/** Sentences kept for the Health page. */
const MAX_NOTICES = 20;

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #history: History;
  readonly #feed: HistoryFeed;
  readonly #deviceFile: DeviceFile | undefined;
  readonly #notices: string[] = [];
  readonly #mode: string;

  constructor(options: TrafficOptions) {
    this.#options = options;
    const { pipeline, source } = options;
    // A replayed file is not the network of the box.
    const dir = source.kind === 'file' ? undefined : options.stateDir;
    this.#mode = dir === undefined || options.memoryOnly ? 'memory' : 'card';
    this.#history = new History({
      ...(dir === undefined || options.memoryOnly ? {} : { dir: join(dir, 'history') }),
      maxBytes: options.historyBytes,
      protocolName,
      onNotice: (text) => this.#notice('history', text),
    });
    this.#feed = new HistoryFeed(pipeline, source, this.#history);
    if (dir !== undefined) {
      this.#deviceFile = new DeviceFile(pipeline.devices, {
        path: join(dir, 'devices.jsonl'),
        memoryOnly: options.memoryOnly,
        onNotice: (text) => this.#notice('devices', text),
      });
    }
  }

  register(answers: Answers): void {
    const { pipeline, networksConfigured, pools } = this.#options;
    const ownerChanged = () => void this.#deviceFile?.save(true);
    new TrafficAnswers({ pipeline, networksConfigured, pools, ownerChanged }).register(answers);
    answers.on('history', (q) => this.#history.query(q, pipeline.flows.nowUs / 1000 || Date.now()));
    answers.on('stateFiles', () => ({
      mode: this.#mode,
      files: [this.#history.files(), ...(this.#deviceFile ? [this.#deviceFile.files()] : [])],
      notices: [...this.#notices],
    }));
  }

  /** Reads what was kept; never throws: a card that cannot be read is a notice. */
  async start(): Promise<void> {
    const nowMs = Date.now();
    await Promise.all([this.#history.start(nowMs), this.#deviceFile?.start(nowMs)]);
  }

  /** Call once a second. */
  second(): void {
    this.#feed.second();
  }

  async stop(): Promise<void> {
    this.#feed.end();
    await Promise.all([this.#history.stop(), this.#deviceFile?.stop()]);
  }

  #notice(source: string, text: string): void {
    this.#notices.push(text);
    if (this.#notices.length > MAX_NOTICES) this.#notices.shift();
    this.#options.warn(source, text);
  }
}
