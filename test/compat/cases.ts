/**
 * What each community plugin of ntopng 4.2 is for, as a case: the traffic that calls for it and what must come of it. One
 * case per plugin, in the order of docs/compatibility.md.
 */
import assert from 'node:assert/strict';
import { type DevicePolicy, parsePolicy } from '../../src/plugins/device-policies.ts';
import type { JobAsk } from '../../src/plugins/jobs.ts';
import { Lists } from '../../src/plugins/lists.ts';
import type { AlertDraft } from '../../src/plugins/room.ts';
import type { PluginConfig, Recipient } from '../../src/plugins/types.ts';
import { type CompatRoom, START_US, type Typed } from './room.ts';
import * as t from './traffic.ts';

export interface Case {
  /** Scripts switched on and what is typed into their forms; those that are on by default need not be named. */
  typed?: Typed;
  over?: Partial<PluginConfig> & { flows?: number };
  /** The traffic in words, for the table. */
  traffic: string;
  /** What happened, in words; throws when it is not what it should be. */
  fire(room: CompatRoom): string | Promise<string>;
  /** Cannot work here: the words that the plugin says. */
  refused?: RegExp;
}

const shown = (alert: AlertDraft): string => `${alert.typeName}: ${alert.text}`;

/** The one alert of a type; its text must match. */
function raised(room: CompatRoom, typeName: string, text: RegExp, action?: string): string {
  const found = room.kit.alerts.filter((a) => a.typeName === typeName && (action === undefined || a.action === action));
  assert.notEqual(found.length, 0, `no ${typeName} among ${room.kit.alerts.map(shown).join(' | ') || 'nothing'}`);
  assert.match(found[0]!.text, text);
  return shown(found[0]!);
}
function silent(room: CompatRoom): void {
  assert.deepEqual(room.kit.alerts.map(shown), []);
}
const status = (room: CompatRoom, name: string): string => {
  assert.ok(
    room.kit.statuses.some((one) => one.name === name),
    `status ${name}`,
  );
  return `status ${name}`;
};
/** Engaged while it lasts, released afterwards. */
function engagedAndReleased(room: CompatRoom, typeName: string, text: RegExp, end: () => void): string {
  const engaged = raised(room, typeName, text, 'engage');
  end();
  assert.ok(
    room.kit.alerts.some((a) => a.typeName === typeName && a.action === 'release'),
    `${typeName} is released`,
  );
  return `${engaged} (engaged, then released)`;
}

const recipient = (plugin: string, conf: Recipient['conf'], params: Recipient['params'] = {}): Recipient => ({
  id: 7,
  name: 'someone',
  plugin,
  endpoint: plugin,
  conf,
  params,
  minSeverity: 1,
  enabled: true,
});
const ALERT: AlertDraft = {
  action: 'engage',
  kind: 'host',
  entity: 1,
  entityValue: '192.168.1.10@0',
  type: 49,
  typeName: 'alert_threshold_cross',
  subtype: 'bytes',
  granularity: 60,
  severity: 5,
  score: 0,
  atMs: START_US / 1000,
  plugin: 'threshold_cross',
  script: 'bytes',
  title: 'Threshold crossed',
  text: 'Minute bytes crossed the threshold: 9 > 5',
  params: { metric: 'bytes', value: 9, operator: 'gt', threshold: 5 },
};
const OK = { RESPONSE_CODE: 200, CONTENT: 'ok', HTTP_STATS: { TOTAL_TIME: 0.012 } };

/** An endpoint is handed an alert and sends it. */
const endpoint = (
  plugin: string,
  conf: Recipient['conf'],
  params: Recipient['params'],
  check: (asks: JobAsk[]) => string,
): Case => ({
  over: { recipients: [recipient(plugin, conf, params)] },
  traffic: 'an alert of a host (threshold crossed) given to a recipient; the answer of the world outside is made up',
  fire(room) {
    room.kit.outside = (ask) => [ask.kind.startsWith('http') ? OK : true];
    room.kit.room.recipients.offer(ALERT);
    room.kit.house.notify();
    const [state] = room.kit.room.recipients.list();
    assert.deepEqual([state?.sent, state?.waiting, state?.last], [1, 0, '']);
    assert.ok(room.kit.asks.every((ask) => ask.notifying));
    return check(room.kit.asks);
  },
});
const asked = (asks: JobAsk[], kind: string, ...patterns: RegExp[]): string => {
  const ask = asks.find((one) => one.kind === kind);
  assert.ok(ask, `asked for ${kind}: ${asks.map((one) => one.kind).join(', ')}`);
  const text = JSON.stringify(ask.args);
  for (const pattern of patterns) assert.match(text, pattern);
  return `${kind} to ${String(ask.args.find((arg) => typeof arg === 'string' && /[.:]/.test(arg))).slice(0, 60)}`;
};

const flood = (what: string): RegExp => new RegExp(what, 'i');
const SCANNER = { ip: '192.168.1.66', mac: '02:00:00:00:02:66' };

export const CASES: { [plugin: string]: Case } = {
  alerts_drops: {
    traffic: 'the counter of alerts lost to the rate limit is set to 12; a minute later',
    fire(room) {
      room.minutes(1);
      silent(room);
      room.kit.room.alertsDropped = 12;
      room.minutes(1);
      return raised(room, 'alert_dropped_alerts', /12/);
    },
  },
  app_misconfiguration: {
    over: { flows: 256 },
    traffic: '400 UDP flows in a table of 256',
    fire(room) {
      room.frames(t.many(1, 400, 200, t.DESK, t.SITE));
      room.minutes(1);
      return raised(room, 'alert_misconfigured_app', /./, 'engage');
    },
  },
  flow_calls_drops: {
    traffic: 'the counter of skipped hook calls grows by 17; then a quiet minute',
    fire(room) {
      room.minutes(1);
      room.kit.room.skippedHooks += 17;
      room.minutes(1);
      return engagedAndReleased(room, 'alert_user_script_calls_drops', /17/, () => room.minutes(1));
    },
  },
  not_purged: {
    traffic: 'a long TCP connection; no flow outlives its time here, so the status is not set',
    fire(room) {
      room.frames(t.poor(1, 130));
      room.minutes(2);
      silent(room);
      return 'runs each minute over every active flow; silent, as a flow that should be gone is gone';
    },
  },
  periodic_activities: {
    traffic: 'the record of a periodic run says once slow, once not run',
    fire(room) {
      room.minutes(2);
      silent(room);
      const activity = room.kit.room.activities.get('min.lua')!;
      room.kit.room.activities.set('hour.lua', { ...activity, num_is_slow: 0, num_not_executed: 0 });
      room.minutes(1);
      room.kit.room.activities.set('hour.lua', { ...activity, num_is_slow: 1, num_not_executed: 1 });
      room.minutes(1);
      return `${raised(room, 'alert_slow_periodic_activity', /hour/)}; ${raised(room, 'alert_periodic_activity_not_executed', /hour/)}; 4.2's slip in the system variant is kept to that script`;
    },
  },
  slow_purge: {
    typed: { 'interface/slow_purge': { operator: 'gt', threshold: 50 } },
    traffic: '2,000 flows; then the table says that most are idle',
    fire(room) {
      room.frames(t.many(1, 2000, 400, t.DESK, t.SITE));
      room.minutes(1);
      silent(room);
      const { house } = room.kit;
      const before = house.periodic.bind(house);
      house.periodic = (granularity, nowMs) => {
        const tables = room.kit.room.entities?.interfaces[0]?.tables;
        if (tables)
          tables['FlowHash'] = {
            max_hash_size: 8192,
            hash_entry_states: { hash_entry_state_active: 500, hash_entry_state_idle: 1500 },
          };
        return before(granularity, nowMs);
      };
      room.minutes(1);
      return raised(room, 'alert_slow_purge', /75/, 'engage');
    },
  },
  device_connection_disconnection: {
    typed: { 'interface/device_connection_disconnection': {} },
    traffic: 'a desk; a second one that comes and goes',
    fire(room) {
      room.frames(t.lookup(1));
      room.minutes(1);
      silent(room);
      room.frames([...t.lookup(70), ...t.lookup(71, t.DESK2)]);
      room.minutes(1);
      const came = `${raised(room, 'alert_new_device', /02:00:00:00:02:11/i)}; ${raised(room, 'alert_device_connection', /02:11/)}`;
      for (let minute = 0; minute < 7; minute++) {
        room.frames(t.lookup((room.nowUs - START_US) / 1e6 + 1));
        room.minutes(1);
      }
      return `${came}; ${raised(room, 'alert_device_disconnection', /02:11/)}`;
    },
  },
  ip_reassignment: {
    typed: { 'system/ip_reassignment': {} },
    traffic: 'the address of a desk answers from another MAC',
    fire(room) {
      const taken = { ip: t.DESK.ip, mac: '02:00:00:00:09:99' };
      room.frames([t.arp(1, t.DESK, t.ROUTER.ip), ...t.web(2)]);
      // The event needs the hosts of the minute: a script of hosts asks for them in a house where others run too.
      room.minutes(1);
      silent(room);
      room.frames([t.arp(70, taken, t.ROUTER.ip), ...t.web(71, taken)]);
      room.minutes(2);
      return raised(room, 'alert_mac_ip_association_change', /02:00:00:00:02:10.*02:00:00:00:09:99/);
    },
  },
  pool_connection_disconnection: {
    over: {
      pools: [{ id: 3, kind: 'host', name: 'Desks', members: ['192.168.1.11/32'], configSet: 0 }],
    },
    traffic: 'a desk of the pool Desks sends its first packets',
    fire(room) {
      room.frames(t.lookup(1));
      room.minutes(2);
      assert.ok(!room.kit.alerts.some((a) => a.entityValue === '3'));
      room.frames(t.lookup(130, t.DESK2));
      room.minutes(2);
      const found = room.kit.alerts.find((a) => a.entityValue === '3');
      assert.ok(found, 'the pool is told of');
      assert.match(found.text, /Desks/);
      return shown(found);
    },
  },
  pool_quota_exceeded: { traffic: '', refused: /inline/, fire: () => '' },
  remote_to_remote: {
    traffic: 'a DNS flow between two public addresses; a local one',
    fire(room) {
      room.frames([...t.lookup(1), ...t.lookup(2, t.SITE, t.OTHER)]);
      assert.equal(room.kit.alerts.length, 1);
      assert.equal(room.kit.room.kv.get('ntopng.prefs.remote_to_remote_alerts'), '1');
      return raised(room, 'alert_remote_to_remote', /./);
    },
  },
  request_reply_ratio: {
    typed: { 'host/request_reply_ratio': { operator: 'lt', threshold: 50 } },
    traffic: '40 DNS questions in five minutes that nobody answers; then answered ones',
    fire(room) {
      room.frames(t.lookup(1));
      room.minutes(5);
      silent(room);
      room.frames(t.unanswered(310, 40));
      room.minutes(6);
      return engagedAndReleased(room, 'alert_request_reply_ratio', /./, () => {
        for (let i = 0; i < 30; i++) room.frames(t.lookup((room.nowUs - START_US) / 1e6 + 1));
        room.minutes(6);
      });
    },
  },
  snmp_topology_change: { traffic: '', refused: /Enterprise|SNMP/, fire: () => '' },
  tcp_connection_issues: {
    traffic:
      'a connection of five minutes whose segments come three times; one of twelve minutes that carries single bytes',
    fire(room) {
      room.frames([...t.troubled(1, 280)]);
      room.minutes(1);
      const severe = raised(room, 'alert_connection_issues', /./);
      room.frames(t.poor(400, 800, t.DESK2));
      room.minutes(1);
      return `${severe}; ${status(room, 'status_low_goodput')} (severity info: not handed on, as in 4.2)`;
    },
  },
  threshold_cross: {
    typed: {
      ...Object.fromEntries(
        ['active', 'bytes', 'dns', 'flows', 'p2p', 'packets'].map((key) => [
          `host/${key}`,
          { hook: 'min', operator: 'gt', threshold: 1 },
        ]),
      ),
      'host/idle': { hook: 'min', operator: 'gt', threshold: 100 },
      'host/throughput': { hook: 'min', operator: 'gt', threshold: 0.0001 },
      ...Object.fromEntries(
        ['active_local_hosts', 'bytes', 'dns', 'packets'].map((key) => [
          `interface/${key}`,
          { hook: 'min', operator: 'gt', threshold: 1 },
        ]),
      ),
      'interface/idle': { hook: 'min', operator: 'gt', threshold: 100 },
      'interface/throughput': { hook: 'min', operator: 'gt', threshold: 0.0001 },
      ...Object.fromEntries(
        ['egress', 'ingress', 'inner'].map((key) => [`network/${key}`, { hook: 'min', operator: 'gt', threshold: 1 }]),
      ),
    },
    traffic: 'web pages, DNS and a download of a desk over two minutes, then silence',
    fire(room) {
      room.frames([...t.web(1), ...t.download(5, 200), ...t.lookup(10), ...t.lookup(20, t.DESK, t.DESK2)]);
      room.minutes(1);
      const subtypes = (action: string) =>
        new Set(room.kit.alerts.filter((a) => a.action === action).map((a) => `${a.kind}/${a.subtype}`));
      room.minutes(3);
      const engaged = subtypes('engage');
      for (const wanted of [
        'host/bytes',
        'host/packets',
        'host/flows',
        'host/dns',
        'host/throughput',
        'host/idle',
        'interface/bytes',
        'interface/packets',
        'interface/dns',
        'interface/throughput',
        'interface/active_local_hosts',
        'interface/idle',
        'network/egress',
        'network/ingress',
        'network/inner',
      ])
        assert.ok(engaged.has(wanted), `${wanted} is engaged; there are ${[...engaged].join(' ')}`);
      const released = subtypes('release');
      for (const wanted of ['host/bytes', 'interface/packets', 'network/inner'])
        assert.ok(released.has(wanted), `${wanted} is released`);
      return `${engaged.size} thresholds engaged (${[...engaged].slice(0, 4).join(', ')}, …), ${released.size} released when it was silent`;
    },
  },
  udp_unidirectional: {
    traffic: 'UDP packets to a host that never answers; answered DNS',
    fire(room) {
      room.frames([...t.lookup(1), ...t.oneWay(2, 8)]);
      room.minutes(3);
      const alerts = new Set(room.kit.alerts.map((a) => a.flow?.serverPort));
      assert.deepEqual([...alerts], [7777]);
      return raised(room, 'alert_udp_unidirectional', /./);
    },
  },
  blacklisted: {
    traffic: 'DNS to a server that is in a list of addresses; DNS to the router',
    fire(room) {
      room.kit.room.lists = new Lists();
      room.kit.room.lists.add('bad', '198.51.100.0/24\n');
      room.frames([...t.lookup(1), ...t.lookup(2, t.DESK, t.OTHER)]);
      assert.equal(room.kit.alerts.length, 1);
      const { hosts } = room.kit.statuses[0]!;
      assert.deepEqual([hosts?.clientScore, hosts?.serverScore], [1024, 5]);
      return raised(room, 'alert_flow_blacklisted', /./);
    },
  },
  blacklisted_country: {
    typed: { 'flow/country_check': { items: 'ZZ, yy' } },
    traffic: 'DNS to an address of a listed country (table of countries given as CSV)',
    fire(room) {
      room.kit.room.countries.add('198.51.100.0,198.51.100.255,YY\n203.0.113.0,203.0.113.255,DE\n');
      room.frames([...t.lookup(1, t.DESK, t.SITE), ...t.lookup(2, t.DESK, t.OTHER)]);
      assert.equal(room.kit.alerts.length, 1);
      return raised(room, 'alert_blacklisted_country', /YY/);
    },
  },
  device_application_not_allowed: {
    over: { policies: [parsePolicy(`${t.DESK.mac} = printer: SSH, DNS`) as DevicePolicy] },
    traffic: 'DNS of a printer that should not speak DNS, and of a desk',
    fire(room) {
      room.frames([...t.lookup(1), ...t.lookup(2, t.DESK2)]);
      assert.equal(room.kit.alerts.length, 1);
      return raised(room, 'alert_device_protocol_not_allowed', /DNS/);
    },
  },
  flow_flood: {
    typed: { 'network/flow_flood_victim': { operator: 'gt', threshold: 100 } },
    traffic: '3,000 UDP flows within five seconds, then a quiet minute',
    fire(room) {
      room.frames(t.many(1, 3000, 600, t.OTHER, t.DESK));
      room.minutes(1);
      const network = room.kit.alerts.some((a) => a.kind === 'network' && a.action === 'engage');
      assert.ok(network, 'the network is told of');
      assert.deepEqual(
        new Set(room.kit.alerts.filter((a) => a.kind === 'host').map((a) => a.subtype)),
        new Set(['flow_flood_attacker', 'flow_flood_victim']),
      );
      return engagedAndReleased(room, 'alert_flows_flood', flood('flow'), () => room.minutes(2));
    },
  },
  flow_risks: {
    traffic: 'a URL with an SQL injection, HTTP on port 8181, an ordinary page',
    fire(room) {
      room.frames([
        ...t.web(1, t.DESK, t.SITE, '/a.php?id=1%27%20UNION%20SELECT%20user,password%20FROM%20users--'),
        ...t.web(2, t.DESK, t.SITE, '/', 8181),
        ...t.web(3),
      ]);
      room.minutes(2);
      const { alerts, statuses } = room.kit;
      assert.ok(alerts.length > 0 || statuses.length > 0, 'a risk is seen');
      assert.ok(
        statuses.some((one) => one.name === 'status_known_proto_on_non_std_port'),
        'the odd port is seen',
      );
      return `${raised(room, 'alert_flow_risk', /./)}; ${status(room, 'status_known_proto_on_non_std_port')} (severity info: not handed on, as in 4.2)`;
    },
  },
  ghost_networks: {
    traffic: 'ARP of an address outside of all local networks, for two minutes',
    fire(room) {
      const stranger = { ip: '203.0.113.77', mac: '02:00:00:00:07:07' };
      room.frames([t.arp(1, t.DESK, t.ROUTER.ip), t.arp(2, stranger, '203.0.113.1')]);
      room.minutes(1);
      silent(room);
      room.frames([t.arp(70, stranger, '203.0.113.1')]);
      room.minutes(1);
      return engagedAndReleased(room, 'alert_ghost_network', /203\.0\.113\.0\/24/, () => room.minutes(2));
    },
  },
  syn_flood: {
    typed: { 'network/syn_flood_victim': { operator: 'gt', threshold: 100 } },
    traffic: '4,000 SYN within five seconds to one port',
    fire(room) {
      room.frames(t.syns(1, 4000, 800, t.OTHER, t.DESK, false));
      room.minutes(1);
      assert.ok(room.kit.alerts.some((a) => a.kind === 'network'));
      return engagedAndReleased(room, 'alert_tcp_syn_flood', flood('syn'), () => room.minutes(2));
    },
  },
  syn_scan_alert: {
    typed: { 'network/syn_scan_victim': { operator: 'gt', threshold: 100 } },
    traffic: '600 SYN to 600 ports of a desk that answers none',
    fire(room) {
      room.frames(t.syns(1, 600, 30, SCANNER, t.DESK));
      room.minutes(1);
      assert.ok(
        room.kit.alerts.some((a) => a.entityValue === '192.168.1.66@0'),
        'the scanner is told of',
      );
      return engagedAndReleased(room, 'alert_tcp_syn_scan', /600 unanswered SYN/, () => room.minutes(2));
    },
  },
  unexpected_dhcp: {
    typed: { 'flow/unexpected_dhcp': { items: '192.168.1.1' } },
    traffic: 'a lease renewed with the router, one with a stranger',
    fire(room) {
      const rogue = { ip: '192.168.1.250', mac: '02:00:00:00:02:50' };
      room.frames([...t.lease(1), ...t.lease(3, rogue, t.DESK2)]);
      room.minutes(2);
      assert.equal(room.kit.alerts.length, 1);
      return raised(room, 'alert_unexpected_dhcp', /192\.168\.1\.250/);
    },
  },
  unexpected_dns: {
    typed: { 'flow/unexpected_dns': { items: '192.168.1.1\n1.1.1.1' } },
    traffic: 'DNS to the router and to a stranger',
    fire(room) {
      assert.equal(room.kit.room.kv.get('ntopng.cache.user_scripts.unexpected_plugins_enabled'), '1');
      room.frames([...t.lookup(1), ...t.lookup(2, t.DESK, t.OTHER)]);
      assert.equal(room.kit.alerts.length, 1);
      const [alert] = room.kit.alerts;
      assert.deepEqual([alert!.severity, alert!.score, alert!.type, alert!.status], [5, 100, 63, 33]);
      return raised(room, 'alert_unexpected_dns', /198\.51\.100\.53/);
    },
  },
  unexpected_ntp: {
    typed: { 'flow/unexpected_ntp': { items: ['203.0.113.10'] } },
    traffic: 'NTP with an allowed server and with a stranger',
    fire(room) {
      room.frames([...t.clock(1), ...t.clock(2, t.DESK2, t.OTHER)]);
      room.minutes(2);
      assert.equal(room.kit.alerts.length, 1);
      return raised(room, 'alert_unexpected_ntp', /198\.51\.100\.53/);
    },
  },
  unexpected_smtp: {
    typed: { 'flow/unexpected_smtp': { items: ['203.0.113.10'] } },
    traffic: 'SMTP with an allowed server and with a stranger',
    fire(room) {
      room.frames([...t.mail(1), ...t.mail(2, t.DESK2, t.OTHER)]);
      room.minutes(1);
      assert.equal(room.kit.alerts.length, 1);
      return raised(room, 'alert_unexpected_smtp', /198\.51\.100\.53/);
    },
  },
  web_mining: {
    traffic: 'a Stratum login to a mining pool; a web page',
    fire(room) {
      const login =
        '{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"4A","pass":"x","agent":"XMRig/6.0"}}\n';
      const { frames } = pool(login);
      room.frames([...t.web(1), ...frames]);
      room.minutes(1);
      assert.equal(room.kit.alerts.length, 1);
      return raised(room, 'alert_web_mining', /./);
    },
  },
  external_alert_check: {
    traffic: 'a live flow on which an IDS leaves an alert',
    fire(room) {
      room.frames(t.poor(1, 30));
      let record: ReturnType<typeof room.pipeline.record> | undefined;
      for (let f = 0; f < room.pipeline.flows.table.high; f++)
        if (room.pipeline.flows.table.used(f)) record = room.pipeline.record(f);
      const alert = JSON.stringify({
        source: 'suricata',
        severity_id: 5,
        alert: { signature: 'ET SCAN', category: 'Scan' },
      });
      room.hook('periodicUpdate', { ...record!, info: { ...record!.info, more: { external_alert: alert } } });
      return raised(room, 'external_alert', /ET SCAN/);
    },
  },
  too_many_drops: {
    traffic: '500 packets, the drop counter of the source set to 200; then back to 0',
    fire(room) {
      room.frames(t.many(1, 500, 100, t.DESK, t.SITE));
      room.minutes(1);
      silent(room);
      room.drops.kernel = 200;
      room.minutes(1);
      return engagedAndReleased(room, 'alert_too_many_drops', /./, () => {
        room.drops.kernel = 0;
        room.minutes(1);
      });
    },
  },
  host_log_collector: {
    typed: { 'syslog/host_log': { operator: 'lt', threshold: 4 } },
    traffic: 'two lines of syslog of a host: one error, one of no weight',
    fire(room) {
      room.kit.house.syslog('host_log', 'session opened', '192.168.1.10', 8 * 10 + 6);
      silent(room);
      room.kit.house.syslog('host_log', 'Failed password for root', '192.168.1.10', 8 * 10 + 3);
      assert.equal(room.kit.alerts[0]?.entityValue, '192.168.1.10@0');
      return raised(room, 'alert_host_log', /Failed password/);
    },
  },
  suricata_collector: {
    traffic: 'EVE lines: a flow, an alert, a broken one',
    fire(room) {
      const line = (event: object) => room.kit.house.syslog('suricata', JSON.stringify(event), '192.168.1.2', 13);
      const tuple = { src_ip: t.DESK.ip, src_port: 4444, dest_ip: t.SITE.ip, dest_port: 443, proto: 'TCP' };
      line({
        event_type: 'flow',
        ...tuple,
        flow: { bytes_toserver: 1, bytes_toclient: 2, pkts_toserver: 1, pkts_toclient: 1 },
      });
      line({ event_type: 'alert', ...tuple, alert: { severity: 1, signature: 'ET SCAN', category: 'Scan' } });
      room.kit.house.syslog('suricata', 'not json', '192.168.1.2', 13);
      const { externals } = room.kit;
      assert.equal(externals.length, 2);
      assert.deepEqual(
        { ...externals[0] },
        { client: t.DESK.ip, clientPort: 4444, server: t.SITE.ip, serverPort: 443, proto: 6, vlan: 0, alert: '' },
      );
      assert.match(externals[1]!.alert, /ET SCAN/);
      assert.deepEqual([room.kit.room.syslogStats.malformed, room.kit.room.syslogStats.alerts], [1, 1]);
      return 'the alert is left on the flow (external_alert_check raises it); a broken line is counted';
    },
  },
  discord_alert_endpoint: endpoint(
    'discord_alert_endpoint',
    { discord_url: 'https://discord.example/api/webhooks/1', discord_username: 'box' },
    {},
    (asks) => asked(asks, 'httpPost', /discord\.example/, /crossed the threshold/),
  ),
  email_alert_endpoint: endpoint(
    'email_alert_endpoint',
    { smtp_server: 'smtp://mail.example.com:587', email_sender: 'box@example.com' },
    { email_recipient: 'owner@example.com' },
    (asks) => asked(asks, 'mail', /owner@example\.com/, /crossed the threshold/, /smtp:\/\/mail\.example\.com/),
  ),
  slack_alert_endpoint: endpoint(
    'slack_alert_endpoint',
    { slack_webhook: 'https://hooks.slack.example/x', slack_sender_username: 'box' },
    { slack_channel: '#alerts' },
    (asks) => asked(asks, 'postJson', /hooks\.slack\.example/, /#alerts/, /crossed the threshold/),
  ),
  sqlite_alert_endpoint: {
    traffic: 'none: the recipient that 4.2 has built in; the appliance stores alerts itself',
    fire(room) {
      const plugin = room.kit.plugin('sqlite_alert_endpoint');
      assert.deepEqual(plugin.endpoints, []);
      return 'loads; not offered as a recipient, because the alert store takes its place';
    },
  },
  syslog_alert_endpoint: endpoint(
    'syslog_alert_endpoint',
    { syslog_alert_format: 'text', syslog_protocol: 'udp', syslog_host: 'logs.example.com', syslog_port: '514' },
    {},
    (asks) => asked(asks, 'udp', /logs\.example\.com/, /<131>1 /, /crossed the threshold/),
  ),
  telegram_alert_endpoint: endpoint(
    'telegram_alert_endpoint',
    { telegram_token: '12:ab' },
    { telegram_channel: '-100' },
    (asks) => asked(asks, 'httpPost', /api\.telegram\.org/, /chat_id=-100/, /crossed the threshold/),
  ),
  webhook_alert_endpoint: endpoint(
    'webhook_alert_endpoint',
    { webhook_url: 'https://hook.example/x', webhook_sharedsecret: 's' },
    {},
    (asks) => asked(asks, 'postJson', /hook\.example/, /sharedsecret/, /alert_severity/),
  ),
  example: { traffic: '', refused: /manifest/, fire: () => '' },
  flow_logger: {
    typed: { 'flow/flow_logger': {} },
    traffic: 'a DNS flow',
    fire(room) {
      room.frames(t.lookup(1));
      const line = room.kit.texts('flow_logger').find((text) => text.includes('DNS'));
      assert.match(
        line ?? '',
        /05\/Jan\/2026 09:00:0\d \[DNS\] UDP 192\.168\.1\.10:\d+ -> 192\.168\.1\.1:53 \[www\.example\.com\]/,
      );
      return `log line "${line!}"`;
    },
  },
  active_monitoring: {
    traffic:
      'three hosts to measure: by one ping, by several, over HTTP; the answers are made up, the third time the pings get none',
    async fire(room) {
      const hosts = 'ntopng.prefs.ifid_-1.am_hosts';
      const add = (name: string, threshold: number) =>
        room.kit.room.kv.hset('active_monitoring', hosts, name, `{"granularity":"min","threshold":${threshold}}`);
      add('icmp@192.0.2.7', 100);
      add('cicmp@192.0.2.8', 99);
      add('http@www.example.com', 5);
      let alive = true;
      const figures = { response_rate: 100, min_rtt: 3, max_rtt: 9, mean: 5, jitter: 1 };
      room.kit.outside = (ask) => {
        if (ask.kind === 'sleep') return [];
        if (ask.kind === 'resolve') return [ask.args[0] as string];
        if (ask.kind === 'httpGet') return [OK];
        if (ask.kind !== 'ping' || !alive) return [{}];
        // Each is asked for its own hosts only: the plugin collects them one after another.
        const [asked, , several] = ask.args;
        assert.deepEqual(asked, [several === true ? '192.0.2.8' : '192.0.2.7']);
        return [several === true ? { '192.0.2.8': figures } : { '192.0.2.7': 12.5 }];
      };
      room.minutes(2);
      assert.deepEqual(room.kit.plugin('active_monitoring').errors, []);
      const series = room.kit.points
        .filter((point) => point.schema === 'am_host:val_min')
        .map((point) => `${point.tags['metric']} ${point.metrics['value']}`);
      assert.deepEqual(new Set(series), new Set(['icmp 12.5', 'cicmp 100', 'http 12']));
      assert.ok(room.kit.points.some((point) => point.schema === 'am_host:cicmp_stats_min'));
      const slow = raised(room, 'alert_am_threshold_cross', /www\.example\.com/, 'engage');
      const ended = (action: string) =>
        room.kit.alerts.filter((a) => a.action === action && /192\.0\.2/.test(a.entityValue)).map((a) => a.entityValue);
      assert.deepEqual(ended('engage'), [], 'nothing for the hosts that answer');
      alive = false;
      room.minutes(1);
      assert.deepEqual(ended('engage').sort(), ['cicmp@192.0.2.8', 'icmp@192.0.2.7'], 'the silent hosts');
      const page = await room.kit.house.page('active_monitoring', 'active_monitoring_stats.lua', {});
      assert.ok(page.ok, page.text);
      assert.match(page.text, /<td>icmp:\/\/192\.0\.2\.7<\/td><td>12\.5 <b>/);
      assert.match(page.text, /<form><select id="measurement"/);
      assert.doesNotMatch(page.text, /\{[%#]/);
      const rows = await room.kit.house.page('active_monitoring', 'get_active_monitoring_hosts.lua', {});
      assert.equal((JSON.parse(rows.text) as unknown[]).length, 3);
      alive = true;
      room.minutes(1);
      assert.deepEqual(ended('release').sort(), ['cicmp@192.0.2.8', 'icmp@192.0.2.7'], 'they answer again');
      return `${slow}; series am_host:val_min; page with the figures`;
    },
  },
  disk_monitor: {
    traffic: 'an hour on the packet clock',
    fire(room) {
      room.minutes(61);
      const [point] = room.kit.points;
      assert.equal(point?.schema, 'system:disk');
      assert.ok(point!.metrics['used_bytes']! > 0);
      return 'series system:disk';
    },
  },
  influxdb_monitor: { traffic: '', refused: /InfluxDB/, fire: () => '' },
  redis_monitor: {
    traffic: 'three minutes on the packet clock; its pages',
    async fire(room) {
      room.minutes(3);
      const schemas = new Set(room.kit.points.map((point) => point.schema));
      assert.ok(
        schemas.has('redis:memory') && schemas.has('redis:keys') && schemas.has('redis:hits'),
        [...schemas].join(' '),
      );
      assert.ok(room.kit.points.every((point) => Object.values(point.tags).includes('-1')));
      for (const page of ['overview', 'historical']) {
        const drawn = await room.kit.house.page('redis_monitor', 'redis_stats.lua', { page });
        assert.ok(drawn.ok, drawn.text);
        assert.match(drawn.text, page === 'overview' ? /Short desc redis health/ : /[2-9] series/);
      }
      const info = await room.kit.house.page('redis_monitor', 'get_redis_info.lua', {});
      const stats = JSON.parse(info.text) as { [key: string]: unknown };
      assert.equal(stats['health'], 'green');
      assert.ok(Number(stats['memory']) > 0 && Number(stats['dbsize']) > 0, info.text);
      const calls = await room.kit.house.page('redis_monitor', 'get_redis_stats.lua', { sortColumn: 'column_command' });
      assert.match(calls.text, /"column_command":"(GET|SET)"/);
      return 'series redis:memory, redis:keys, redis:hits (of the emulated cache); page redis_stats.lua';
    },
  },
  timeseries: {
    traffic: 'a minute on the packet clock',
    fire(room) {
      room.minutes(2);
      const schemas = new Set(room.kit.points.map((point) => point.schema));
      assert.deepEqual(schemas, new Set(['process:num_alerts', 'process:resident_memory']));
      return 'series process:num_alerts, process:resident_memory';
    },
  },
};

function pool(login: string): { frames: t.Timed[] } {
  return {
    frames: t.talk(
      5,
      3333,
      login,
      '{"id":1,"jsonrpc":"2.0","error":null,"result":{"id":"x","job":{"blob":"07","job_id":"1","target":"b8"},"status":"OK"}}\n',
    ),
  };
}
