/** `spanwatch replay FILE --flows - --alerts -`: a capture through the very same engine, events out as JSON lines. */
import { totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { openFile } from '../capture/open.ts';
import type { SourceState } from '../capture/source.ts';
import { parseTunnels, TUNNEL_NAMES } from '../decode/context.ts';
import { countersSeen } from '../decode/counters.ts';
import { flowEvent } from '../events/flow-event.ts';
import { EvidenceRing, ringBytes } from '../evidence/ring.ts';
import { EvidenceStore } from '../evidence/store.ts';
import { TIMEOUTS } from '../flows/flows.ts';
import { limitsFor } from '../limits.ts';
import { LineWriter } from './line-writer.ts';
import { Pipeline } from './pipeline.ts';
import type { ReplayPlugins } from './replay-plugins.ts';
import { shippedPluginDirs } from './shipped-plugins.ts';

const USAGE = `usage: spanwatch replay FILE.pcap [--flows FILE|-] [--alerts FILE|-] [OPTIONS]

Runs a capture (pcap, pcapng, gz; - for standard input) through the engine.
  --flows FILE       one JSON event per flow, when it ends
  --alerts FILE      one JSON event per alert; runs the plugins
  --plugins DIR      folder of plugins (default: those that ship); may be given several times
  --enable KEY=JSON  enables a user script with this configuration, e.g. unexpected_dns='{"items":["192.168.1.1"]}'
  --lua ENGINE       what Lua runs on: wasm (default) or fengari (slow; inside QuickJS)
  --evidence DIR     one capture of its flow's packets per alert (with --alerts)
  --tunnels LIST     tunnels to look into: gre,vxlan,... or all or none (default: ipip,6in4,erspan)
  --stats            packets, flows and counters, on standard error
  --no-timeouts      one flow per five-tuple for the whole file, however long it was silent
`;

/** Of one replay; the appliance has a setting for it. */
const EVIDENCE_BYTES = 100_000_000;

/** Resolves to the exit code: 0, 1 for a file that could not be read to its end, 2 for wrong usage. */
export async function replay(args: string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = parsed;
  const path = positionals[0];
  if (!path || positionals.length > 1 || (values.lua !== 'wasm' && values.lua !== 'fengari')) {
    process.stderr.write(USAGE);
    return 2;
  }
  const flows = values.flows === undefined ? undefined : new LineWriter(values.flows);
  const forever = 1e9;
  const timeouts = values['no-timeouts']
    ? { ...TIMEOUTS, tcpEstablished: forever, tcpHalfOpen: forever, tcpClosed: forever, udp: forever, other: forever }
    : TIMEOUTS;
  const source = openFile(path);
  let plugins: ReplayPlugins | undefined;
  const pipeline: Pipeline = new Pipeline(
    limitsFor(totalmem()),
    {
      detected: (f) => plugins?.hook('protocolDetected', f),
      periodic: (f) => plugins?.hook('periodicUpdate', f),
      ended: (f) => {
        flows?.line(flowEvent(pipeline.record(f)));
        plugins?.hook('flowEnd', f);
      },
    },
    timeouts,
  );
  if (values.tunnels !== undefined) {
    const { follow, bad } = parseTunnels(values.tunnels.split(','));
    if (bad.length > 0) {
      process.stderr.write(
        `--tunnels: there is no ${bad.join(', ')}; there are ${Object.keys(TUNNEL_NAMES).join(', ')}\n`,
      );
      return 2;
    }
    pipeline.decoding.follow = follow;
  }
  const alerts = values.alerts === undefined ? undefined : new LineWriter(values.alerts);
  let evidence: EvidenceStore | undefined;
  if (alerts && values.evidence !== undefined) {
    pipeline.evidence = new EvidenceRing(ringBytes(totalmem()));
    evidence = new EvidenceStore(values.evidence, pipeline.evidence, EVIDENCE_BYTES);
    await evidence.start();
  }
  if (alerts) {
    // Loaded where it is wanted: a replay without alerts starts 25 ms sooner without the sandbox's parts.
    const { ReplayPlugins } = await import('./replay-plugins.ts');
    plugins = new ReplayPlugins(pipeline, source, (alert) => alerts.line(evidence?.freeze(alert) ?? alert));
    const lua = values.lua === 'fengari' ? 'fengari' : 'wasm';
    const dirs = values.plugins ?? shippedPluginDirs();
    const problem = await plugins.start({ dirs, enable: values.enable ?? [], lua });
    if (problem) {
      process.stderr.write(`${problem}\n`);
      await plugins.stop();
      return 2;
    }
  }
  const ended = new Promise<SourceState>((resolve) => {
    source.onState = (state) => {
      if (state.status === 'ended' || state.status === 'failed') resolve(state);
    };
  });
  await source.start(plugins ?? pipeline);
  const state = await ended;
  pipeline.flows.endAll('shutdown');
  await plugins?.stop();
  await evidence?.stop();
  flows?.close();
  alerts?.close();
  if (values.stats) {
    const { created, size } = pipeline.flows.table;
    const stats = {
      packets: pipeline.packets,
      bytes: pipeline.bytes,
      flows: created,
      active: size,
      counters: countersSeen(),
    };
    process.stderr.write(`${JSON.stringify(stats)}\n`);
  }
  if (state.status === 'failed') {
    process.stderr.write(`${state.text}\n`);
    // A capture whose writer was cut off is the normal case after a power cut: everything before the cut counts.
    return state.reason === 'cut_short' ? 0 : 1;
  }
  return 0;
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      flows: { type: 'string' },
      alerts: { type: 'string' },
      plugins: { type: 'string', multiple: true },
      enable: { type: 'string', multiple: true },
      lua: { type: 'string', default: 'wasm' },
      evidence: { type: 'string' },
      tunnels: { type: 'string' },
      stats: { type: 'boolean', default: false },
      'no-timeouts': { type: 'boolean', default: false },
    },
  });
}
