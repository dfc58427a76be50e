/** Plugins over a capture file, alerts collected: what `spanwatch plugin run` and `test` and "would have fired" share. */
import { totalmem } from 'node:os';
import type { AlertEvent } from '../alerts/alert.ts';
import { openFile } from '../capture/open.ts';
import type { SourceState } from '../capture/source.ts';
import { Pipeline } from '../engine/pipeline.ts';
import { type ReplayOptions, ReplayPlugins } from '../engine/replay-plugins.ts';
import { limitsFor } from '../limits.ts';
import type { PluginInfo } from '../plugins/types.ts';

export const RUN_LIMITS = {
  /** Alerts kept of a run; more are counted only. */
  alerts: 5000,
  logs: 1000,
} as const;

export interface CaptureRun {
  /** Why there was no run or only a part of one, in a sentence; "" when all went well. */
  problem: string;
  alerts: AlertEvent[];
  /** All alerts, also those above the limit. */
  total: number;
  plugins: PluginInfo[];
  packets: number;
  flows: number;
  /** Packet time of the first and last packet, ms; 0 without packets. */
  firstMs: number;
  lastMs: number;
  logs: { level: string; plugin: string; text: string }[];
}

/** Runs a capture (pcap, pcapng, gz) through the engine and the plugins that `options` name. Never rejects for bad input. */
export async function runOverCapture(path: string, options: ReplayOptions): Promise<CaptureRun> {
  const out: CaptureRun = {
    problem: '',
    alerts: [],
    total: 0,
    plugins: [],
    packets: 0,
    flows: 0,
    firstMs: 0,
    lastMs: 0,
    logs: [],
  };
  const source = openFile(path);
  let plugins: ReplayPlugins | undefined;
  const pipeline: Pipeline = new Pipeline(limitsFor(totalmem()), {
    detected: (f) => plugins?.hook('protocolDetected', f),
    periodic: (f) => plugins?.hook('periodicUpdate', f),
    ended: (f) => plugins?.hook('flowEnd', f),
  });
  plugins = new ReplayPlugins(pipeline, source, (alert) => {
    out.total++;
    if (out.alerts.length < RUN_LIMITS.alerts) out.alerts.push(alert);
  });
  const sink = plugins;
  const problem = await sink.start({
    ...options,
    onLog: (level, plugin, text) => {
      options.onLog?.(level, plugin, text);
      if (out.logs.length < RUN_LIMITS.logs) out.logs.push({ level, plugin, text });
    },
  });
  if (problem) {
    await sink.stop();
    return { ...out, problem, plugins: [...sink.plugins] };
  }
  const ended = new Promise<SourceState>((resolve) => {
    source.onState = (state) => {
      if (state.status === 'ended' || state.status === 'failed') resolve(state);
    };
  });
  await source.start({
    packet: (frame) => {
      out.lastMs = frame.timeUs / 1000;
      if (out.firstMs === 0) out.firstMs = out.lastMs;
      sink.packet(frame);
    },
    endOfSlice: () => sink.endOfSlice(),
  });
  const state = await ended;
  pipeline.flows.endAll('shutdown');
  // The minute that the capture ends in comes to its end too, so that periodic scripts have seen all of it.
  if (out.packets + pipeline.packets > 0) sink.clock((Math.floor(out.lastMs / 60_000) + 1) * 60_000);
  await sink.drain();
  await sink.stop();
  out.plugins = [...sink.plugins];
  out.packets = pipeline.packets;
  out.flows = pipeline.flows.table.created;
  if (state.status === 'failed' && state.reason !== 'cut_short') out.problem = state.text;
  return out;
}
