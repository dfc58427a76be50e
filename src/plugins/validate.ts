/**
 * Checks what a person put into a script's configuration form against the form itself (the script's `gui` table), as
 * ntopng 4.2's input builders do, and says in words what is wrong. Needs no VM: the appliance calls it before it saves.
 */
import { isIP } from 'node:net';
import { GRANULARITIES } from './configsets.ts';
import type { HookConf, ScriptConf, ScriptGui } from './types.ts';

export type ParseResult = { ok: true; conf: HookConf } | { ok: false; field: string; message: string };

/** Bounds of one form. */
export const LIMITS = {
  /** Items of one list: a pasted allow list of a large site has hundreds. */
  items: 10_000,
  /** Characters of one item: longer than any host name. */
  itemLength: 255,
  /** Bytes of a configuration whose builder we do not know, as JSON. */
  confBytes: 64 * 1024,
} as const;

export const DEVICE_TYPES = [
  'unknown',
  'printer',
  'video',
  'workstation',
  'laptop',
  'tablet',
  'phone',
  'tv',
  'networking',
  'wifi',
  'nas',
  'multimedia',
  'iot',
] as const;

/** Says whether a protocol or category of that name exists; without it such names are only checked for their shape. */
export type KnownName = (name: string) => boolean;

interface ItemType {
  /** Start of the sentence for a bad one. */
  bad: string;
  check(item: string, known: KnownName | undefined): boolean;
  /** The form in which it is kept; duplicates are found on it. */
  normal?(item: string): string;
}

const WORD = /^[^\s']+$/;

const ITEM_TYPES: { [type: string]: ItemType } = {
  ip_address: { bad: 'Bad address', check: (item) => isIP(item) !== 0 },
  country: { bad: 'Bad country', check: (item) => /^[A-Za-z]{2}$/.test(item), normal: (item) => item.toUpperCase() },
  mac_address: {
    bad: 'Bad MAC address',
    check: (item) => /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(item),
    normal: (item) => item.toUpperCase().replaceAll('-', ':'),
  },
  device_type: {
    bad: 'Bad device type',
    check: (item) => (DEVICE_TYPES as readonly string[]).includes(item.toLowerCase()) || /^(\d|1[0-2])$/.test(item),
  },
  proto_or_category: {
    bad: 'Bad protocol or category',
    check: (item, known) => (known ? known(item) : /^[\w.+/-]+( [\w.+/-]+)*$/.test(item)),
  },
  string: { bad: 'Bad string', check: (item) => WORD.test(item) },
};

class Refusal {
  readonly field: string;
  readonly message: string;
  constructor(field: string, message: string) {
    this.field = field;
    this.message = message;
  }
}

const isObject = (value: unknown): value is { [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Splits what came from a form: an array of texts or numbers, or one text with commas or line ends. */
function splitItems(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return value.split(/[,\n]/);
  // An empty Lua table has no kind of its own and may come back as an object.
  if (isObject(value) && Object.keys(value).length === 0) return [];
  if (!Array.isArray(value)) return undefined;
  const out: string[] = [];
  for (const item of value) {
    if (typeof item !== 'string' && typeof item !== 'number') return undefined;
    out.push(String(item));
  }
  return out;
}

function parseItems(gui: ScriptGui, value: unknown, known: KnownName | undefined): string[] | Refusal {
  const raw = splitItems(value);
  if (!raw) return new Refusal('items', 'expected a list of texts');
  const type = Object.hasOwn(ITEM_TYPES, gui.itemListType) ? ITEM_TYPES[gui.itemListType] : undefined;
  const items = new Map<string, string>();
  for (const part of raw) {
    const item = part.trim();
    if (item === '') continue;
    const shown = item.length > 60 ? `${item.slice(0, 60)}…` : item;
    if (item.length > LIMITS.itemLength) return new Refusal('items', `${type?.bad ?? 'Bad item'}: ${shown}`);
    if (type && !type.check(item, known)) return new Refusal('items', `${type.bad}: ${shown}`);
    const kept = type?.normal ? type.normal(item) : item;
    if (!items.has(kept)) items.set(kept, kept);
    if (items.size > LIMITS.items) return new Refusal('items', `more than ${LIMITS.items} items`);
  }
  return [...items.values()];
}

function parseNumber(conf: ScriptConf, field: string, label: string): number | Refusal {
  const value = conf[field];
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    const given = value === undefined || value === '' ? 'nothing' : JSON.stringify(value).slice(0, 60);
    return new Refusal(field, `${label} must be a number, got ${given}`);
  }
  return number;
}

function parseThreshold(gui: ScriptGui, conf: ScriptConf): ScriptConf | Refusal {
  const threshold = parseNumber(conf, 'threshold', 'Threshold');
  if (threshold instanceof Refusal) return threshold;
  if (gui.min !== null && threshold < gui.min) {
    return new Refusal('threshold', `Threshold must be at least ${gui.min}, got ${threshold}`);
  }
  if (gui.max !== null && threshold > gui.max) {
    return new Refusal('threshold', `Threshold must be at most ${gui.max}, got ${threshold}`);
  }
  const operator = gui.operator || conf['operator'] || 'gt';
  if (operator !== 'gt' && operator !== 'lt' && operator !== 'eq') {
    return new Refusal('operator', `Operator must be gt or lt, got ${String(operator).slice(0, 60)}`);
  }
  return { operator, threshold };
}

function parseNumbers(
  gui: ScriptGui,
  conf: ScriptConf,
  fields: readonly string[],
  known: KnownName | undefined,
): ScriptConf | Refusal {
  const items = parseItems(gui, conf['items'], known);
  if (items instanceof Refusal) return items;
  const out: ScriptConf = { items };
  for (const field of fields) {
    const number = parseNumber(conf, field, field);
    if (number instanceof Refusal) return number;
    if (number < 0) return new Refusal(field, `${field} must not be negative, got ${number}`);
    out[field] = number;
  }
  return out;
}

function parseScriptConf(gui: ScriptGui, conf: ScriptConf, known: KnownName | undefined): ScriptConf | Refusal {
  switch (gui.builder) {
    case 'threshold_cross':
      return parseThreshold(gui, conf);
    case 'items_list': {
      const items = parseItems(gui, conf['items'], known);
      return items instanceof Refusal ? items : { items };
    }
    case 'multi_select': {
      const items = parseItems(gui, conf['items'], known);
      if (items instanceof Refusal) return items;
      const offered = new Set(gui.groups.flatMap((group) => group.elements.map((element) => element.id)));
      const stranger = offered.size > 0 ? items.find((item) => !offered.has(item)) : undefined;
      return stranger === undefined ? { items } : new Refusal('items', `Bad choice: ${stranger.slice(0, 60)}`);
    }
    case 'long_lived':
      return parseNumbers(gui, conf, ['min_duration'], known);
    case 'elephant_flows':
      return parseNumbers(gui, conf, ['l2r_bytes_value', 'r2l_bytes_value'], known);
    default: {
      // No form: the switch alone. Values that are already there (set by an import) stay.
      const bytes = JSON.stringify(conf).length;
      return bytes > LIMITS.confBytes
        ? new Refusal('script_conf', `configuration of ${bytes} bytes is too large`)
        : conf;
    }
  }
}

/**
 * Checks one hook's part of the form. `input` is `{enabled, script_conf}`; lists may come as arrays or as one text with
 * commas. A disabled hook is stored as it is, as in 4.2, so that a half-filled form can be switched off.
 */
export function parseConf(gui: ScriptGui | null, hook: string, input: unknown, known?: KnownName): ParseResult {
  const refuse = (field: string, message: string): ParseResult => ({ ok: false, field: `${hook}.${field}`, message });
  if (!isObject(input)) return refuse('', 'expected {enabled, script_conf}');
  const { enabled } = input;
  if (typeof enabled !== 'boolean') return refuse('enabled', 'enabled must be true or false');
  const conf = Array.isArray(input['script_conf']) && input['script_conf'].length === 0 ? {} : input['script_conf'];
  if (!isObject(conf)) return refuse('script_conf', 'script_conf must be an object');
  if (!enabled || gui === null) {
    const bytes = JSON.stringify(conf).length;
    if (bytes > LIMITS.confBytes * 4) return refuse('script_conf', `configuration of ${bytes} bytes is too large`);
    return { ok: true, conf: { enabled, script_conf: conf } };
  }
  const parsed = parseScriptConf(gui, conf, known);
  if (parsed instanceof Refusal) return refuse(parsed.field, parsed.message);
  return { ok: true, conf: { enabled, script_conf: parsed } };
}

const GRANULARITY_TITLES: { [hook: string]: string } = {
  min: 'Minute',
  '5mins': '5 Minutes',
  hour: 'Hourly',
  day: 'Daily',
};
const OPERATORS: { [operator: string]: string } = { gt: '>', lt: '<', eq: '=' };

function describeItems(gui: ScriptGui, conf: ScriptConf): string {
  const items = splitItems(conf['items']) ?? [];
  if (gui.builder !== 'multi_select') return items.join(', ');
  const labels = new Map(gui.groups.flatMap((group) => group.elements.map((e) => [e.id, e.label] as const)));
  return items.map((item) => labels.get(item) ?? item).join(', ');
}

/** The "values" column of the script list: "> 256 flows/s (Minute), < 3 flows/s (Hourly)" or "8.8.8.8, 1.1.1.1". */
export function describeConf(gui: ScriptGui | null, confs: { [hook: string]: HookConf }): string {
  if (gui === null) return '';
  if (gui.builder === 'threshold_cross') {
    const order: string[] = [...GRANULARITIES, 'all'];
    const hooks = Object.keys(confs).sort((a, b) => order.indexOf(a) - order.indexOf(b));
    const parts: string[] = [];
    for (const hook of hooks) {
      const { enabled, script_conf: conf } = confs[hook]!;
      if (!enabled || conf['threshold'] === undefined) continue;
      const operator = OPERATORS[String(conf['operator'] ?? (gui.operator || 'gt'))] ?? '>';
      const unit = gui.unit === '' ? '' : ` ${gui.unit}`;
      const title = hook === 'all' ? '' : ` (${GRANULARITY_TITLES[hook] ?? hook})`;
      parts.push(`${operator} ${String(conf['threshold'])}${unit}${title}`);
    }
    return parts.join(', ');
  }
  const conf = (confs['all'] ?? Object.values(confs)[0])?.script_conf ?? {};
  switch (gui.builder) {
    case 'items_list':
    case 'multi_select':
      return describeItems(gui, conf);
    case 'long_lived':
      return conf['min_duration'] === undefined ? '' : `> ${String(conf['min_duration'])} s`;
    case 'elephant_flows': {
      const { l2r_bytes_value: out, r2l_bytes_value: back } = conf;
      return out === undefined ? '' : `> ${String(out)} bytes sent, > ${String(back)} bytes received`;
    }
    default:
      return '';
  }
}
