import assert from 'node:assert/strict';
import test from 'node:test';
import { apiNames } from './api-names.ts';
import { flowScript, Kit, periodicScript } from './testing/kit.ts';
import { dnsFlow } from './testing/record.ts';

/** Every function of ntopng 4.2 that a community plugin can reach, by table. */
const TABLES: { [table: string]: string } = {
  flow: `getInfo getFullInfo getUnicastInfo getKey getHashEntryId getFirstSeen getLastSeen getDuration getPacketsSent getPacketsRcvd getPackets
    getBytesSent getBytesRcvd getBytes getGoodputBytes getClientKey getServerKey isClientUnicast isServerUnicast isUnicast isClientNoIP isServerNoIP
    isRemoteToRemote isLocalToRemote isRemoteToLocal isLocal isBlacklisted getBlacklistedInfo isTwhOK isBidirectional getnDPICategoryName
    getnDPICategoryId getnDPIProtocolName getnDPIMasterProtoId getnDPIAppProtoId getProtoBreed getDnsQuery dnsQueryHasInvalidChars getClientCountry
    getServerCountry getTLSVersion getServerCipherClass hasMaliciousTlsSignature getTLSInfo getSSHInfo getHTTPInfo getDNSInfo getnDPIMatchPacket
    getICMPStatusInfo getICMPType getMaxSeenIcmpPayloadSize isTCPConnectionRefused isTCPConnecting getClientTCPIssues getServerTCPIssues
    getClientRetrPercentage getServerRetrPercentage getTCPStats getClient2ServerIAT getServer2ClientIAT isDeviceProtocolNotAllowed
    getDeviceProtoAllowedInfo getMUDInfo isNotPurged retrieveExternalAlertInfo hasRisk getRiskInfo getStatus setStatus isStatusSet
    getAlertedStatus getAlertedStatusScore triggerAlert setCustomInfo getScore getScoreInfo isPassVerdict clearStatus`,
  host: `getIp isLocal getTsKey getPoolId getBytes getPackets getApplicationBytes getCategoryBytes getNumFlows getTime getDNSInfo getHTTPInfo
    getFlowFlood getSynFlood getSynScan getInfo getFullInfo getScore getBehaviourInfo getCachedAlertValue setCachedAlertValue storeTriggeredAlert
    releaseTriggeredAlert getAlerts checkContext`,
  network:
    'getNetworkStats getCachedAlertValue setCachedAlertValue storeTriggeredAlert releaseTriggeredAlert getAlerts checkContext',
  interface: `getId select getIfNames getnDPIProtoId getnDPICategoryId getPeriodicActivitiesStats getHashTablesStats checkDroppedAlerts
    getBatchedMacsInfo storeAlert storeFlowAlert processFlow incSyslogStats isPcapDumpInterface getStats getStatsUpdateFreq isPacketInterface isView
    isViewed viewedBy getnDPIProtoName getnDPIProtocols getnDPICategories getAlerts getCachedAlertValue setCachedAlertValue storeTriggeredAlert
    releaseTriggeredAlert checkContext triggerExternalAlert releaseExternalAlert getEngagedAlerts getEngagedAlertsCount queryAlertsRaw
    queryFlowAlertsRaw incTotalHostAlerts findFlowByKeyAndHashId getHostsInfo getHostInfo getMacInfo getHostPoolsInfo getHostPoolsStats
    checkInterfaceAlerts checkHostsAlerts checkNetworksAlerts setActiveInterfaceId getName reloadCompanions`,
  ntop: `getCache setCache setnxCache incrCache delCache getPref setPref getHashCache setHashCache delHashCache getHashAllCache getHashKeysCache
    getKeysCache setMembersCache delMembersCache getMembersCache lpushCache rpushCache lpopCache rpopCache lrangeCache llenCache ltrimCache lremCache
    getDirs readdir exists isdir mkdir rmdir notEmptyFile fileLastChange setDefaultFilePermissions getInfo getPrefs isPro isEnterprise isEnterpriseM
    isEnterpriseL isnEdge isWindows getHttpPrefix getHostInformation isShutdown getStartupEpoch getUptime isAdministrator getRandomCSRFValue
    gettimemsec getticks gettickspersec msleep isDeadlineApproaching getDeadline isPingAvailable pingHost collectPingResults resolveHost httpGet
    httpPost postHTTPJsonData sendMail syslog send_udp_data send_tcp_data hasSpeedtestSupport speedtest recipient_enqueue recipient_dequeue
    recipient_register recipient_delete recipient_stats popInternalAlerts md5 traceEvent verboseTrace isIPv6 inet_ntoa networkPrefix ipCmp
    getservbyport getMacManufacturer getResolvedName resolveName getNetworkNameById getTLSVersionName bitmapIsSet bitmapSet bitmapClear
    systemHostStat getCacheStatus getCacheStats getCurrentPluginsDir getShadowPluginsDir swapPluginsDir isPlugins0Dir reloadPlugins
    hasPluginsReloaded reloadPeriodicScripts`,
};
/** All of these and whatever else is bound: a function that is added is called here without a word. */
const BOUND: { [table: string]: string } = Object.fromEntries(
  Object.entries(apiNames()).map(([table, names]) => [table, [...names, TABLES[table] ?? ''].join(' ')]),
);
const MODULES = `alert_consts alert_keys alert_utils alerts_api auth callback_utils alert_severities companion_interface_utils cpu_utils dkjson flow_consts flow_keys flow_risk_utils
  flow_utils format_utils graph_utils http_lint import_export lua_path_utils lua_trace lua_utils ntop_utils os_utils page_utils plugins_utils rest_utils
  status_keys storage_utils system_utils template_utils ts_utils ts_utils_core ui_utils user_scripts user_scripts_templates active_monitoring_pools`;

const WRONG = '{}, { {} }, -1, 1e300, 0/0, true, "", ("x"):rep(20000), print';

/** A call works on one function a time: without arguments, then with wrong ones in every place. */
const STEP = `
  local wrong = { ${WRONG} }
  local function try(label, fn)
    pcall(fn)
    for i = 1, #wrong do
      local good, message = pcall(fn, wrong[i], wrong[(i + 3) % #wrong + 1], wrong[(i + 5) % #wrong + 1])
      if not good and tostring(message):find("bug", 1, true) then io.write(label .. ": " .. tostring(message) .. "\\n") end
    end
  end
  at = (at or 0) + 1
  if at > #todo then if not done then io.write("done\\n") done = true end return end
  local label, fn = todo[at][1], todo[at][2]
  if type(fn) ~= "function" then io.write("missing " .. label .. "\\n") else try(label, fn) end`;
const listTables = `todo = todo or (function()
  local list = {}
  for table_name, names in pairs({ ${Object.entries(BOUND)
    .map(([name, names]) => `${name} = [[${names}]]`)
    .join(', ')} }) do
    local seen = {}
    for name in names:gmatch("%S+") do
      if not seen[name] then list[#list + 1] = { table_name .. "." .. name, _G[table_name][name] } end
      seen[name] = true
    end
  end
  return list
end)()`;
const listModules = `todo = todo or (function()
  local list = {}
  for name in ([[${MODULES}]]):gmatch("%S+") do
    local ok, module = pcall(require, name)
    if not ok then list[#list + 1] = { name .. ": " .. tostring(module) }
    elseif type(module) == "table" and module ~= _G then
      for key, fn in pairs(module) do if type(fn) == "function" then list[#list + 1] = { name .. "." .. key, fn } end end
    end
  end
  return list
end)()`;
const told = (kit: Kit) => kit.texts().filter((line) => /missing|bug|done/.test(line));
const errors = (kit: Kit) => kit.house.infos().flatMap((p) => p.errors);

test('every function of the C side is there and bears wrong arguments, in a flow hook and in periodic ones', async () => {
  const kit = await new Kit().load({
    f: { 'user_scripts/flow/f.lua': flowScript(listTables + STEP) },
    h: { 'user_scripts/host/h.lua': periodicScript('min', listTables + STEP) },
  });
  const hosts = [{ ip: '10.0.0.1', vlan: 0, local: true, info: {} }];
  for (let i = 0; i < 400; i++) {
    kit.flow(dnsFlow({ info: { dns: { query: 'x' }, tls: { sni: 'x' }, http: { host: 'x' }, ssh: { client: 'x' } } }));
    kit.periodic('min', 1_600_000_060_000 + i * 60_000, { interfaces: [], networks: [], hosts });
  }
  assert.deepEqual(errors(kit), []);
  assert.deepEqual(told(kit), ['done', 'done']);
  kit.close();
});

test('every module can be required and bears wrong arguments to each of its functions', async () => {
  const kit = await new Kit().load({ f: { 'user_scripts/flow/f.lua': flowScript(listModules + STEP) } });
  for (let i = 0; i < 300; i++) kit.flow(dnsFlow());
  assert.deepEqual(errors(kit), []);
  assert.deepEqual(told(kit), ['done']);
  kit.close();
});

test('globals and their meaning', async () => {
  const checks: { [expression: string]: unknown } = {
    'isEmptyString(nil)': true,
    'isEmptyString(0)': false,
    'table.len({ a = 1, 2 })': 2,
    'table.len(nil)': 0,
    'table.concat(table.merge({ 1, 2 }, { 3 }), ",")': '1,2,3',
    'table.merge({ a = 1, b = 1 }, { b = 2 }).b': 2,
    'table.contains({ "x" }, "x")': true,
    'string.starts("abc", "ab")': true,
    'string.starts(nil, "ab")': false,
    'string.ends("abc", "bc")': true,
    'string.split("a,b", ",")[2]': 'b',
    'string.split("ab", ",")': null,
    '#split("a,b,,c", ",")': 4,
    'ternary(false, 1, 2)': 2,
    'round(1.26, 1)': 1.3,
    'round(1.5)': 2,
    'secondsToTime(3661)': '1 h, 1 min, 1 sec',
    'formatValue(1234567)': '1,234,567',
    'noHtml("<b>x</b>")': 'x',
    'getSystemInterfaceId()': '-1',
    'hostinfo2hostkey({ ip = "1.2.3.4", vlan = 0 })': '1.2.3.4',
    'hostinfo2hostkey({ ip = "1.2.3.4", vlan = 5 })': '1.2.3.4@5',
    'hostkey2hostinfo("1.2.3.4@5").vlan': 5,
    'get_dns_type("AAAA")': 28,
    'get_dns_type("X")': 0,
    'isIPv4("1.2.3.4")': true,
    'isIPv6("1.2.3.4")': false,
    'isMacAddress("00:11:22:33:44:55")': true,
    'firstToUpper("abc")': 'Abc',
    'swapKeysValues({ a = "b" }).b': 'a',
    'i18n("no.such.key")': null,
    'i18n("alert_messages.device_has_connected", { device = "50% of %d" })': 'Device 50% of %d appeared on the network',
    'i18n("alerts_dashboard.too_low_replies_received", { entity = "E", replies = 1, requests = 2, ratio = 33, granularity = "Minute" })':
      'E received too few replies: 1 for 2 requests (33 %) [Minute]',
    'i18n("field_units.percentage")': '%',
    'i18n("nope", { default = "d" })': 'd',
    'type(i18n("field_units"))': 'table',
    'require("alert_keys").parse_alert_key({ 0, 63 })': 63,
    'require("alert_keys").parse_alert_key({ 0, { 0, 32768 } })': 32768,
    'require("alert_keys").parse_alert_key({ 0, 70 })': null,
    'require("alert_keys").parse_alert_key({ 3, 5 })': 3 * 65536 + 5,
    'require("flow_keys").ntopng.status_unexpected_dns_server': 33,
    'require("flow_keys").user.status_user_05': 63,
    'require("alert_consts").alertSeverityRaw(5)': 'error',
    'require("alert_consts").alertTypeRaw(63)': 'alert_unexpected_dns',
    'require("alert_consts").alertEntity("mac")': 5,
    'require("alert_consts").granularity2sec("5mins")': 300,
    'require("alert_consts").sec2granularity(3600)': 'hour',
    'require("alert_consts").alertLevelToSyslogLevel("warning")': 4,
    'require("dkjson").encode({})': '[]',
    'require("dkjson").encode({ a = { 1, "x\\n" }, b = true })': '{"a":[1,"x\\n"],"b":true}',
    'require("dkjson").decode("{\\"a\\": [1, 2.5, null, \\"\\\\u00fc\\"]}").a[4]': 'ü',
    '(select(3, require("dkjson").decode("[1,")))': 'json: a list or object that does not end at position 1',
    'require("user_scripts").operator_functions.lt(1, 2)': true,
    'require("user_scripts").script_categories.system.id': 4,
    'ntop.getCache("missing")': '',
    'ntop.setCache("k", 5) and ntop.getCache("k")': '5',
    'ntop.getHashCache("h", "missing")': '',
    'ntop.getHashAllCache("h")': null,
    'ntop.md5("x")': '9dd4e461268c8034f5c8564e155c67a6',
    'ntop.networkPrefix("192.168.77.12", 24)': '192.168.77.0',
    'interface.getnDPIProtoId("DNS")': 5,
    'interface.getnDPICategoryId("Mining")': 99,
    'tostring(when) .. tostring(vlan) .. tostring(verbose)': 'nilnilnil',
    'os.getenv("PATH")': null,
    'io.open("/etc/passwd")': null,
  };
  const lines = Object.keys(checks)
    .map((expression, i) => `check(${i + 1}, function() return ${expression} end)`)
    .join('\n');
  const body = `local json = require "dkjson"
    local function check(i, fn) local ok, v = pcall(fn) if not ok then v = "error: " .. tostring(v) end
      io.write(i .. " " .. (v == nil and "null" or json.encode(v)) .. "\\n") end
    ${lines}`;
  const kit = await new Kit().load({ p: { 'user_scripts/flow/p.lua': flowScript(body) } });
  kit.flow(dnsFlow());
  assert.deepEqual(kit.plugin('p').errors, []);
  const got = kit.texts('p').map((line) => JSON.parse(line.slice(line.indexOf(' ') + 1)) as unknown);
  for (const [i, [expression, expected]] of Object.entries(checks).entries())
    assert.deepEqual(got[i], expected, expression);
  kit.close();
});
