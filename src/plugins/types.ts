/** What the plugin room tells the rest of the house about plugins, scripts, their configuration and their cost. */

import type { DevicePolicy } from './device-policies.ts';

/** Folder below user_scripts/ that a script lies in. */
export const SUBDIRS = ['flow', 'host', 'interface', 'network', 'system', 'syslog', 'snmp_device'] as const;
export type Subdir = (typeof SUBDIRS)[number];

/** Where a plugin went wrong; `file` is relative to the plugin's folder. */
export interface PluginError {
  file: string;
  line: number;
  message: string;
  atMs: number;
}

/** The form that a script's `gui` table asks for, texts already resolved in the owner's language. */
export interface ScriptGui {
  /** default, items_list, threshold_cross, multi_select, long_lived or elephant_flows; unknown names become default. */
  builder: string;
  inputTitle: string;
  inputDescription: string;
  /** ip_address, country, string, mac_address, device_type, proto_or_category or "" (not checked). */
  itemListType: string;
  unit: string;
  min: number | null;
  max: number | null;
  step: number | null;
  /** gt or lt when the author fixed it, else "". */
  operator: string;
  groups: { label: string; elements: { id: string; label: string }[] }[];
}

export interface ScriptInfo {
  /** File name without .lua or .js. */
  key: string;
  subdir: Subdir;
  plugin: string;
  /** File relative to the plugin's folder. */
  file: string;
  title: string;
  description: string;
  /** other, security, internals, network or system. */
  category: string;
  categoryTitle: string;
  categoryIcon: string;
  /** Hook names the script has, `all` expanded. */
  hooks: string[];
  /** Hook names the configuration is kept under: the granularities, or the single word "all". */
  configHooks: string[];
  defaultEnabled: boolean;
  defaultConf: ScriptConf;
  gui: ScriptGui | null;
  /** Values column of the list: "> 256 flows/s (Minute)", "8.8.8.8, 1.1.1.1". */
  state: 'ok' | 'error' | 'skipped';
  /** Why it is skipped or broken. */
  reason: string;
}

/** JSON only. */
export type ScriptConf = { [key: string]: unknown };
export interface HookConf {
  enabled: boolean;
  script_conf: ScriptConf;
}

/** 4.2's configuration set: config[subdir][script key][hook or "all"]. Id 0 is the default set. */
export interface ConfigSet {
  id: number;
  name: string;
  config: { [subdir: string]: { [script: string]: { [hook: string]: HookConf } } };
}

/** Entities that pools group; the words of 4.2 are host_pools, local_network_pools, interface_pools. */
export const POOL_KINDS = ['host', 'network', 'interface'] as const;
export type PoolKind = (typeof POOL_KINDS)[number];

/** A group of entities and the configuration set that applies to it; see pools.ts. */
export interface Pool {
  /** 0 is the default pool of its kind: what is in no other. */
  id: number;
  kind: PoolKind;
  name: string;
  /** "192.168.1.5/32", "10.0.0.0/8@12", "aa:bb:cc:dd:ee:ff"; CIDRs of local networks; numbers of interfaces. */
  members: string[];
  configSet: number;
}

/** All that is configured of plugins, as the room gets it. */
export interface PluginConfig {
  configSets: ConfigSet[];
  pools: Pool[];
  grants: Grants;
  recipients: Recipient[];
  /** Protocols that devices should not speak. */
  policies?: DevicePolicy[];
  /** Language of texts, "en". */
  language: string;
}

/** What a plugin may touch beyond its kind: its owner is asked in words. */
export const PERMISSIONS = ['notify', 'http', 'network', 'store'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Answers of the owner by plugin and permission. */
export type Grants = { [plugin: string]: { [permission in Permission]?: boolean } };

export interface PluginPermission {
  id: Permission;
  /** What the plugin would do with it, one sentence. */
  text: string;
  /** asked: nobody has answered yet; what that means is in the sentence. */
  state: 'asked' | 'granted' | 'refused';
}

/** A notification back-end that a plugin brings, and the fields it asks its owner for. */
export interface PluginEndpoint {
  /** File name without .lua. */
  key: string;
  name: string;
  /** Fields of the server and fields of the one who is told, in 4.2's words endpoint and recipient. */
  conf: { name: string; optional: boolean }[];
  recipient: { name: string; optional: boolean }[];
  /** Seconds between two messages. */
  seconds: number;
}

/** Someone who is told of alerts through a plugin's back-end. */
export interface Recipient {
  id: number;
  name: string;
  plugin: string;
  endpoint: string;
  conf: { [name: string]: string };
  params: { [name: string]: string };
  /** 1..8. */
  minSeverity: number;
  enabled: boolean;
}

/** A page that a plugin brings (web_gui). */
export interface PluginPage {
  /** "x.lua". */
  file: string;
  /** Entry in the menu; "" when the page is reached from other pages only. */
  label: string;
}

export interface PluginMeter {
  calls: number;
  errors: number;
  /** Hook calls not made because the queue was full or the plugin backed off. */
  skipped: number;
  alerts: number;
  p50Us: number;
  p99Us: number;
  /** Share of one core over the last minute, 0..100. */
  corePercent: number;
  memoryBytes: number;
  memoryLimit: number;
}

export interface PluginInfo {
  /** Folder name. */
  key: string;
  title: string;
  description: string;
  author: string;
  version: string;
  /** Folder the plugin lies in. */
  path: string;
  engine: 'wasm' | 'fengari' | 'quickjs';
  /** running; disabled by its manifest; error while loading; sampled or paused for its cost; quarantined until a person says otherwise. */
  state: 'running' | 'disabled' | 'error' | 'sampled' | 'paused' | 'quarantined';
  /** One sentence for the owner when state is not running. */
  reason: string;
  errors: PluginError[];
  scripts: ScriptInfo[];
  meter: PluginMeter;
  permissions: PluginPermission[];
  pages: PluginPage[];
  /** Notification back-ends the plugin brings (alert_endpoints). */
  endpoints: PluginEndpoint[];
}
