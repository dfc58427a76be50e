/** Modules and globals of Lua that plugins use, for the reference and for editors: `name(parameters): returns -- text`. */

export const MODULES: { readonly [module: string]: { about: string; lines: string } } = {
  user_scripts: {
    about: 'Categories and units of scripts.',
    lines: `
script_categories: table -- other, security, internals, network, system: the category of a script
field_units: table -- seconds, bytes, flows, packets, mbits, hosts, syn_sec, flow_sec, percentage, syn_min: unit of a threshold
operator_functions: table -- gt, lt, eq
`,
  },
  flow_consts: {
    about: 'Statuses of flows.',
    lines: `
status_types: table -- by name of the file in status_definitions, and those of ntopng; each has create(severity, ...), alert_severity, status_key
max_score: integer -- 1024
`,
  },
  alert_consts: {
    about: 'Kinds, severities and granularities of alerts.',
    lines: `
alert_types: table -- by name of the file in alert_definitions, and those of ntopng; each has create(...)
alert_severities: table -- debug, info, notice, warning, error, critical, alert, emergency
alerts_granularities: table -- min, 5mins, hour, day
alert_entities: table -- interface, host, network, flow, mac and more
`,
  },
  alerts_api: {
    about: 'Alerts of hosts, networks, interfaces and everything else that is no flow.',
    lines: `
store(entity: table, info: table, when?: integer): boolean -- an alert that has no end
trigger(entity: table, info: table, when?: integer, cur_alerts?: table): boolean -- engages an alert; confirmed by calling it again each run
release(entity: table, info: table, when?: integer, cur_alerts?: table): boolean -- ends an engaged alert
checkThresholdAlert(params: table, alert_type: table, value: number): boolean? -- engages or releases by the configured threshold
hostAlertEntity(ip: string, vlan?: integer): table -- a host
interfaceAlertEntity(ifid: integer): table -- an interface
networkAlertEntity(cidr: string): table -- a network
macEntity(mac: string): table -- a device
host_delta_val(metric: string, granularity: string, value: number, skip_first?: boolean): number -- what was added since the run before
interface_delta_val(metric: string, granularity: string, value: number, skip_first?: boolean): number -- the same for the interface
network_delta_val(metric: string, granularity: string, value: number, skip_first?: boolean): number -- the same for a network
application_bytes(info: table, name: string): integer -- bytes of an application from entity_info
category_bytes(info: table, name: string): integer -- bytes of a category from entity_info
`,
  },
  alert_keys: {
    about: 'Numbers of alerts.',
    lines: 'ntopng: table -- those of ntopng by name\nuser: table -- alert_user_01 to alert_user_05',
  },
  flow_keys: {
    about: 'Numbers of statuses.',
    lines: 'ntopng: table -- those of ntopng by name\nuser: table -- status_user_01 to status_user_05',
  },
  dkjson: {
    about: 'JSON.',
    lines:
      'encode(value: any): string -- a value as JSON\ndecode(text: string): any -- JSON as a value, nil when it is none',
  },
};

export const GLOBALS = `
i18n(key: string, data?: table): string? -- a text of this plugin ("plugin.name") or of the core, %{name} filled from data
traceError(level: integer, console: integer, text: string) -- a line in the log; levels are TRACE_ERROR, TRACE_WARNING, TRACE_NORMAL, TRACE_INFO, TRACE_DEBUG
isEmptyString(text: any): boolean -- nil or ""
ternary(condition: any, a: any, b: any): any -- a or b
split(text: string, delimiter: string): table -- parts
hostinfo2hostkey(info: table): string -- address@vlan
bytesToSize(bytes: number): string -- such as 1.50 MB
formatValue(n: number): string -- with thousands
round(n: number, decimals?: integer): number -- rounded
secondsToTime(seconds: number): string -- such as 2 h, 5 min
isIPv4(text: string): boolean -- an IPv4 address
isIPv6(text: string): boolean -- an IPv6 address
isMacAddress(text: string): boolean -- a MAC address
tprint(value: any) -- shows a table in the log
`;
