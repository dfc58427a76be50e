/**
 * Examples of what the engine says, for hasShape(). Typed by the contracts, so that a field added there and needed here
 * does not go unnoticed.
 */
import type { EngineStats, FlowRow } from '../messages.ts';
import type { PluginInfo } from '../plugins/types.ts';
import type { Shape } from './shape.ts';

/** Same keys as T, each with a shape. */
type ExampleOf<T> = { [K in keyof T]-?: Shape };

const STATS: ExampleOf<EngineStats> = {
  atMs: 0,
  clockMs: 0,
  uptimeMs: 0,
  source: {
    kind: '',
    name: '',
    state: { status: '', text: '' },
    stats: { received: 0, kernelDropped: null, interfaceDropped: null, truncated: 0, yields: 0, bufferBytes: 0 },
  },
  packets: 0,
  bytes: 0,
  packetsPerSecond: 0,
  bitsPerSecond: 0,
  flows: { active: 0, limit: 0, created: 0, evicted: 0, ended: 0 },
  hosts: { active: 0, limit: 0, evicted: 0 },
  counters: {},
  plugins: { queue: 0, queueLimit: 0, skipped: 0, calls: 0, restarts: 0, corePercent: 0 },
  memory: { rssBytes: 0 },
  pauses: undefined,
  progress: { capture: 0, engine: 0, plugins: 0 },
};

const PLUGIN: ExampleOf<PluginInfo> = {
  key: '',
  title: '',
  description: '',
  author: '',
  version: '',
  path: '',
  engine: '',
  state: '',
  reason: '',
  errors: [{ file: '', line: 0, message: '', atMs: 0 }],
  scripts: [
    {
      key: '',
      subdir: '',
      plugin: '',
      file: '',
      title: '',
      description: '',
      category: '',
      categoryTitle: '',
      categoryIcon: '',
      hooks: [''],
      configHooks: [''],
      defaultEnabled: true,
      // An empty Lua table may come as a list.
      defaultConf: undefined,
      gui: undefined,
      state: '',
      reason: '',
    },
  ],
  meter: {
    calls: 0,
    errors: 0,
    skipped: 0,
    alerts: 0,
    p50Us: 0,
    p99Us: 0,
    corePercent: 0,
    memoryBytes: 0,
    memoryLimit: 0,
  },
  permissions: [{ id: '', text: '', state: '' }],
  pages: [{ file: '', label: '' }],
  endpoints: [
    { key: '', name: '', conf: [{ name: '', optional: true }], recipient: [{ name: '', optional: true }], seconds: 0 },
  ],
};

const ENDPOINT = { ip: '', port: 0, mac: '', local: true, group: true };
const DIRECTION = {
  packets: 0,
  bytes: 0,
  payload: 0,
  goodput: 0,
  tcpFlags: 0,
  retransmissions: 0,
  outOfOrder: 0,
  lost: 0,
  zeroWindows: 0,
};

const FLOW: ExampleOf<FlowRow> = {
  id: 0,
  firstMs: 0,
  lastMs: 0,
  vlan: 0,
  ipVersion: 0,
  proto: 0,
  client: ENDPOINT,
  server: ENDPOINT,
  clientBy: '',
  c2s: DIRECTION,
  s2c: DIRECTION,
  master: 0,
  app: 0,
  category: 0,
  confidence: '',
  tcpState: '',
  handshake: true,
  clientRttUs: 0,
  serverRttUs: 0,
  icmpType: 0,
  icmpCode: 0,
  end: '',
  info: {},
  risks: [{ id: 0, value: '' }],
  communityId: '',
  score: 0,
  statuses: [''],
};

export const EXAMPLES: { stats: Shape; plugin: Shape; flow: Shape } = { stats: STATS, plugin: PLUGIN, flow: FLOW };
