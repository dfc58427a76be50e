import assert from 'node:assert/strict';
import test from 'node:test';
import { flowScript, Kit, periodicScript, setOf, trigger } from './testing/kit.ts';
import { dnsFlow } from './testing/record.ts';

const fine = flowScript(trigger('status_web_mining_detected', 50));

test('a syntax error shows file and line and stops nothing else, not even in the same plugin', async () => {
  const kit = await new Kit().load({
    half: { 'user_scripts/flow/broken.lua': 'local x = 1\nlocal y = = 2\n', 'user_scripts/flow/fine.lua': fine },
    whole: { 'user_scripts/flow/other.lua': fine },
  });
  const info = kit.plugin('half');
  assert.equal(info.state, 'running');
  assert.deepEqual([info.errors[0]!.file, info.errors[0]!.line], ['user_scripts/flow/broken.lua', 2]);
  assert.match(info.errors[0]!.message, /unexpected symbol near '='/);
  assert.deepEqual(
    info.scripts.map((s) => [s.key, s.state]),
    [
      ['broken', 'error'],
      ['fine', 'ok'],
    ],
  );
  kit.flow(dnsFlow());
  assert.equal(kit.alerts.length, 1);
  kit.close();
});

test('errors at run time of a file, wrong results, and missing hooks are told per script', async () => {
  const kit = await new Kit().load({
    p: {
      'user_scripts/flow/a.lua': 'error("no wish to load")',
      'user_scripts/flow/b.lua': 'return 7',
      'user_scripts/flow/c.lua': 'return nil',
      'user_scripts/flow/d.lua': 'return { hooks = {} }',
      'user_scripts/flow/e.lua': 'return { hooks = { noSuchHook = function() end } }',
      'user_scripts/flow/f.lua': 'require "snmp_utils"',
      'user_scripts/flow/g.lua':
        'return { hooks = { protocolDetected = function() end }, setup = function() return false end }',
      'user_scripts/flow/h.lua':
        'return { hooks = { protocolDetected = function() end }, setup = function() error("setup fails") end }',
      'user_scripts/flow/i.lua': 'i18n(nil)',
    },
  });
  const scripts = Object.fromEntries(kit.plugin('p').scripts.map((s) => [s.key, `${s.state}: ${s.reason}`]));
  assert.match(scripts['a']!, /^error: user_scripts\/flow\/a.lua:1: no wish to load/);
  assert.match(scripts['b']!, /^error: .*returned number/);
  assert.match(scripts['c']!, /^skipped: the script returned nothing/);
  assert.match(scripts['d']!, /^skipped: the script has no hooks/);
  assert.match(scripts['e']!, /^skipped: the script has no hooks/);
  assert.match(scripts['f']!, /^error: .*module 'snmp_utils' not found/);
  assert.match(scripts['g']!, /^skipped: its setup/);
  assert.match(scripts['h']!, /^error: setup\(\) failed at user_scripts\/flow\/h.lua:1/);
  assert.match(scripts['i']!, /^error: .*a key is needed/);
  kit.close();
});

test('a manifest must have its keys; disabled ones and unmet dependencies are said', async () => {
  const manifest = (keys: string) => ({ 'manifest.lua': `return { ${keys} }`, 'user_scripts/flow/x.lua': fine });
  const kit = await new Kit().load({
    bare: manifest('title = "t"'),
    off: manifest('title = "t", description = "d", author = "a", disabled = true'),
    needy: manifest('title = "t", description = "d", author = "a", dependencies = { "nobody" }'),
    broken: manifest('title = '),
    nothing: { 'manifest.lua': 'return 3' },
    flow_details: {
      ...manifest('title = "t", description = "d", author = "a"'),
      'locales/en.lua': 'return { title = "x" }',
    },
  });
  const states = (key: string) => [kit.plugin(key).state, kit.plugin(key).reason] as const;
  assert.deepEqual(states('bare'), ['error', 'manifest.lua lacks description']);
  assert.deepEqual(states('off'), ['disabled', 'switched off by its manifest']);
  assert.deepEqual(states('needy'), ['error', 'needs plugin nobody, which is not loaded']);
  assert.match(states('broken')[1], /^error in manifest.lua:1: /);
  assert.match(states('nothing')[1], /returned number/);
  assert.match(states('flow_details')[1], /cannot be called flow_details/);
  assert.equal(kit.wants.wants('protocolDetected', 17, 5, 5), false);
  kit.close();
});

test("a plugin's own definitions with user keys and plain titles work; duplicates leave the first", async () => {
  const definitions = {
    'alert_definitions/alert_exes.lua':
      'local alert_keys = require "alert_keys"\nreturn { alert_key = {0, alert_keys.user.alert_user_01}, i18n_title = "Program downloaded", icon = "x", creator = function(sev, url) return { alert_severity = sev, alert_type_params = { url = url } } end }',
    'status_definitions/status_exes.lua':
      'local c = require "alert_consts"\nlocal status_keys = require "status_keys"\nreturn { status_key = status_keys.user.status_user_01, alert_severity = c.alert_severities.warning, alert_type = c.alert_types.alert_exes, i18n_title = "Program", i18n_description = function(info) return "from " .. info.url end }',
  };
  const run = flowScript(
    'flow.triggerStatus(flow_consts.status_types.status_exes.create(alert_consts.alert_severities.error, "http://x/a.exe"), 80, 80, 80)',
  );
  const kit = await new Kit().load({
    exes: { ...definitions, 'user_scripts/flow/exes.lua': run },
    // Uses what another plugin defines.
    friend: {
      'user_scripts/flow/friend.lua': flowScript('io.write(flow_consts.status_types.status_exes.i18n_title .. "\\n")'),
    },
  });
  assert.deepEqual(kit.plugin('exes').errors, []);
  kit.flow(dnsFlow());
  assert.deepEqual(
    kit.alerts.map((a) => [a.type, a.typeName, a.status, a.severity, a.title, a.text, a.params]),
    [[32768, 'alert_exes', 59, 4, 'Program downloaded', 'from http://x/a.exe [Score: 80]', { url: 'http://x/a.exe' }]],
  );
  assert.deepEqual(kit.texts('friend'), ['Program']);
  kit.close();
});

test('a broken definition is told with file and line; the scripts still load', async () => {
  const kit = await new Kit().load({
    p: {
      'alert_definitions/alert_bad.lua': 'return { i18n_title = "x" }',
      'status_definitions/status_bad.lua': '\n\nreturn nil + 1',
      'locales/en.lua': 'return { title = "T", }, oops(',
      'user_scripts/flow/x.lua': fine,
    },
  });
  const info = kit.plugin('p');
  assert.deepEqual(
    info.errors.map((e) => [e.file, e.line]),
    [
      ['locales/en.lua', 1],
      ['alert_definitions/alert_bad.lua', 0],
      ['status_definitions/status_bad.lua', 3],
    ],
  );
  assert.equal(info.scripts[0]!.state, 'ok');
  kit.close();
});

test('one name, one script: the first plugin keeps it; the same name in another kind is fine', async () => {
  const kit = await new Kit().load({
    a: { 'user_scripts/flow/dns.lua': fine, 'user_scripts/host/dns.lua': periodicScript('min', '') },
    b: { 'user_scripts/flow/dns.lua': fine },
  });
  assert.deepEqual(
    kit.plugin('a').scripts.map((s) => s.state),
    ['ok', 'ok'],
  );
  assert.match(kit.plugin('b').scripts[0]!.reason, /plugin a has a flow script of the same name/);
  kit.close();
});

test('hook "all" stands for every hook; the form and the defaults reach the page', async () => {
  const kit = await new Kit().load({
    p: {
      'locales/en.lua': 'return { title = "My threshold", unit = "things" }',
      'user_scripts/host/t.lua': `
        local user_scripts = require "user_scripts"
        return {
          hooks = { all = function() end }, default_enabled = false, default_value = { operator = "gt", threshold = 256, list = {} },
          category = user_scripts.script_categories.security,
          gui = { i18n_title = "p.title", i18n_description = "plain. text", i18n_field_unit = user_scripts.field_units.flow_sec,
            input_builder = "threshold_cross", field_min = 1, field_max = 65535, field_operator = "gt" },
        }`,
      'user_scripts/flow/m.lua': `return { hooks = { all = function() end }, gui = { i18n_title = "x", input_builder = "multi_select",
          groups = { { label = "g", elements = { { 1, "one" }, { 2, "two" } } } } } }`,
    },
  });
  assert.deepEqual(kit.plugin('p').errors, []);
  const [flow, host] = kit.plugin('p').scripts;
  assert.deepEqual(flow!.hooks, ['protocolDetected', 'statusChanged', 'flowEnd', 'periodicUpdate']);
  assert.deepEqual(flow!.gui!.groups, [
    {
      label: 'g',
      elements: [
        { id: '1', label: 'one' },
        { id: '2', label: 'two' },
      ],
    },
  ]);
  assert.deepEqual(host!.configHooks, ['min', '5mins', 'hour', 'day']);
  assert.deepEqual([host!.title, host!.description, host!.category], ['My threshold', 'plain. text', 'security']);
  assert.deepEqual(
    [host!.gui!.builder, host!.gui!.unit, host!.gui!.min, host!.gui!.max, host!.gui!.operator],
    ['threshold_cross', 'flows/s', 1, 65535, 'gt'],
  );
  assert.deepEqual(host!.defaultConf, { operator: 'gt', threshold: 256, list: [] });
  kit.close();
});

test('a changed configuration drops what scripts cached and calls onEnable, onDisable and onUpdateConfig', async () => {
  const script = `
    local cached
    local function say(name) return function(hook, conf) io.write(name .. " " .. hook .. " " .. tostring(conf.enabled) .. "\\n") end end
    return { default_enabled = false, default_value = { items = {} }, onEnable = say("enable"), onDisable = say("disable"),
      onUpdateConfig = say("update"), onLoad = say("load"),
      hooks = { protocolDetected = function(now, conf) cached = cached or conf.items[1] io.write("cached " .. tostring(cached) .. "\\n") end } }`;
  const plugins = { p: { 'user_scripts/flow/p.lua': script } };
  const conf = (enabled: boolean, item: string) =>
    setOf({ flow: { p: { all: { enabled, script_conf: { items: [item] } } } } });
  const kit = await new Kit().load(plugins, conf(true, 'one'));
  kit.flow(dnsFlow());
  await kit.load(plugins, conf(true, 'two'));
  kit.flow(dnsFlow());
  await kit.load(plugins, conf(false, 'two'));
  kit.flow(dnsFlow());
  await kit.load(plugins, conf(true, 'two'));
  assert.deepEqual(kit.texts('p'), [
    'load all true',
    'cached one',
    'load all true',
    'update all true',
    'cached two',
    'disable all false',
    'load all true',
    'enable all true',
  ]);
  kit.close();
});

test('a reload keeps what is unchanged running, and loads anew what was changed, failed or depends on others', async () => {
  const count = flowScript('n = (n or 0) + 1 io.write(script.key .. n .. "\\n")');
  const plugins = {
    same: { 'user_scripts/flow/same.lua': count, 'locales/en.lua': 'return { t = "text" }' },
    edited: { 'user_scripts/flow/edited.lua': count },
    configured: { 'user_scripts/flow/configured.lua': count },
    faulty: { 'user_scripts/flow/faulty.lua': count, 'user_scripts/flow/broken.lua': 'return (' },
    idle: {
      'user_scripts/flow/idle.lua': 'return { default_enabled = false, hooks = { protocolDetected = function() end } }',
    },
  };
  const conf = (x: number) => setOf({ flow: { configured: { all: { script_conf: { x } } } } });
  const kit = await new Kit().load(plugins, conf(1));
  kit.flow(dnsFlow());
  assert.equal(kit.plugin('idle').meter.memoryBytes, 0, 'nothing enabled, no VM');
  await kit.load({ ...plugins, edited: { 'user_scripts/flow/edited.lua': `${count}-- edited` } }, conf(2));
  kit.logs.length = 0;
  kit.flow(dnsFlow());
  assert.deepEqual(kit.texts().sort(), ['configured1', 'edited1', 'faulty1', 'same2']);
  assert.equal(kit.house.locales.lookup('same.t'), 'text');
  const { same: _gone, ...others } = plugins;
  await kit.load(others, conf(2));
  assert.equal(kit.house.locales.lookup('same.t'), undefined);
  kit.close();
});

test('modules of a plugin are reached by both names, pages and licensed modules do no harm', async () => {
  const kit = await new Kit().load({
    p: {
      'modules/helper.lua': 'return { value = 42 }',
      'user_scripts/flow/p.lua': flowScript(`
        local dirs = ntop.getDirs()
        package.path = dirs.installdir .. "/scripts/lua/modules/?.lua;" .. package.path
        local plugins_utils = require "plugins_utils"
        local page_utils = require "page_utils"
        require "lua_utils"
        page_utils.print_header("x")
        io.write(plugins_utils.loadModule("p", "helper").value + require("p.helper").value .. "\\n")
        local ok, message = pcall(require, "ids_utils")
        io.write(tostring(ok) .. " " .. message .. "\\n")`),
    },
  });
  kit.flow(dnsFlow());
  assert.deepEqual(kit.plugin('p').errors, []);
  assert.deepEqual(kit.texts('p'), ['84', "false module 'ids_utils' not found"]);
  kit.close();
});
