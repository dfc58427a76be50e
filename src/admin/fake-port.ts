/**
 * An appliance made of data, for tests of the page and for looking at it without a network. `hostile` puts a text of the
 * XSS corpus into every field that the network or a plugin fills.
 */
import type { AlertEvent, AlertFlow, AlertKind, StoredAlert } from '../alerts/alert.ts';
import type { AlertFilter, AppliancePort, Settings } from '../appliance/port.ts';
import type { Direction, FlowRecord } from '../flows/record.ts';
import type { EngineStats, FlowRow } from '../messages.ts';
import type { HookConf, PluginInfo, ScriptGui, ScriptInfo, Subdir } from '../plugins/types.ts';
import { parseConf } from '../plugins/validate.ts';
import { XSS_CORPUS } from './xss-corpus.ts';

export interface FakeOptions {
  hostile?: boolean;
  alerts?: number;
  flows?: number;
  settings?: Partial<Settings>;
  nowMs?: number;
  /** An appliance on its first day: no alerts, no flows. */
  empty?: boolean;
}

export interface FakePort extends AppliancePort {
  /** What was called, for tests. */
  calls: string[];
  data: {
    alerts: StoredAlert[];
    flows: FlowRow[];
    plugins: PluginInfo[];
    conf: Map<string, Record<string, HookConf>>;
    engine: 'running' | 'down' | 'starting';
    lost: number;
    parts: { name: string; ok: boolean; text: string }[];
  };
}

const gui = (over: Partial<ScriptGui>): ScriptGui => ({
  builder: 'default',
  inputTitle: '',
  inputDescription: '',
  itemListType: '',
  unit: '',
  min: null,
  max: null,
  step: null,
  operator: '',
  groups: [],
  ...over,
});

interface ScriptSeed {
  key: string;
  subdir: Subdir;
  title: string;
  description: string;
  category: [string, string, string];
  gui: ScriptGui | null;
  hooks?: string[];
  on?: boolean;
  conf?: Record<string, unknown>;
  state?: ScriptInfo['state'];
  reason?: string;
}

const SECURITY: [string, string, string] = ['security', 'Cybersecurity', 'fas fa-shield-alt'];
const NETWORK: [string, string, string] = ['network', 'Network', 'fas fa-network-wired'];
const SYSTEM: [string, string, string] = ['system', 'System', 'fas fa-server'];
const PERIODIC = ['min', '5mins', 'hour', 'day'];

const SEEDS: Record<string, { title: string; description: string; scripts: ScriptSeed[] }> = {
  unexpected_dns: {
    title: 'Unexpected DNS Server',
    description: 'Raises an alert when a device asks a DNS server that is not in the list of allowed ones.',
    scripts: [
      {
        key: 'unexpected_dns',
        subdir: 'flow',
        title: 'Unexpected DNS server',
        description: 'Trigger an alert when not allowed DNS server is detected',
        category: SECURITY,
        gui: gui({
          builder: 'items_list',
          itemListType: 'ip_address',
          inputTitle: 'Allowed DNS servers',
          inputDescription: 'Comma separated addresses of the DNS servers that may be used.',
        }),
      },
    ],
  },
  unexpected_ntp: {
    title: 'Unexpected NTP Server',
    description: 'The same for time servers.',
    scripts: [
      {
        key: 'unexpected_ntp',
        subdir: 'flow',
        title: 'Unexpected NTP server',
        description: 'Trigger an alert when not allowed NTP server is detected',
        category: SECURITY,
        gui: gui({ builder: 'items_list', itemListType: 'ip_address', inputTitle: 'Allowed NTP servers' }),
        on: true,
        conf: { items: ['192.168.1.1', '2001:db8::123'] },
      },
    ],
  },
  flow_risks: {
    title: 'Flow Risks',
    description: 'Turns chosen risks that protocol detection recognises into alerts.',
    scripts: [
      {
        key: 'flow_risks',
        subdir: 'flow',
        title: 'Flow risks',
        description: 'Trigger an alert for the chosen risks',
        category: SECURITY,
        gui: gui({
          builder: 'multi_select',
          groups: [
            {
              label: 'Web',
              elements: [
                { id: '1', label: 'XSS attack' },
                { id: '2', label: 'SQL injection' },
                { id: '11', label: 'HTTP suspicious user agent' },
              ],
            },
            {
              label: 'TLS',
              elements: [
                { id: '6', label: 'Self-signed certificate' },
                { id: '7', label: 'Obsolete TLS version' },
                { id: '9', label: 'Expired certificate' },
                { id: '24', label: 'Server name missing' },
              ],
            },
          ],
        }),
        on: true,
        conf: { items: ['6', '9'] },
      },
    ],
  },
  long_lived: {
    title: 'Long and Large Flows',
    description: 'Conversations that last long or carry much.',
    scripts: [
      {
        key: 'long_lived',
        subdir: 'flow',
        title: 'Long-lived flows',
        description: 'Trigger an alert when a flow lasts longer than allowed',
        category: NETWORK,
        gui: gui({ builder: 'long_lived', itemListType: 'proto_or_category' }),
        conf: { items: [], min_duration: 36_000 },
      },
      {
        key: 'elephant_flows',
        subdir: 'flow',
        title: 'Elephant flows',
        description: 'Trigger an alert when a flow carries more than allowed',
        category: NETWORK,
        gui: gui({ builder: 'elephant_flows', itemListType: 'proto_or_category' }),
        conf: { items: ['TLS'], l2r_bytes_value: 1_073_741_824, r2l_bytes_value: 2_147_483_648 },
      },
      {
        key: 'remote_to_remote',
        subdir: 'flow',
        title: 'Remote to remote',
        description: 'Both ends of a flow lie outside',
        category: NETWORK,
        gui: gui({}),
        on: true,
      },
    ],
  },
  syn_flood: {
    title: 'SYN Flood',
    description: 'Hosts that send or receive too many connection attempts.',
    scripts: ['attacker', 'victim'].map((who) => ({
      key: `syn_flood_${who}`,
      subdir: 'host' as const,
      title: `SYN flood ${who}`,
      description: `Trigger an alert when a host is a SYN flood ${who}`,
      category: SECURITY,
      gui: gui({ builder: 'threshold_cross', unit: 'SYN/sec', min: 1, max: 65_535, operator: 'gt' }),
      hooks: ['min'],
      on: who === 'attacker',
      conf: { operator: 'gt', threshold: 256 },
    })),
  },
  threshold_cross: {
    title: 'Threshold Cross',
    description: 'Figures of hosts, interfaces and networks against limits of your own.',
    scripts: [
      {
        key: 'bytes',
        subdir: 'host',
        title: 'Traffic',
        description: 'Bytes of a host in the interval',
        category: NETWORK,
        gui: gui({ builder: 'threshold_cross', unit: 'bytes' }),
        hooks: PERIODIC,
      },
      {
        key: 'throughput',
        subdir: 'interface',
        title: 'Throughput',
        description: 'Mean throughput of the interface',
        category: NETWORK,
        gui: gui({ builder: 'threshold_cross', unit: 'Mbit/s', min: 0, step: 0.1 }),
        hooks: PERIODIC,
        on: true,
        conf: { operator: 'gt', threshold: 900 },
      },
      {
        key: 'egress',
        subdir: 'network',
        title: 'Egress traffic',
        description: 'Bytes that leave the network',
        category: NETWORK,
        gui: gui({ builder: 'threshold_cross', unit: 'bytes' }),
        hooks: PERIODIC,
      },
    ],
  },
  disk_monitor: {
    title: 'Disk Monitor',
    description: 'Looks at the space that is left.',
    scripts: [
      {
        key: 'disk_monitor',
        subdir: 'system',
        title: 'Disk space',
        description: 'Watches the disk',
        category: SYSTEM,
        gui: gui({}),
        hooks: ['hour'],
        on: true,
      },
      {
        key: 'host_log',
        subdir: 'syslog',
        title: 'Host log',
        description: 'Messages of hosts by level',
        category: SYSTEM,
        gui: gui({ builder: 'threshold_cross', min: 0, max: 7, operator: 'lt' }),
        hooks: ['handleEvent'],
        state: 'skipped',
        reason: 'needs a syslog producer, and none is set up',
      },
    ],
  },
};

export const FAKE_NOW = Date.UTC(2026, 10, 23, 18, 4, 9);

export function createFakePort(options: FakeOptions = {}): FakePort {
  const now = options.nowMs ?? Date.now();
  let at = 0;
  /** In hostile mode the next text of the corpus, else the realistic one. */
  const say = (text: string): string => (options.hostile ? XSS_CORPUS[at++ % XSS_CORPUS.length]! : text);

  const plugins = makePlugins(say, now);
  const flows = options.empty ? [] : makeFlows(say, now, options.flows ?? 60);
  const alerts = options.empty ? [] : makeAlerts(say, now, options.alerts ?? 57, flows);
  const conf = new Map<string, Record<string, HookConf>>();
  for (const p of plugins) {
    for (const s of p.scripts) {
      const entry = (): HookConf => ({ enabled: s.defaultEnabled, script_conf: structuredClone(s.defaultConf) });
      conf.set(`${s.subdir}/${s.key}`, Object.fromEntries(s.configHooks.map((h) => [h, entry()])));
    }
  }
  const scriptOf = (subdir: string, key: string): ScriptInfo | undefined =>
    plugins.flatMap((p) => p.scripts).find((s) => s.subdir === subdir && s.key === key);
  let settings: Settings = {
    name: options.hostile ? '"><script>window.hit=1</script>' : 'Office',
    interface: 'eth1',
    localNetworks: ['192.168.1.0/24', 'fd00::/8'],
    language: 'en',
    passwordHash: '',
    ...options.settings,
  };
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const l of listeners) l();
  };

  const port: FakePort = {
    version: '0.1.0',
    calls: [],
    data: {
      alerts,
      flows,
      plugins,
      conf,
      engine: 'running',
      lost: 1240,
      parts: [
        { name: 'capture', ok: true, text: say('ring on eth1, 48,210 packets a second at the most so far') },
        { name: 'engine', ok: true, text: say('running') },
        { name: 'plugins', ok: true, text: say('7 plugins, queue empty') },
        { name: 'store', ok: true, text: say('flushed 2 s ago') },
      ],
    },
    names: {
      protocol: (id) =>
        ({
          0: 'Unknown',
          3: 'SMTP',
          5: 'DNS',
          7: 'HTTP',
          9: 'NTP',
          18: 'DHCP',
          81: 'ICMP',
          91: 'TLS',
          92: 'SSH',
          126: 'Google',
          188: 'QUIC',
        })[id],
      category: (id) => ({ 0: 'Unspecified', 5: 'Web', 12: 'RemoteAccess', 14: 'Network', 18: 'System' })[id],
      risk: (id) =>
        ({ 5: 'Known protocol on non standard port', 6: 'Self-signed certificate', 9: 'TLS certificate expired' })[id],
    },
    alerts: {
      query: (f) => {
        const found = alerts.filter((a) => matches(a, f)).sort((a, b) => b.lastMs - a.lastMs);
        return { total: found.length, items: found.slice(f.offset, f.offset + f.limit) };
      },
      get: (id) => alerts.find((a) => a._id === id),
      counts: () => {
        const open = alerts.filter((a) => !a.acknowledged);
        const byKind: Record<string, number> = {};
        for (const a of open) byKind[a.kind] = (byKind[a.kind] ?? 0) + 1;
        return { all: open.length, byKind, engaged: alerts.filter((a) => a.state === 'engaged').length };
      },
      acknowledge: (ids, on) => {
        port.calls.push(`acknowledge ${ids.join(' ')} ${on}`);
        for (const a of alerts) if (ids.includes(a._id)) a.acknowledged = on;
        changed();
        return Promise.resolve();
      },
      note: (id, text) => {
        for (const a of alerts) if (a._id === id) a.note = text;
        return Promise.resolve();
      },
      remove: (ids) => {
        port.calls.push(`remove ${ids.join(' ')}`);
        for (const id of ids) {
          const i = alerts.findIndex((a) => a._id === id);
          if (i >= 0) alerts.splice(i, 1);
        }
        changed();
        return Promise.resolve();
      },
      health: () => ({
        documents: alerts.length,
        limit: 50_000,
        fileBytes: 412_000,
        fileLimit: 64_000_000,
        dropped: 0,
        pendingWrites: 3,
        bytesWrittenToday: 2_310_000,
        notices: options.hostile ? [say('')] : [],
      }),
      onChange: (l) => {
        listeners.add(l);
        return () => listeners.delete(l);
      },
    },
    engine: {
      state: () => ({
        status: port.data.engine,
        reason:
          port.data.engine === 'running' ? '' : say('the engine ended with signal SIGKILL; starting again in 2 s'),
        restarts: 1,
        pid: 4711,
        sinceMs: now - 3_600_000,
      }),
      stats: () => (port.data.engine === 'running' ? makeStats(say, now, port, options.empty === true) : undefined),
      plugins: () => plugins,
      flows: (q) => {
        if (port.data.engine !== 'running') return Promise.reject(new Error('the engine does not answer'));
        const text = q.search.toLowerCase();
        const name = (f: FlowRow): string =>
          `${port.names?.protocol(f.master) ?? ''}.${port.names?.protocol(f.app) ?? ''}`;
        const found = flows.filter((f) =>
          `${f.client.ip} ${f.server.ip} ${f.info.hostname ?? ''} ${name(f)}`.toLowerCase().includes(text),
        );
        const size = (f: FlowRow): number => f.c2s.bytes + f.s2c.bytes;
        found.sort((a, b) =>
          q.sort === 'bytes' ? size(b) - size(a) : q.sort === 'score' ? b.score - a.score : b.lastMs - a.lastMs,
        );
        return Promise.resolve({ total: found.length, items: found.slice(0, q.limit) });
      },
      flow: (id) => Promise.resolve(flows.find((f) => f.id === id)),
      reloadPlugins: () => {
        port.calls.push('reload');
        return Promise.resolve({ ok: true, text: say('7 plugins loaded, 10 scripts') });
      },
      releasePlugin: (key) => {
        port.calls.push(`release ${key}`);
        for (const p of plugins) if (p.key === key) Object.assign(p, { state: 'running', reason: '' });
        return Promise.resolve();
      },
      logs: () =>
        Array.from({ length: 12 }, (_, i) => ({
          atMs: now - (12 - i) * 4000,
          level: i === 7 ? 'warn' : 'info',
          source: say(i % 3 === 0 ? 'unexpected_dns' : 'engine'),
          text: say(i % 3 === 0 ? 'DNS Protocol Detected' : 'flow table at 12 % of its bound'),
        })),
    },
    config: {
      sets: () => [],
      script: (subdir, key) => structuredClone(conf.get(`${subdir}/${key}`) ?? {}),
      defaults: (subdir, key) => {
        const s = scriptOf(subdir, key);
        const entry = (): HookConf => ({
          enabled: s?.defaultEnabled ?? false,
          script_conf: structuredClone(s?.defaultConf ?? {}),
        });
        return Object.fromEntries((s?.configHooks ?? []).map((h) => [h, entry()]));
      },
      save: (subdir, key, next) => {
        const s = scriptOf(subdir, key);
        for (const [hook, value] of Object.entries(next)) {
          const result = parseConf(s?.gui ?? null, hook, value);
          if (!result.ok) return Promise.resolve(result);
        }
        port.calls.push(`save ${subdir}/${key} ${JSON.stringify(next)}`);
        conf.set(`${subdir}/${key}`, structuredClone(next));
        return Promise.resolve({ ok: true as const });
      },
    },
    settings: {
      get: () => settings,
      update: (change) => {
        settings = { ...settings, ...change };
        return Promise.resolve();
      },
    },
    health: {
      parts: () => port.data.parts,
      process: () => ({
        uptimeMs: 86_400_000 * 3.2,
        rssBytes: 71_000_000,
        loopDelayP99Ms: 3.1,
        version: '0.1.0',
        node: 'v24.21.0',
      }),
    },
  };
  return port;
}

function matches(a: StoredAlert, f: AlertFilter): boolean {
  if (f.kind !== undefined && a.kind !== f.kind) return false;
  if (f.state !== undefined && a.state !== f.state) return false;
  if (f.severity !== undefined && a.severity < f.severity) return false;
  if (f.typeName !== undefined && a.typeName !== f.typeName) return false;
  if (f.plugin !== undefined && a.plugin !== f.plugin) return false;
  if (f.acknowledged !== undefined && a.acknowledged !== f.acknowledged) return false;
  if (f.search === undefined || f.search === '') return true;
  return [a.text, a.flow?.client, a.flow?.server, a.flow?.l7, a.entityValue]
    .join('\n')
    .toLowerCase()
    .includes(f.search.toLowerCase());
}

type Say = (text: string) => string;

function makePlugins(say: Say, now: number): PluginInfo[] {
  return Object.entries(SEEDS).map(([key, seed], i) => {
    const scripts = seed.scripts.map((s): ScriptInfo => {
      const hooks = s.hooks ?? ['protocolDetected'];
      return {
        key: s.key,
        subdir: s.subdir,
        plugin: key,
        file: `user_scripts/${s.subdir}/${s.key}.lua`,
        title: say(s.title),
        description: say(s.description),
        category: s.category[0],
        categoryTitle: say(s.category[1]),
        categoryIcon: s.category[2],
        hooks,
        configHooks: ['flow', 'syslog', 'snmp_device'].includes(s.subdir) ? ['all'] : hooks,
        defaultEnabled: s.on ?? false,
        defaultConf: s.conf ?? (s.gui?.builder === 'items_list' ? { items: [] } : {}),
        gui:
          s.gui === null
            ? null
            : {
                ...s.gui,
                inputTitle: s.gui.inputTitle === '' ? '' : say(s.gui.inputTitle),
                inputDescription: s.gui.inputDescription === '' ? '' : say(s.gui.inputDescription),
                unit: s.gui.unit === '' ? '' : say(s.gui.unit),
                groups: s.gui.groups.map((g) => ({
                  label: say(g.label),
                  elements: g.elements.map((e) => ({ id: e.id, label: say(e.label) })),
                })),
              },
        state: s.state ?? 'ok',
        reason: say(s.reason ?? ''),
      };
    });
    const broken = key === 'disk_monitor';
    const killed = key === 'long_lived';
    return {
      key,
      title: say(seed.title),
      description: say(seed.description),
      author: say('spanwatch'),
      version: '1.0',
      path: say(`plugins/${key}`),
      engine: 'wasm',
      state: killed ? 'quarantined' : broken ? 'error' : 'running',
      reason: say(
        killed
          ? 'one call ran for more than 100 ms three times in a row'
          : broken
            ? 'a script could not be loaded'
            : '',
      ),
      errors:
        killed || broken
          ? [
              {
                file: say(`user_scripts/${broken ? 'system/disk_monitor' : 'flow/long_lived'}.lua`),
                line: 42,
                message: say("attempt to index a nil value (field 'disk')"),
                atMs: now - 600_000,
              },
            ]
          : [],
      scripts,
      meter: {
        calls: 120_000 * (i + 1),
        errors: killed || broken ? 3 : 0,
        skipped: i === 1 ? 17 : 0,
        alerts: i * 4,
        p50Us: 3 + i,
        p99Us: 40 + 300 * i,
        corePercent: 0.04 + i * 0.7,
        memoryBytes: 180_000 + 90_000 * i,
        memoryLimit: 4_000_000,
      },
    };
  });
}

const direction = (packets: number, bytes: number): Direction => ({
  packets,
  bytes,
  payload: Math.round(bytes * 0.9),
  tcpFlags: 0x1b,
  retransmissions: packets > 40 ? 2 : 0,
  outOfOrder: 0,
  lost: 0,
});

function makeFlows(say: Say, now: number, count: number): FlowRow[] {
  const kinds = [
    { proto: 17, port: 53, master: 5, app: 5, host: 'updates.example.com', server: '192.168.1.1' },
    { proto: 6, port: 443, master: 91, app: 126, host: 'www.google.com', server: '142.250.185.68' },
    { proto: 6, port: 80, master: 7, app: 7, host: 'neverssl.example', server: '93.184.216.34' },
    { proto: 17, port: 123, master: 9, app: 9, host: '', server: '2001:db8:85a3::8a2e:370:7334' },
    { proto: 17, port: 443, master: 188, app: 126, host: 'fonts.gstatic.com', server: '142.250.185.99' },
    { proto: 17, port: 53, master: 5, app: 5, host: 'tracker.example.net', server: '8.8.8.8' },
    { proto: 6, port: 22, master: 92, app: 92, host: '', server: '192.168.1.40' },
  ] as const;
  return Array.from({ length: count }, (_, i): FlowRow => {
    const k = kinds[i % kinds.length]!;
    const packets = 2 + ((i * 37) % 900);
    const bad = k.server === '8.8.8.8';
    const record: FlowRecord = {
      id: 1000 + i,
      firstMs: now - 1000 * (5 + ((i * 131) % 4000)),
      lastMs: now - ((i * 97) % 5000),
      vlan: i % 9 === 0 ? 20 : 0,
      ipVersion: k.server.includes(':') ? 6 : 4,
      proto: k.proto,
      client: {
        ip: `192.168.1.${10 + (i % 23)}`,
        port: 40_000 + i,
        mac: '3c:22:fb:1a:02:9e',
        local: true,
        group: false,
      },
      server: {
        ip: k.server,
        port: k.port,
        mac: '00:0d:b9:52:11:08',
        local: k.server.startsWith('192.'),
        group: false,
      },
      clientBy: k.proto === 6 ? 'syn' : 'protocol',
      c2s: direction(packets, packets * 120),
      s2c: direction(packets, packets * 940),
      master: k.master,
      app: k.app,
      category: k.master === 5 || k.master === 9 ? 14 : 5,
      confidence: 'content',
      handshake: k.proto === 6,
      clientRttUs: 420,
      serverRttUs: 18_300,
      icmpType: 0,
      icmpCode: 0,
      end: 'active',
      info: {
        ...(k.host === '' ? {} : { hostname: say(k.host) }),
        ...(k.master === 5
          ? { dns: { query: say(k.host), qtype: 1, rcode: 0, queries: 1, answers: 1, addresses: [say('203.0.113.9')] } }
          : {}),
        ...(k.master === 91
          ? {
              tls: {
                sni: say(k.host),
                version: 0x0304,
                ja4: say('t13d1516h2_8daaf6152771_e5627efa2ab1'),
                alpn: say('h2'),
                issuer: say('CN=WR2'),
              },
            }
          : {}),
        ...(k.master === 7
          ? {
              http: {
                method: say('GET'),
                host: say(k.host),
                url: say('/index.html'),
                userAgent: say('curl/8.5.0'),
                status: 200,
              },
            }
          : {}),
        ...(k.master === 92
          ? { ssh: { client: say('SSH-2.0-OpenSSH_9.6'), server: say('SSH-2.0-OpenSSH_9.2p1 Debian-2') } }
          : {}),
        more: { 'quic.version': say('1'), resumed: true },
      },
      risks: i % 11 === 1 ? [{ id: 6, value: say('CN=nas.local') }] : [],
      communityId: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
    };
    return { ...record, score: bad ? 100 : i % 11 === 1 ? 10 : 0, statuses: bad ? [say('Unexpected DNS server')] : [] };
  });
}

function makeAlerts(say: Say, now: number, count: number, flows: FlowRow[]): StoredAlert[] {
  const kinds: AlertKind[] = ['flow', 'flow', 'host', 'flow', 'interface', 'network', 'flow', 'system'];
  const dns = flows.filter((f) => f.server.ip === '8.8.8.8');
  return Array.from({ length: count }, (_, i): StoredAlert => {
    const kind = kinds[i % kinds.length]!;
    const f = dns[i % Math.max(1, dns.length)];
    const isDns = kind === 'flow';
    const flow: AlertFlow | undefined =
      isDns && f !== undefined
        ? {
            id: f.id,
            client: f.client.ip,
            clientPort: f.client.port,
            clientMac: f.client.mac,
            server: f.server.ip,
            serverPort: f.server.port,
            serverMac: f.server.mac,
            vlan: f.vlan,
            l4: 'UDP',
            l7: say('DNS'),
            master: 5,
            app: 5,
            hostname: say('tracker.example.net'),
            bytes: 243,
            packets: 2,
            communityId: f.communityId,
          }
        : undefined;
    const text: Record<AlertKind, string> = {
      flow: 'Unexpected DNS server found: 8.8.8.8 [Score: 100]',
      host: 'Host 192.168.1.23 sent 512 SYN/s, more than 256 SYN/s',
      interface: 'eth1: 7 % of packets were dropped, more than 5 %',
      network: '192.168.1.0/24: egress of 12 GB in a day',
      system: 'Slow periodic script: disk_monitor took 3.2 s',
    };
    const types: Record<AlertKind, [number, string, string, string]> = {
      flow: [63, 'alert_unexpected_dns', 'unexpected_dns', 'unexpected_dns'],
      host: [16, 'alert_tcp_syn_flood', 'syn_flood', 'syn_flood_attacker'],
      interface: [50, 'alert_too_many_drops', 'threshold_cross', 'throughput'],
      network: [3, 'alert_threshold_cross', 'threshold_cross', 'egress'],
      system: [49, 'alert_slow_periodic_activity', 'disk_monitor', 'disk_monitor'],
    };
    const [type, typeName, plugin, script] = types[kind];
    const last = now - i * i * 47_000 - 9000;
    const event: AlertEvent = {
      key: `b-${i}`,
      action: isDns ? 'store' : 'engage',
      kind,
      entity: { flow: 4, host: 1, interface: 0, network: 2, system: 7 }[kind],
      entityValue: say(
        { flow: 'flow', host: '192.168.1.23@0', interface: 'eth1', network: '192.168.1.0/24', system: 'disk_monitor' }[
          kind
        ],
      ),
      type,
      typeName,
      subtype: say(''),
      granularity: isDns ? 0 : 60,
      severity: { flow: 5, host: 6, interface: 4, network: 3, system: 2 }[kind],
      score: isDns ? 100 : 0,
      atMs: last,
      plugin,
      script,
      title: say(
        {
          flow: 'Unexpected DNS server',
          host: 'SYN flood',
          interface: 'Too many drops',
          network: 'Threshold crossed',
          system: 'Slow periodic script',
        }[kind],
      ),
      text: say(text[kind]),
      ...(flow === undefined ? {} : { flow, status: 33 }),
      params: isDns ? say('8.8.8.8') : { metric: say('syn'), value: 512, operator: 'gt', threshold: 256 },
      quality: {
        kernelDropped: i % 5 === 2 ? 1204 : 0,
        interfaceDropped: 0,
        truncated: 0,
        evicted: 0,
        hooksSkipped: 0,
      },
    };
    return {
      ...event,
      _id: `a${String(i).padStart(4, '0')}`,
      state: !isDns && i < 16 ? 'engaged' : 'past',
      count: isDns ? 1 + ((i * 7) % 40) : 1,
      firstMs: last - 1000 * (i * 61 + 5),
      lastMs: last,
      acknowledged: i > 12,
      note: i === 3 ? say('Known: the guest tablet. Asked Anna.') : '',
    };
  });
}

function makeStats(say: Say, now: number, port: FakePort, empty: boolean): EngineStats {
  const packets = empty ? 0 : 48_213_331;
  return {
    atMs: now,
    clockMs: now,
    uptimeMs: 3_600_000,
    source: {
      kind: 'ring',
      name: 'eth1',
      state: { status: 'running', text: say('capturing on eth1 through a 16 MB ring') },
      stats: {
        received: packets,
        kernelDropped: empty ? 0 : port.data.lost,
        interfaceDropped: 0,
        truncated: 0,
        yields: 12,
        bufferBytes: 16_777_216,
      },
    },
    packets,
    bytes: packets * 713,
    packetsPerSecond: empty ? 0 : 12_430,
    bitsPerSecond: empty ? 0 : 71_300_000,
    flows: { active: port.data.flows.length * 97, limit: 50_000, created: 812_331, evicted: 12, ended: 806_000 },
    hosts: { active: empty ? 0 : 231, limit: 10_000, evicted: 0 },
    counters: empty
      ? {}
      : {
          'decode.erspan.too_short': 3,
          'decode.ipv4.bad_checksum': 120,
          'dns.label_loop': 1,
          [say('tls.record_too_long')]: 9,
        },
    plugins: { queue: 14, queueLimit: 4096, skipped: 17, calls: 2_400_120, restarts: 1, corePercent: 1.4 },
    memory: { rssBytes: 88_000_000 },
    progress: { capture: 1, engine: 1, plugins: 1 },
  };
}
