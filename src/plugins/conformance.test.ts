/**
 * How the plugins of ntopng 4.2 use the API, re-created in our own words: one case for each that no shipped plugin covers.
 * Each is loaded, meets the situation it is for, and must say what it is for.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { EntitySnapshot, Table } from './entities.ts';
import { type Files, Kit, setOf } from './testing/kit.ts';
import { dnsFlow } from './testing/record.ts';
import type { ConfigSet } from './types.ts';

const HEAD = `local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"
local alerts_api = require "alerts_api"
local alert_consts = require "alert_consts"
local alert_utils = require "alert_utils"
local sev, gran, types = alert_consts.alert_severities, alert_consts.alerts_granularities, alert_consts.alert_types
`;
const T0 = 1_600_000_060_000;
const snapshot = (stats: Table, over: Partial<EntitySnapshot['interfaces'][number]> = {}): EntitySnapshot => ({
  interfaces: [{ id: 0, name: 'eth1', stats, ...over }],
  hosts: [],
  networks: [],
});

interface Case {
  files: Files;
  set?: ConfigSet;
  run(kit: Kit): void;
  alerts: string[];
}

const CASES: { [plugin: string]: Case } = {
  tcp_connection_issues: {
    files: {
      'user_scripts/flow/tcp_issues_generic.lua': `${HEAD}
local script = { category = user_scripts.script_categories.network, l4_proto = "tcp", three_way_handshake_ok = true, nedge_exclude = true, hooks = {} }
local function check(now)
  local function side(issues, packets) return issues > 10 and issues * 3 > packets, issues > 10 and issues * 10 > packets end
  local severe_c, normal_c = side(flow.getClientTCPIssues(), flow.getPacketsSent())
  local severe_s, normal_s = side(flow.getServerTCPIssues(), flow.getPacketsRcvd())
  if not (normal_c or normal_s) then return end
  local severe = severe_c or severe_s
  local status = flow_consts.status_types[severe and "status_tcp_severe_connection_issues" or "status_tcp_connection_issues"]
  local score = severe and 20 or 10
  flow.triggerStatus(status.create(status.alert_severity, flow.getTCPStats(), flow.getPacketsSent(), flow.getPacketsRcvd(), severe, normal_c, normal_s), score, score, score)
end
script.hooks.periodicUpdate, script.hooks.flowEnd = check, check
return script`,
    },
    run(kit) {
      const side = (packets: number, lost: number) => ({
        packets,
        bytes: 1000,
        payload: 1000,
        goodput: 1000,
        tcpFlags: 0,
        retransmissions: 0,
        outOfOrder: 0,
        lost,
        zeroWindows: 0,
      });
      const flow = dnsFlow({ proto: 6, handshake: true, c2s: side(100, 15), s2c: side(100, 0) });
      kit.flow(flow, 'periodicUpdate');
      kit.flow({ ...flow, c2s: side(100, 50) }, 'flowEnd');
      kit.flow(dnsFlow({ proto: 6, handshake: false, c2s: side(100, 50) }), 'flowEnd');
    },
    alerts: ['store TCP connection problems [Score: 10]', 'store Severe TCP connection problems [Score: 20]'],
  },
  not_purged: {
    files: {
      'user_scripts/flow/not_purged.lua': `${HEAD}
return { hooks = { periodicUpdate = function() if not flow.isNotPurged() then flow.triggerStatus(flow_consts.status_types.status_not_purged.create(sev.error)) end end } }`,
    },
    run: (kit) => kit.flow(dnsFlow(), 'periodicUpdate'),
    alerts: [],
  },
  blacklisted: {
    files: {
      'user_scripts/flow/blacklisted.lua': `${HEAD}
return { hooks = { protocolDetected = function()
  if not flow.isBlacklisted() then return end
  local info = flow.getBlacklistedInfo()
  local c, s = 5, 10
  if info["blacklisted.srv"] then c, s = flow_consts.max_score, 5 end
  flow.triggerStatus(flow_consts.status_types.status_blacklisted.create(sev.error, info), 100, c, s)
end } }`,
    },
    run(kit) {
      kit.room.lists.add('bad', '198.51.100.53');
      kit.flow(dnsFlow());
      kit.flow(dnsFlow({ server: { ip: '198.51.100.53', port: 53, mac: '', local: false, group: false } }));
      kit.flow(dnsFlow({ category: 100 }));
    },
    alerts: ['store On a blocklist: server [Score: 100]', 'store On a blocklist: domain [Score: 100]'],
  },
  device_connection_disconnection: {
    files: {
      'user_scripts/interface/device.lua': `${HEAD}
local callback_utils = require "callback_utils"
return { hooks = { min = function(params)
  local ifid = interface.getId()
  local seen_key, active_key = getFirstSeenDevicesHashKey(ifid), alert_utils.getActiveDevicesHashKey(ifid)
  local before, now = swapKeysValues(ntop.getMembersCache(active_key) or {}), {}
  callback_utils.foreachDevice(getInterfaceName(ifid), function(mac, device)
    if device.location ~= "lan" or device.special_mac then return end
    now[mac] = true
    if isEmptyString(ntop.getHashCache(seen_key, mac)) then
      ntop.setHashCache(seen_key, mac, tostring(os.time()))
      alerts_api.store(alerts_api.macEntity(mac), types.alert_new_device.create(sev.warning, getDeviceName(mac)))
    end
    if not before[mac] then
      ntop.setMembersCache(active_key, mac)
      alerts_api.store(alerts_api.macEntity(mac), types.alert_device_connection.create(sev.info, getDeviceName(mac)))
    end
  end)
  for mac in pairs(before) do
    if not now[mac] then
      ntop.delMembersCache(active_key, mac)
      alerts_api.store(alerts_api.macEntity(mac), types.alert_device_disconnection.create(sev.notice, getDeviceName(mac)))
    end
  end
end } }`,
    },
    run(kit) {
      const mac = (address: string) => ({ mac: address, location: 'lan', special_mac: false });
      kit.periodic('min', T0, snapshot({}, { macs: [mac('00:00:00:00:00:01'), { mac: 'ff:ff', location: 'wan' }] }));
      kit.periodic('min', T0 + 60_000, snapshot({}, { macs: [mac('00:00:00:00:00:02')] }));
      kit.periodic('min', T0 + 120_000, snapshot({}, { macs: [mac('00:00:00:00:00:02'), mac('00:00:00:00:00:01')] }));
    },
    alerts: [
      'store A device never seen before appeared on the network: 00:00:00:00:00:01',
      'store A device never seen before appeared on the network: 00:00:00:00:00:02',
      'store Device 00:00:00:00:00:01 disappeared from the network',
    ],
  },
  request_reply_ratio: {
    files: {
      'user_scripts/host/request_reply_ratio.lua': `${HEAD}
local script = { default_value = { operator = "lt", threshold = 50 }, hooks = {} }
script.hooks["5mins"] = function(params)
  local info = host.getDNSInfo()
  if not info.dns then return end
  local function delta(key, value) return alerts_api.host_delta_val(script.key .. key, params.granularity, value, true) end
  local queries = delta("q", info.dns.sent.num_queries)
  local replies = delta("r", info.dns.rcvd.num_replies_ok + info.dns.rcvd.num_replies_error)
  local kind = types.alert_request_reply_ratio.create(sev.warning, gran[params.granularity], "dns_sent", queries, replies)
  local ratio = replies * 100 / (queries + 1)
  if queries + replies > 10 and ratio < tonumber(params.user_script_config.threshold) then
    alerts_api.trigger(params.alert_entity, kind, nil, params.cur_alerts)
  else
    alerts_api.release(params.alert_entity, kind, nil, params.cur_alerts)
  end
end
return script`,
    },
    run(kit) {
      for (const [i, [asked, answered]] of (
        [
          [0, 0],
          [100, 10],
          [200, 110],
        ] as const
      ).entries()) {
        kit.periodic('5mins', T0 + i * 300_000, {
          ...snapshot({}),
          hosts: [
            {
              ip: '10.0.0.1',
              vlan: 0,
              local: true,
              info: {},
              dns: { sent: { num_queries: asked }, rcvd: { num_replies_ok: answered, num_replies_error: 0 } },
            },
          ],
        });
      }
    },
    alerts: [
      'engage Host 10.0.0.1 received too few replies: 10 for 100 requests (10 %) [5 Minutes]',
      'release Host 10.0.0.1 received too few replies: 10 for 100 requests (10 %) [5 Minutes]',
    ],
  },
  ghost_networks: {
    files: {
      'user_scripts/interface/ghost_networks.lua': `${HEAD}
return { hooks = { min = function(params)
  for cidr, domain in pairs(params.entity_info.bcast_domains or {}) do
    if domain.ghost_network then
      local kind = types.alert_ghost_network.create(sev.warning, gran.min, cidr)
      local hits = alerts_api.interface_delta_val("ghost_" .. cidr, params.granularity, domain.hits)
      if hits > 0 then alerts_api.trigger(params.alert_entity, kind, nil, params.cur_alerts)
      else alerts_api.release(params.alert_entity, kind, nil, params.cur_alerts) end
    end
  end
end } }`,
    },
    run(kit) {
      const at = (hits: number) => snapshot({ bcast_domains: { '10.9.0.0/16': { ghost_network: true, hits } } });
      kit.periodic('min', T0, at(5));
      kit.periodic('min', T0 + 60_000, at(5));
    },
    alerts: ['engage', 'release'].map(
      (a) => `${a} Traffic of network 10.9.0.0/16 was seen on Interface eth1, which is not configured for it`,
    ),
  },
  slow_purge_and_calls_drops: {
    files: {
      'user_scripts/interface/slow_purge.lua': `${HEAD}
return { default_value = { operator = "gt", threshold = 50 }, hooks = { min = function(params)
  for _, t in pairs(interface.getHashTablesStats()) do
    local s = t.hash_entry_states
    local all = s.hash_entry_state_idle + s.hash_entry_state_active
    local share = all > 1024 and s.hash_entry_state_idle * 100 / all or 0
    local threshold = tonumber(params.user_script_config.threshold)
    local kind = types.alert_slow_purge.create(sev.error, gran.min, s.hash_entry_state_idle, share, threshold)
    if share > threshold then alerts_api.trigger(params.alert_entity, kind, nil, params.cur_alerts) end
  end
end } }`,
      'user_scripts/interface/flow_calls_drops.lua': `${HEAD}
return { gui = { i18n_title = "show_alerts.flow_user_scripts_drops_title", i18n_description = i18n("show_alerts.flow_user_scripts_drops_descr", { url = ntop.getHttpPrefix() }) },
hooks = { min = function(params)
  local drops = alerts_api.interface_delta_val("drops", params.granularity, params.entity_info.stats.num_dropped_flow_scripts_calls)
  local kind = types.alert_user_script_calls_drops.create(sev.error, gran.min, "flow", drops)
  if drops > 0 then alerts_api.trigger(params.alert_entity, kind, nil, params.cur_alerts) end
end } }`,
    },
    run(kit) {
      kit.room.skippedHooks = 7;
      const states = { hash_entry_state_idle: 3000, hash_entry_state_active: 1000 };
      kit.periodic(
        'min',
        T0,
        snapshot({ stats: {} }, { tables: { FlowHash: { max_hash_size: 9000, hash_entry_states: states } } }),
      );
    },
    alerts: [
      'engage 75 % of the entries of Interface eth1 wait to be purged (limit 50 %)',
      'engage 7 calls of flow scripts were skipped in the last minute',
    ],
  },
  dropped_alerts_and_monitors: {
    files: {
      'user_scripts/system/dropped_alerts.lua': `${HEAD}
return { hooks = { min = function(params)
  local names = interface.getIfNames()
  names[getSystemInterfaceId()] = getSystemInterfaceName()
  for id in pairsByKeys(names, asc) do
    interface.select(id)
    local dropped = interface.checkDroppedAlerts() + 1
    if dropped > 1 then alerts_api.store(alerts_api.interfaceAlertEntity(id), types.alert_dropped_alerts.create(sev.error, gran.min, id, dropped), params.when) end
  end
  interface.select(getSystemInterfaceId())
end } }`,
      'user_scripts/system/monitor.lua': `${HEAD}
local ts_utils = require "ts_utils_core"
local json = require "dkjson"
local schema = ts_utils.newSchema("redis:memory", { step = 60, metrics_type = ts_utils.metrics.gauge })
schema:addTag("ifid")
schema:addMetric("resident_bytes")
return { hooks = { min = function(params)
  if params.ts_enabled then ts_utils.append("redis:memory", { ifid = getSystemInterfaceId(), resident_bytes = ntop.getCacheStatus().dbsize }, params.when, verbose) end
  local stats = require("system_utils").systemHostStats()
  ntop.setCache("ntopng.cache.monitor", json.encode({ load = stats.cpu_load >= 0, storage = require("storage_utils").storageInfo(true, 5).total > 0 }), 120)
  io.write(ntop.getCache("ntopng.cache.monitor") .. "\\n")
end } }`,
      'user_scripts/system/preference.lua': `
return { hooks = { min = function() end }, onEnable = function() ntop.setPref("ntopng.prefs.remote_to_remote_alerts", "1") end,
  onDisable = function() ntop.delCache("ntopng.prefs.remote_to_remote_alerts") end, onLoad = function(hook, conf) if conf.enabled then ntop.setPref("ntopng.prefs.x", "1") end end }`,
    },
    run(kit) {
      kit.periodic('min', T0, snapshot({}));
      assert.deepEqual(kit.texts(), ['{"load":true,"storage":true}']);
      assert.equal(kit.room.kv.get('ntopng.prefs.x'), '1');
    },
    alerts: [],
  },
  threshold_cross: {
    files: {
      'user_scripts/host/throughput.lua': `${HEAD}
local script = { default_enabled = false, local_only = true, is_alert = true, gui = { i18n_title = "alerts_thresholds_config.throughput", i18n_description = "alerts_thresholds_config.alert_throughput_description",
  i18n_field_unit = user_scripts.field_units.mbits, input_builder = "threshold_cross" }, hooks = {} }
function script.hooks.all(params)
  local bytes = host.getBytes()
  local value = alerts_api.host_delta_val(script.key, params.granularity, bytes["bytes.sent"] + bytes["bytes.rcvd"], true)
  alerts_api.checkThresholdAlert(params, types.alert_threshold_cross, value * 8 / 1000000 / alert_consts.granularity2sec(params.granularity))
end
return script`,
      'user_scripts/network/ingress.lua': `${HEAD}
local script = { default_enabled = false, hooks = {} }
function script.hooks.all(params)
  alerts_api.checkThresholdAlert(params, types.alert_threshold_cross, alerts_api.network_delta_val(script.key, params.granularity, params.entity_info.ingress))
end
return script`,
    },
    set: setOf({
      host: { throughput: { min: { script_conf: { operator: 'gt', threshold: 1 } } } },
      network: { ingress: { min: { script_conf: { operator: 'lt', threshold: '100' } } } },
    }),
    run(kit) {
      for (const [i, bytes] of [0, 15_000_000].entries()) {
        kit.periodic('min', T0 + i * 60_000, {
          ...snapshot({}),
          hosts: [{ ip: 'fe80::1', vlan: 7, local: true, info: { 'bytes.sent': bytes, 'bytes.rcvd': 0 } }],
          networks: [{ key: '10.0.0.0/8', stats: { ingress: 500 + bytes / 1e6 } }],
        });
      }
    },
    alerts: [
      'engage Minute ingress of Network 10.0.0.0/8 crossed the threshold: 15 < 100',
      'engage Minute throughput of Host fe80::1@7 crossed the threshold: 2 > 1',
    ],
  },
  flow_logger: {
    files: {
      'user_scripts/flow/flow_logger.lua': `${HEAD}
return { default_enabled = false, default_value = { log_mode = "console" }, hooks = { protocolDetected = function(now, conf)
  local line = os.date("%Y", now) .. " " .. shortFlowLabel(flow.getInfo())
  if conf.log_mode == "console" then print(line) else local f = io.open("/tmp/flows_log", "a") f:write("file " .. line .. "\\n") f:close() end
end } }`,
    },
    set: setOf({ flow: { flow_logger: { all: { script_conf: { log_mode: 'file' } } } } }),
    run(kit) {
      kit.flow(dnsFlow({ client: { ip: '10.0.0.1', port: 1000, mac: '', local: true, group: false } }));
      assert.deepEqual(kit.texts(), ['file 2020 [DNS] UDP 10.0.0.1:1000 -> 8.8.4.4:53 [www.example.org]']);
    },
    alerts: [],
  },
  snmp_topology_change: {
    files: {
      'user_scripts/snmp_device/lldp_topology_changed.lua': `${HEAD}
return { setup = function() return ntop.isEnterpriseM() end, hooks = { snmpDevice = function() require "snmp_utils" end } }`,
    },
    run(kit) {
      assert.match(kit.plugin('snmp_topology_change').scripts[0]!.reason, /Enterprise edition/);
    },
    alerts: [],
  },
  web_endpoint: {
    files: {
      'alert_endpoints/hook.lua':
        'return { name = "hook", dequeueRecipientAlerts = function() return { success = true } end }',
      'user_scripts/system/notify.lua': `${HEAD}
return { hooks = { min = function(params)
  local text = alert_utils.formatAlertNotification({ ifid = 0, action = "engage", alert_type = 49, alert_severity = 5, alert_entity = 1, alert_entity_val = "10.0.0.1@0", alert_tstamp = 0,
    alert_granularity = 60, alert_json = '{"metric":"bytes","value":9,"operator":"gt","threshold":5}' }, { nohtml = true, nodate = true })
  print(text, ntop.postHTTPJsonData("", "", "https://example.org", "{}", 3), ntop.recipient_dequeue(1, true))
end } }`,
    },
    run(kit) {
      kit.periodic('min', T0, snapshot({}));
      assert.deepEqual(kit.texts(), [
        '[eth1] [Error] [Threshold crossed] [Host] [10.0.0.1@0] Engaged Minute bytes of Host 10.0.0.1 crossed the threshold: 9 > 5\tfalse',
      ]);
    },
    alerts: [],
  },
};

for (const [plugin, { files, set, run, alerts }] of Object.entries(CASES)) {
  test(`as in ntopng 4.2: ${plugin}`, async () => {
    const kit = await new Kit(T0).load({ [plugin]: files }, set);
    run(kit);
    assert.deepEqual(kit.plugin(plugin).errors, []);
    assert.deepEqual(
      kit.alerts.map((a) => `${a.action} ${a.text}`),
      alerts,
    );
    kit.close();
  });
}
