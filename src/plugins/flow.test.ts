import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { scanPlugins } from './scan.ts';
import { flowScript, Kit, setOf, trigger } from './testing/kit.ts';
import { dnsFlow } from './testing/record.ts';

const shipped = fileURLToPath(new URL('../../plugins', import.meta.url));
const folder = (name: string) => fileURLToPath(new URL(`./testing/plugins/${name}`, import.meta.url));
const dnsConf = (items: string[]) => setOf({ flow: { unexpected_dns: { all: { script_conf: { items } } } } });

for (const [form, dir] of [
  ['the shipped plugin', shipped],
  ['the form of ntopng 4.2', folder('form42')],
  ['the form of the published tutorial', folder('tutorial')],
] as const) {
  test(`unexpected DNS, ${form}: one alert for a stranger, none for an allowed server, nothing with an empty list`, async () => {
    const kit = await new Kit().loadScan(scanPlugins([dir]), dnsConf(['1.1.1.1', '9.9.9.9']));
    assert.deepEqual(kit.plugin('unexpected_dns').errors, []);
    kit.flow(dnsFlow({ server: { ip: '9.9.9.9', port: 53, mac: '', local: false, group: false } }));
    assert.equal(kit.alerts.length, 0);
    const flow = dnsFlow();
    kit.flow(flow);
    kit.flow(flow);
    assert.equal(kit.alerts.length, 1);
    const alert = kit.alerts[0]!;
    assert.equal(alert.text, 'Unexpected DNS server found: 8.8.4.4 [Score: 100]');
    assert.deepEqual(
      [alert.type, alert.status, alert.severity, alert.score, alert.flow?.server, alert.flow?.l7, alert.plugin],
      [63, 33, 5, 100, '8.8.4.4', 'DNS', 'unexpected_dns'],
    );
    kit.flow(dnsFlow({ master: 7, app: 7 }));
    assert.equal(kit.alerts.length, 1, 'l7_proto_id 5 only');
    await kit.loadScan(scanPlugins([dir]), dnsConf([]));
    kit.flow(dnsFlow());
    assert.equal(kit.alerts.length, 1, 'an empty list alerts about nobody');
    kit.close();
  });
}

test('the first step of the tutorial: io.write reaches the log under the name of the plugin', async () => {
  const kit = await new Kit().loadScan(scanPlugins([folder('tutorial_step1')]));
  kit.flow(dnsFlow());
  assert.deepEqual(kit.texts('unexpected_dns'), ['DNS Protocol Detected']);
  kit.close();
});

test('the highest score of all plugins makes the alert, a tie goes to the smaller status', async () => {
  const kit = await new Kit().load({
    a: { 'user_scripts/flow/a.lua': flowScript(trigger('status_web_mining_detected', 50)) },
    b: { 'user_scripts/flow/b.lua': flowScript(trigger('status_blacklisted', 60, '{ ["blacklisted.srv"] = true }')) },
    c: { 'user_scripts/flow/c.lua': flowScript(trigger('status_udp_unidirectional', 60)) },
  });
  kit.flow(dnsFlow());
  assert.deepEqual(
    kit.alerts.map((a) => [a.plugin, a.script, a.status, a.score]),
    [['b', 'b', 1, 60]],
  );
  assert.equal(kit.alerts[0]!.text, 'On a blocklist: server [Score: 60]');
  assert.deepEqual(
    kit.statuses.map((s) => s.status),
    [27, 1, 26],
  );
  kit.close();
});

test('the same score does not alert again, a worse one does and says that it replaces; score 0 never alerts', async () => {
  const body = `
    local n = (tonumber(ntop.getCache("n")) or 0) + 1
    ntop.setCache("n", tostring(n))
    local score = ({ 0, 10, 10, 9, 30 })[n]
    flow.triggerStatus(flow_consts.status_types.status_remote_to_remote.create(), score, score, score)`;
  const kit = await new Kit().load({ a: { 'user_scripts/flow/a.lua': flowScript(body, '', 'periodicUpdate') } });
  const flow = dnsFlow();
  const counts: number[] = [];
  for (let i = 0; i < 5; i++) {
    kit.flow(flow, 'periodicUpdate');
    counts.push(kit.alerts.length);
  }
  assert.deepEqual(counts, [0, 1, 1, 1, 2]);
  assert.deepEqual(
    kit.alerts.map((a) => [a.score, a.replaces]),
    [
      [10, false],
      [30, true],
    ],
  );
  assert.equal(kit.statuses.at(-1)!.score, 59, 'scores accumulate on the flow');
  kit.close();
});

test('severity and type come from the status, not from the argument of create(); info is not handed on', async () => {
  const kit = await new Kit().load({
    a: {
      'user_scripts/flow/a.lua': flowScript(
        'flow.triggerStatus(flow_consts.status_types.status_flow_risk.create(alert_consts.alert_severities.emergency, 6), 50, 50, 50)',
      ),
    },
    b: { 'user_scripts/flow/b.lua': flowScript(trigger('status_low_goodput', 90), '', 'flowEnd') },
  });
  kit.flow(dnsFlow());
  assert.deepEqual(
    kit.alerts.map((a) => [a.severity, a.type, a.text]),
    [[4, 62, 'Self-signed certificate [Score: 50]']],
  );
  kit.flow(dnsFlow(), 'flowEnd');
  assert.equal(kit.alerts.length, 1, 'low goodput has severity info');
  kit.close();
});

test('an error in one script is kept with file and line and stops neither the other scripts nor the alert', async () => {
  const kit = await new Kit().load({
    bad: { 'user_scripts/flow/bad.lua': flowScript('local x = nil\nreturn x.field', 'prio = 50,') },
    good: { 'user_scripts/flow/good.lua': flowScript(trigger('status_web_mining_detected', 50)) },
  });
  kit.flow(dnsFlow());
  assert.equal(kit.alerts.length, 1);
  const error = kit.plugin('bad').errors[0]!;
  assert.equal(error.file, 'user_scripts/flow/bad.lua');
  assert.equal(error.line, 7);
  assert.match(error.message, /attempt to index a nil value/);
  assert.equal(kit.plugin('bad').meter.errors, 1);
  kit.close();
});

test('scripts run by priority over all plugins, and writes to globals stay within a script', async () => {
  const say = 'seen = (seen or "") .. "x" io.write(script.key .. seen .. tostring(undefined_thing) .. "\\n")';
  const kit = await new Kit().load({
    low: { 'user_scripts/flow/low.lua': flowScript(say, 'prio = -20,') },
    both: {
      'user_scripts/flow/high.lua': flowScript(say, 'prio = 20,'),
      'user_scripts/flow/mid.lua': flowScript(say),
    },
  });
  kit.flow(dnsFlow());
  assert.deepEqual(kit.texts(), ['highxnil', 'midxnil', 'lowxnil']);
  kit.close();
});

test('filters: l4_proto, l7_proto by name, three_way_handshake_ok, and wants() agrees with what runs', async () => {
  const say = 'io.write(script.key .. "\\n")';
  const kit = await new Kit().load({
    p: {
      'user_scripts/flow/any.lua': flowScript(say),
      'user_scripts/flow/tcp.lua': flowScript(say, 'l4_proto = "tcp",'),
      'user_scripts/flow/dns.lua': flowScript(say, 'l7_proto = "DNS",'),
      'user_scripts/flow/shaken.lua': flowScript(say, 'l4_proto = "tcp", three_way_handshake_ok = true,'),
      'user_scripts/flow/unknown.lua': flowScript(say, 'l7_proto = "NoSuchThing",'),
      'user_scripts/flow/carrier.lua': flowScript(say, 'l4_proto = "carrier_pigeon",'),
    },
  });
  const ran = (over: Parameters<typeof dnsFlow>[0]) => {
    kit.logs.length = 0;
    kit.flow(dnsFlow(over));
    return kit.texts().sort().join(' ');
  };
  assert.equal(ran({}), 'any dns');
  assert.equal(ran({ proto: 6 }), 'any dns tcp');
  assert.equal(ran({ proto: 6, handshake: true, master: 91, app: 91 }), 'any shaken tcp');
  assert.equal(ran({ master: 91, app: 5 }), 'any dns');
  assert.equal(ran({ proto: 255 }), '', 'other protocols get no hook at all');
  assert.equal(kit.wants.wants('protocolDetected', 255, 5, 5), false);
  const states = Object.fromEntries(kit.plugin('p').scripts.map((s) => [s.key, s.state]));
  assert.deepEqual([states['unknown'], states['carrier']], ['skipped', 'skipped']);
  kit.close();
});

test('wants() and the filters of the scripts agree on random flows', async () => {
  const say = 'io.write("x\\n")';
  const kit = await new Kit().load({
    p: {
      'user_scripts/flow/a.lua': flowScript(say, 'l4_proto = "tcp", l7_proto_id = 7,'),
      'user_scripts/flow/b.lua': flowScript(say, 'l4_proto = "udp", l7_proto_id = 5,'),
      'user_scripts/flow/c.lua': flowScript(say, 'l4_proto = "icmp",', 'flowEnd'),
    },
  });
  let yes = 0;
  for (let i = 0; i < 400; i++) {
    const proto = [1, 6, 17, 58, 200][i % 5]!;
    const master = [0, 5, 7, 91][(i >> 1) % 4]!;
    const app = [0, 5, 7][(i >> 3) % 3]!;
    const hook = (['protocolDetected', 'periodicUpdate', 'flowEnd'] as const)[i % 3]!;
    kit.logs.length = 0;
    const before = kit.house.calls;
    kit.flow(dnsFlow({ proto, master, app }), hook);
    const wanted = kit.wants.wants(hook, proto, master, app);
    assert.equal(wanted, kit.house.calls > before, `${hook} ${proto} ${master} ${app}`);
    if (wanted) yes++;
  }
  assert.ok(yes > 20 && yes < 200, `${yes} wanted`);
  kit.close();
});

test('flow.getInfo and the getters tell what the record holds', async () => {
  const body = `
    local json = require "dkjson"
    io.write(json.encode(flow.getInfo()) .. "\\n")
    io.write(json.encode({ flow.getServerKey(), flow.getBytes(), flow.isServerUnicast(), flow.getnDPICategoryName(), flow.getDnsQuery(),
      flow.isLocalToRemote(), flow.getDNSInfo()["protos.dns.last_query"], flow.hasRisk(), flow.hasRisk(6), flow.getRiskInfo()["Self-signed Certificate"] or -1,
      flow.getClientTCPIssues(), shortFlowLabel(flow.getInfo()) }) .. "\\n")
    local a, b = host.getIp(), network.getNetworkStats()
    io.write(tostring(a) .. tostring(b) .. "\\n")`;
  const kit = await new Kit().load({ p: { 'user_scripts/flow/p.lua': flowScript(body) } });
  kit.flow(
    dnsFlow({
      vlan: 12,
      risks: [{ id: 6, value: 'x' }],
      client: { ip: '2001:db8::1', port: 4000, mac: '', local: true, group: false },
      info: { dns: { query: 'bücher.example' } },
    }),
  );
  assert.deepEqual(kit.plugin('p').errors, []);
  const [info, getters, none] = kit.texts();
  const got = JSON.parse(info!) as Record<string, unknown>;
  assert.deepEqual(
    [
      got['cli.ip'],
      got['srv.ip'],
      got['srv.port'],
      got['cli.localhost'],
      got['proto.l4'],
      got['proto.ndpi'],
      got['proto.ndpi_cat'],
      got['cli2srv.bytes'],
      got['info'],
    ],
    ['2001:db8::1', '8.8.4.4', 53, true, 'UDP', 'DNS', 'Network', 74, 'bücher.example'],
  );
  assert.deepEqual(JSON.parse(getters!).slice(0, 11), [
    '8.8.4.4@12',
    164,
    true,
    'Network',
    'bücher.example',
    true,
    'bücher.example',
    true,
    true,
    6,
    0,
  ]);
  assert.equal(none, 'nilnil');
  kit.close();
});

test('a script that wants flows with a risk only is called for no other, and its neighbour for all', async () => {
  const kit = await new Kit().load({
    r: {
      'user_scripts/flow/risky.lua': flowScript('io.write("risky\\n")', 'only_with_risk = true,'),
      'user_scripts/flow/any.lua': flowScript('io.write("any\\n")'),
    },
  });
  kit.flow(dnsFlow());
  kit.flow(dnsFlow({ risks: [{ id: 36, value: '' }] }));
  assert.deepEqual(kit.texts().sort(), ['any', 'any', 'risky']);
  kit.close();
});
