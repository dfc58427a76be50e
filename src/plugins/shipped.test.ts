import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FlowRecord } from '../flows/record.ts';
import { addDefaults, emptySet, toggleScript, updateScript } from './configsets.ts';
import type { EntitySnapshot } from './entities.ts';
import type { FlowHook } from './host-port.ts';
import { scanPlugins } from './scan.ts';
import { Kit } from './testing/kit.ts';
import { dnsFlow } from './testing/record.ts';
import type { ConfigSet, ScriptConf } from './types.ts';
import { parseConf } from './validate.ts';

const scan = scanPlugins([fileURLToPath(new URL('../../plugins', import.meta.url))]);

/** All shipped plugins with their defaults; those named are switched on with a configuration as a person types it. */
async function shipped(on: { [script: string]: ScriptConf } = {}): Promise<Kit> {
  const kit = await new Kit().loadScan(scan);
  const scripts = kit.house.infos().flatMap((plugin) => plugin.scripts);
  let set: ConfigSet = addDefaults(emptySet(), scripts).set;
  for (const [key, typed] of Object.entries(on)) {
    const script = scripts.find((s) => s.key === key)!;
    set = toggleScript(set, script, true);
    for (const hook of script.configHooks) {
      const parsed = parseConf(script.gui, hook, { enabled: true, script_conf: typed });
      assert.ok(parsed.ok, `${key}: ${JSON.stringify(parsed)}`);
      set = updateScript(set, script.subdir, key, { [hook]: parsed.conf });
    }
  }
  return kit.loadScan(scan, set);
}

const remote = (ip: string) => ({ ip, port: 443, mac: '', local: false, group: false });

test('all shipped plugins load without an error, with a title and a description for each script', async () => {
  const kit = await shipped();
  for (const plugin of kit.house.infos()) {
    assert.deepEqual([plugin.key, plugin.state, plugin.errors], [plugin.key, 'running', []]);
    for (const script of plugin.scripts) {
      assert.equal(script.state, 'ok', `${script.file}: ${script.reason}`);
      for (const text of [script.title, script.description]) assert.match(text, /^[A-Z][^.]+/, script.file);
      assert.notEqual(script.title, script.key);
    }
  }
  kit.close();
});

test('with the defaults ordinary flows raise nothing', async () => {
  const kit = await shipped();
  for (const over of [
    {},
    { master: 91, app: 126, proto: 6 },
    { master: 9, app: 9 },
    { master: 18, app: 18 },
    { master: 3, app: 3, proto: 6 },
  ]) {
    for (const hook of ['protocolDetected', 'periodicUpdate', 'flowEnd'] as const) kit.flow(dnsFlow(over), hook);
  }
  assert.deepEqual(kit.alerts, []);
  kit.close();
});

interface Case {
  script: string;
  conf: ScriptConf;
  hook?: FlowHook;
  bad: Partial<FlowRecord>;
  good: Partial<FlowRecord>;
  text: string;
}
const none = {
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
const CASES: Case[] = [
  {
    script: 'unexpected_dhcp',
    conf: { items: '192.168.1.1' },
    bad: { master: 18, app: 18 },
    good: { master: 18, app: 18, server: { ...remote('255.255.255.255'), group: true } },
    text: 'Unexpected DHCP server found: 8.8.4.4 [Score: 100]',
  },
  {
    script: 'unexpected_ntp',
    conf: { items: '9.9.9.9, 1.1.1.1' },
    bad: { master: 9, app: 9, vlan: 100 },
    good: { master: 9, app: 9, server: remote('1.1.1.1') },
    text: 'Unexpected NTP server found: 8.8.4.4 [Score: 100]',
  },
  {
    script: 'unexpected_smtp',
    conf: { items: '9.9.9.9' },
    bad: { master: 3, app: 3, proto: 6 },
    good: { proto: 6 },
    text: 'Unexpected SMTP server found: 8.8.4.4 [Score: 100]',
  },
  { script: 'web_mining', conf: {}, bad: { category: 99 }, good: {}, text: 'Mining [Score: 50]' },
  {
    script: 'remote_to_remote',
    conf: {},
    bad: { client: remote('7.7.7.7') },
    good: {},
    text: 'Remote to remote [Score: 10]',
  },
  {
    script: 'udp_unidirectional',
    conf: {},
    hook: 'flowEnd',
    bad: { s2c: none },
    good: { s2c: none, master: 8, app: 8 },
    text: 'UDP flow without an answer [Score: 5]',
  },
  {
    script: 'country_check',
    conf: { items: 'kp, ir' },
    bad: { server: remote('198.51.100.53') },
    good: { server: remote('203.0.113.9') },
    text: 'The server is in an unwanted country: KP [Score: 60]',
  },
  {
    script: 'flow_risks',
    conf: { items: ['6', '1'] },
    bad: { risks: [{ id: 6, value: '' }] },
    good: { risks: [{ id: 7, value: '' }] },
    text: 'Self-signed certificate [Score: 50]',
  },
];
for (const { script, conf, hook, bad, good, text } of CASES) {
  test(`${script}: alerts on what it is for and on nothing else`, async () => {
    const kit = await shipped({ [script]: conf });
    kit.room.countries.add('198.51.100.0,198.51.100.255,KP\n203.0.113.0,203.0.113.255,IT\n');
    kit.flow(dnsFlow(good), hook);
    assert.equal(kit.alerts.length, 0);
    kit.flow(dnsFlow(bad), hook);
    assert.deepEqual(
      kit.alerts.map((a) => [a.script, a.text]),
      [[script, text]],
    );
    assert.deepEqual(
      kit.house.infos().flatMap((p) => p.errors),
      [],
    );
    kit.close();
  });
}

test('floods, scans and drops engage above their thresholds and end below them', async () => {
  const kit = await shipped();
  const at = (info: { [key: string]: number }, drops: number): EntitySnapshot => ({
    interfaces: [{ id: 0, name: 'eth1', stats: { stats_since_reset: { drops, packets: 1000 } } }],
    hosts: [{ ip: '10.0.0.9', vlan: 0, local: true, info }],
    networks: [],
  });
  kit.periodic('min', 1_600_000_060_000, at({ 'hits.flow_flood_attacker': 300, 'hits.syn_scan_victim': 400 }, 80));
  kit.periodic('min', 1_600_000_120_000, at({}, 0));
  assert.deepEqual(kit.alerts.map((a) => `${a.action} ${a.script}: ${a.text}`).sort(), [
    'engage flow_flood_attacker: Host 10.0.0.9 opens too many flows: 300 per second (limit 256)',
    'engage syn_scan_victim: Host 10.0.0.9 is scanned: 400 unanswered SYN per minute (limit 256)',
    'engage too_many_drops: Interface eth1 dropped 80 packets (8 %, limit 5 %)',
    'release flow_flood_attacker: Host 10.0.0.9 opens too many flows: 300 per second (limit 256)',
    'release syn_scan_victim: Host 10.0.0.9 is scanned: 400 unanswered SYN per minute (limit 256)',
    'release too_many_drops: Interface eth1 dropped 80 packets (8 %, limit 5 %)',
  ]);
  kit.close();
});
