/** `spanwatch plugin new`: a plugin that works, small enough to be read in a minute. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keyOf } from './folder-tests.ts';

const manifest = (key: string): string => `return {
  title = "${key}",
  description = "Says in one sentence what it tells of",
  author = "you",
  dependencies = {},
}
`;

const locale = (key: string): string => `return {
  title = "${key.replaceAll('_', ' ')}",
  description = "Tells when a server is talked to that is on the list",
  input = "Servers",
  input_description = "Addresses, separated by commas",
  alert_title = "Server on the list",
  why = "%{client} talked to %{server}, which is on the list",
}
`;

const alertDefinition = (key: string): string => `local alert_keys = require "alert_keys"

local function create(severity, info)
  return { alert_severity = severity, alert_type_params = info }
end

return {
  alert_key = alert_keys.user.alert_user_01,
  i18n_title = "${key}.alert_title",
  icon = "fas fa-exclamation",
  creator = create,
}
`;

const statusDefinition = (key: string): string => `local alert_consts = require "alert_consts"
local flow_keys = require "flow_keys"

return {
  status_key = flow_keys.user.status_user_01,
  alert_severity = alert_consts.alert_severities.warning,
  alert_type = alert_consts.alert_types.alert_${key},
  i18n_title = "${key}.alert_title",
  i18n_description = function(info)
    return i18n("${key}.why", info)
  end,
}
`;

const flowScript = (key: string): string => `local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"

local status = flow_consts.status_types.status_${key}

local script = {
  category = user_scripts.script_categories.security,
  default_enabled = true,
  default_value = { items = {} },
  gui = {
    i18n_title = "${key}.title",
    i18n_description = "${key}.description",
    input_builder = "items_list",
    item_list_type = "ip_address",
    input_title = i18n("${key}.input"),
    input_description = i18n("${key}.input_description"),
  },
  hooks = {},
}

-- Called once for each flow, when its protocol is known. conf is what the settings page saved.
function script.hooks.protocolDetected(now, conf)
  local info = flow.getInfo()
  if not table.contains(conf.items or {}, info["srv.ip"]) then return end
  flow.triggerStatus(status.create(status.alert_severity, { client = info["cli.ip"], server = info["srv.ip"] }), 50, 50, 50)
end

return script
`;

const jsScript = (key: string): string => `'use strict';
const user_scripts = require('user_scripts');
const flow_consts = require('flow_consts');

const status = flow_consts.status_types.status_${key};

module.exports = {
  category: user_scripts.script_categories.security,
  default_enabled: true,
  default_value: { items: [] },
  gui: {
    i18n_title: '${key}.title',
    i18n_description: '${key}.description',
    input_builder: 'items_list',
    item_list_type: 'ip_address',
    input_title: i18n('${key}.input'),
    input_description: i18n('${key}.input_description'),
  },
  hooks: {
    // Called once for each flow, when its protocol is known. conf is what the settings page saved.
    protocolDetected(now, conf) {
      const info = flow.getInfo();
      if (!(conf.items || []).includes(info['srv.ip'])) return;
      flow.triggerStatus(status.create(status.alert_severity, { client: info['cli.ip'], server: info['srv.ip'] }), 50, 50, 50);
    },
  },
};
`;

const hostLocale = (key: string): string => `return {
  title = "${key.replaceAll('_', ' ')}",
  description = "Tells when a host has more flows at a time than it should",
}
`;

const hostScript = (key: string): string => `local user_scripts = require "user_scripts"
local alerts_api = require "alerts_api"
local alert_consts = require "alert_consts"

local script = {
  category = user_scripts.script_categories.network,
  default_enabled = true,
  default_value = { operator = "gt", threshold = 1000 },
  gui = {
    i18n_title = "${key}.title",
    i18n_description = "${key}.description",
    i18n_field_unit = user_scripts.field_units.flows,
    input_builder = "threshold_cross",
    field_min = 1, field_max = 100000,
  },
  hooks = {},
}

-- Called each minute for each host.
function script.hooks.min(params)
  local flows = host.getInfo()["active_flows.as_client"] or 0
  alerts_api.checkThresholdAlert(params, alert_consts.alert_types.alert_threshold_cross, flows)
end

return script
`;

/** Files of each kind, by path. */
export const TEMPLATES: { [kind: string]: { [path: string]: (key: string) => string } } = {
  flow: {
    'manifest.lua': manifest,
    'locales/en.lua': locale,
    'alert_definitions/alert_KEY.lua': alertDefinition,
    'status_definitions/status_KEY.lua': statusDefinition,
    'user_scripts/flow/KEY.lua': flowScript,
  },
  javascript: {
    'manifest.lua': manifest,
    'locales/en.lua': locale,
    'alert_definitions/alert_KEY.lua': alertDefinition,
    'status_definitions/status_KEY.lua': statusDefinition,
    'user_scripts/flow/KEY.js': jsScript,
  },
  host: {
    'manifest.lua': manifest,
    'locales/en.lua': hostLocale,
    'user_scripts/host/KEY.lua': hostScript,
  },
};

/** A plugin's key: its folder's name, also a name in Lua. */
export const PLUGIN_KEY = /^[a-z][a-z0-9_]{1,40}$/;

/** The files of a new plugin, text by path. Throws a sentence when the name or the kind will not do. */
export function newPluginFiles(key: string, kind: string): { [path: string]: string } {
  if (!PLUGIN_KEY.test(key))
    throw new Error(`"${key}" will not do as a name: it takes 2 to 41 small letters, digits and "_", a letter first`);
  const files = Object.hasOwn(TEMPLATES, kind) ? TEMPLATES[kind] : undefined;
  if (!files) throw new Error(`there is no kind ${kind}; there are ${Object.keys(TEMPLATES).join(', ')}`);
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replaceAll('KEY', key), text(key)]));
}

/** Writes a new plugin; the folder must not exist or be empty. Returns the paths. */
export function newPlugin(folder: string, kind: string): string[] {
  const files = newPluginFiles(keyOf(folder), kind);
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error('the folder is there and not empty');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return Object.keys(files);
}
