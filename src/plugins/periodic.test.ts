import assert from 'node:assert/strict';
import test from 'node:test';
import type { EntitySnapshot, HostSnapshot, Table } from './entities.ts';
import { withHost } from './testing/bench-host.ts';
import { Kit, periodicScript, setOf } from './testing/kit.ts';

const MIN = 60_000;
const T0 = 1_600_000_020_000;

const host = (ip: string, info: Table): HostSnapshot => ({ ip, vlan: 0, local: true, info });
const entities = (hosts: HostSnapshot[], stats: Table = {}): EntitySnapshot => ({
  interfaces: [{ id: 0, name: 'eth1', stats: { stats: { bytes: 0, packets: 0 }, ...stats } }],
  hosts,
  networks: [],
});

const FLOOD = periodicScript(
  'min',
  'alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_flows_flood, host.getFlowFlood()["hits.flow_flood_attacker"] or 0)',
  'default_enabled = true, default_value = { operator = "gt", threshold = 256 },',
);

test('a threshold engages once, stays engaged while crossed, and is released when it is no longer', async () => {
  const kit = await new Kit(T0).load({ flow_flood: { 'user_scripts/host/flow_flood_attacker.lua': FLOOD } });
  const run = (minute: number, hits: number) =>
    kit.periodic('min', T0 + minute * MIN, entities([host('10.0.0.5', { 'hits.flow_flood_attacker': hits })]));
  for (const [minute, hits] of [10, 300, 400, 500, 10, 10, 900].entries()) run(minute, hits);
  assert.deepEqual(
    kit.alerts.map((a) => [
      a.action,
      a.kind,
      a.entityValue,
      a.granularity,
      a.type,
      (a.atMs - T0) / MIN,
      a.endMs === undefined ? null : (a.endMs - T0) / MIN,
    ]),
    [
      ['engage', 'host', '10.0.0.5@0', 60, 11, 1, null],
      ['release', 'host', '10.0.0.5@0', 60, 11, 1, 4],
      ['engage', 'host', '10.0.0.5@0', 60, 11, 6, null],
    ],
  );
  assert.equal(kit.alerts[0]!.text, 'Host 10.0.0.5 opens too many flows: 300 per second (limit 256)');
  assert.deepEqual(kit.plugin('flow_flood').errors, []);
  kit.close();
});

test('an engaged alert ends when its host is gone, when the script is switched off, and not when the script fails', async () => {
  const failing = periodicScript(
    'min',
    `if host.getBytes()["bytes.sent"] == 666 then error("no") end
     alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_threshold_cross, host.getBytes()["bytes.sent"])`,
  );
  const plugins = { p: { 'user_scripts/host/p.lua': failing } };
  const conf = (enabled: boolean) =>
    setOf({ host: { p: { min: { enabled, script_conf: { operator: 'gt', threshold: 5 } } } } });
  const kit = await new Kit(T0).load(plugins, conf(true));
  const run = (minute: number, hosts: HostSnapshot[]) => kit.periodic('min', T0 + minute * MIN, entities(hosts));
  const busy = (sent: number) => [host('10.0.0.5', { 'bytes.sent': sent, 'bytes.rcvd': 0 })];
  const actions = () => kit.alerts.map((a) => a.action).join(' ');
  run(1, busy(10));
  run(2, busy(666));
  assert.equal(actions(), 'engage');
  assert.match(kit.plugin('p').errors[0]!.message, /no/);
  run(3, []);
  assert.equal(actions(), 'engage release');
  run(4, busy(10));
  await kit.load(plugins, conf(false));
  run(5, busy(10));
  assert.equal(actions(), 'engage release engage release');
  kit.close();
});

test('a script enabled without a threshold does nothing and does no harm; numeric texts are numbers', async () => {
  const script = periodicScript(
    '5mins',
    'alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_threshold_cross, 99)',
  );
  const plugins = { p: { 'user_scripts/interface/p.lua': script } };
  const kit = await new Kit(T0).load(plugins, setOf({ interface: { p: { '5mins': { script_conf: {} } } } }));
  kit.periodic('5mins', T0);
  assert.deepEqual([kit.alerts.length, kit.plugin('p').errors.length], [0, 0]);
  await kit.load(
    plugins,
    setOf({ interface: { p: { '5mins': { script_conf: { operator: 'gt', threshold: '50' } } } } }),
  );
  kit.periodic('5mins', T0 + 5 * MIN);
  assert.equal(kit.alerts[0]!.text, '5 Minutes p of Interface capture crossed the threshold: 99 > 50');
  assert.deepEqual(
    [kit.alerts[0]!.kind, kit.alerts[0]!.entityValue, kit.alerts[0]!.granularity],
    ['interface', '0', 300],
  );
  kit.close();
});

test('deltas are kept per entity and granularity; the first one counts whole, or as nothing with skip_first', async () => {
  const script = `
    local alerts_api = require "alerts_api"
    local function run(params)
      local bytes = params.entity_info.stats.bytes
      io.write(params.granularity .. " " .. alerts_api.interface_delta_val("bytes", params.granularity, bytes) .. " " ..
        alerts_api.interface_delta_val("skip", params.granularity, bytes, true) .. "\\n")
    end
    return { hooks = { all = run } }`;
  const kit = await new Kit(T0).load({ p: { 'user_scripts/interface/p.lua': script } });
  const run = (granularity: 'min' | 'hour', bytes: number) =>
    kit.periodic(granularity, T0, entities([], { stats: { bytes } }));
  run('min', 100);
  run('min', 150);
  run('hour', 150);
  run('min', 160);
  assert.deepEqual(kit.texts('p'), ['min 100 0', 'min 50 50', 'hour 150 0', 'min 10 10']);
  kit.close();
});

test('anomalies, store, releases by name, and the documented aliases', async () => {
  const kit = await new Kit(T0).load({
    p: {
      'user_scripts/interface/too_many_flows.lua': `local a, c = require "alerts_api", require "alert_consts"
        return { hooks = { min = a.anomaly_check_function }, anomaly_type_builder = c.alert_types.alert_misconfigured_app.create }`,
      'user_scripts/interface/device.lua': periodicScript(
        'min',
        `if ntop.getCache("told") == "" then
           alerts_api.store(alerts_api.macEntity("AA:BB:CC:DD:EE:FF"), alert_consts.alert_types.alert_new_device.create(alert_consts.alert_severities.warning, "printer"))
           ntop.setCache("told", "1")
         end
         local info = alerts_api.thresholdCrossType("min", "m", 5, "gt", 1)
         assert(info.alert_type_params.threshold == 1)`,
      ),
    },
  });
  kit.periodic('min', T0, entities([], { anomalies: { too_many_flows: true } }));
  kit.periodic('min', T0 + MIN, entities([], { anomalies: {} }));
  assert.deepEqual(kit.plugin('p').errors, []);
  assert.deepEqual(kit.alerts.map((a) => [a.action, a.entity, a.entityValue, a.text]).sort(), [
    ['engage', 0, '0', 'The flow table of Interface eth1 is full'],
    ['release', 0, '0', 'The flow table of Interface eth1 is full'],
    ['store', 5, 'AA:BB:CC:DD:EE:FF', 'A device never seen before appeared on the network: printer'],
  ]);
  kit.close();
});

test('networks and system scripts get what 4.2 gives them', async () => {
  const say = `local json = require "dkjson"
    return { hooks = { min = function(params)
      io.write(json.encode({ params.granularity, params.alert_entity.alert_entity.entity_id, params.alert_entity.alert_entity_val, type(params.entity_info),
        type(params.cur_alerts), type(params.when), params.user_script.key, params.user_script_config.x or 0, interface.getId() or "none",
        (network.getNetworkStats() or {}).network_key or "none" }) .. "\\n")
    end } }`;
  const kit = await new Kit(T0).load({
    p: { 'user_scripts/network/n.lua': say, 'user_scripts/system/s.lua': say, 'user_scripts/host/h.lua': say },
  });
  kit.periodic('min', T0, {
    ...entities([host('10.0.0.1', {})]),
    networks: [{ key: '10.0.0.0/8', stats: { network_key: '10.0.0.0/8', ingress: 5 } }],
  });
  assert.deepEqual(kit.texts('p'), [
    '["min",0,"-1","nil","nil","number","s",0,-1,"none"]',
    '["min",2,"10.0.0.0/8","table","table","nil","n",0,0,"10.0.0.0/8"]',
    '["min",1,"10.0.0.1@0","table","table","number","h",0,0,"none"]',
  ]);
  kit.close();
});

test('in the house: the packet clock turns minutes, five minutes and hours, os.time follows it', async () => {
  const say = `local function run(params) io.write(params.granularity .. " " .. os.time() .. "\\n") end return { hooks = { all = run } }`;
  await withHost({ p: { 'user_scripts/system/p.lua': say } }, async ({ host: room, logs }) => {
    room.clock(T0 - MIN);
    room.clock(T0 - 1);
    room.clock(T0 + 1000);
    room.clock(T0 + 2000);
    await room.drain();
    room.clock(T0 + 60 * MIN);
    await room.drain();
    const lines = logs.filter((line) => line.startsWith('info p: ')).map((line) => line.slice(8));
    assert.deepEqual(lines.slice(0, 1).concat(lines.slice(-3)), [
      `min ${T0 / 1000 + 1}`,
      `min ${T0 / 1000 + 3600}`,
      `5mins ${T0 / 1000 + 3600}`,
      `hour ${T0 / 1000 + 3600}`,
    ]);
  });
});

test('in the house: the snapshot of the engine reaches host scripts, an engaged alert is released once', async () => {
  let hits = 500;
  let asked = 0;
  const provider = {
    snapshot: () => {
      asked++;
      return entities([host('10.0.0.5', { 'hits.flow_flood_attacker': hits })]);
    },
  };
  await withHost(
    { flow_flood: { 'user_scripts/host/flow_flood_attacker.lua': FLOOD } },
    async ({ host: room, alerts }) => {
      room.clock(T0);
      room.clock(T0 + MIN);
      room.clock(T0 + 2 * MIN);
      hits = 1;
      room.clock(T0 + 3 * MIN);
      await room.drain();
      assert.equal(asked, 3);
      assert.deepEqual(
        alerts.map((a) => a.action),
        ['engage', 'release'],
      );
      assert.equal(new Set(alerts.map((a) => a.key)).size, 2);
    },
    { entities: provider },
  );
});

test('a snapshot in parts comes in turns of the loop, whole and in order', async () => {
  let turns = 0;
  let taking = true;
  const spin = () => {
    turns++;
    if (taking) setImmediate(spin);
  };
  const provider = {
    snapshot: () => assert.fail('the parts are asked for'),
    *parts() {
      for (let i = 0; i < 40; i++) {
        const until = performance.now() + 1;
        while (performance.now() < until);
        yield i === 7 ? undefined : entities([host(`10.0.0.${i}`, { 'hits.flow_flood_attacker': 500 })]);
      }
    },
  };
  await withHost(
    { flow_flood: { 'user_scripts/host/flow_flood_attacker.lua': FLOOD } },
    async ({ host: room, alerts }) => {
      room.clock(T0);
      spin();
      room.clock(T0 + MIN);
      room.clock(T0 + 2 * MIN);
      const deadline = Date.now() + 10_000;
      while (alerts.length < 39 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
      taking = false;
      await room.drain();
      assert.equal(alerts.length, 39);
      assert.ok(turns > 10, `${turns}`);
    },
    { entities: provider },
  );
});
