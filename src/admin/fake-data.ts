/** Plugins, flows and alerts of the fake appliance: realistic, or hostile where `say` answers with the XSS corpus. */
import type { AlertEvent, AlertFlow, AlertKind, StoredAlert } from '../alerts/alert.ts';
import type { Exclusion } from '../alerts/exclusion.ts';
import type { Direction, FlowRecord } from '../flows/record.ts';
import type { FlowRow } from '../messages.ts';
import type { PluginInfo, ScriptGui, ScriptInfo, Subdir } from '../plugins/types.ts';

/** Gives the text back, or another one in its place. */
export type Say = (text: string) => string;

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

export function makePlugins(say: Say, now: number): PluginInfo[] {
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
      permissions:
        i === 1
          ? [{ id: 'http' as const, text: say('Talks to web servers of its choice.'), state: 'asked' as const }]
          : [],
      pages: [],
      endpoints: [],
    };
  });
}

const direction = (packets: number, bytes: number): Direction => ({
  packets,
  bytes,
  payload: Math.round(bytes * 0.9),
  goodput: Math.round(bytes * 0.88),
  tcpFlags: 0x1b,
  retransmissions: packets > 40 ? 2 : 0,
  outOfOrder: 0,
  lost: 0,
  zeroWindows: 0,
});

export function makeFlows(say: Say, now: number, count: number): FlowRow[] {
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
      tcpState: k.proto === 6 ? 'established' : 'none',
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

export function makeAlerts(say: Say, now: number, count: number, flows: FlowRow[]): StoredAlert[] {
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

export function makeExclusions(say: Say, now: number, empty: boolean): Exclusion[] {
  if (empty) return [];
  const day = new Date(now).toISOString().slice(0, 10);
  return [
    {
      _id: 'e1',
      match: { source: '192.168.1.40', plugin: 'unexpected_dns' },
      reason: say('The router asks its own resolvers, Anna knows'),
      author: 'admin',
      createdMs: now - 3 * 86_400_000,
      active: true,
      hits: 412,
      lastHitMs: now - 40_000,
      day,
      hitsToday: 37,
    },
    {
      _id: 'e2',
      match: { network: '10.8.0.0/24', protocol: 'TLS', domain: 'backup.example.net' },
      reason: say('Nightly backup'),
      author: 'admin',
      createdMs: now - 20 * 86_400_000,
      expiresMs: now + 4 * 86_400_000,
      active: true,
      hits: 3,
      lastHitMs: now - 86_400_000,
      day: '',
      hitsToday: 0,
    },
    {
      _id: 'e3',
      match: { device: '3c:22:fb:1a:02:9e', typeName: 'alert_tcp_syn_flood' },
      reason: say(''),
      author: 'admin',
      createdMs: now - 40 * 86_400_000,
      expiresMs: now - 86_400_000,
      active: true,
      hits: 0,
      day: '',
      hitsToday: 0,
    },
  ];
}
