/** What a script's table tells of itself, parsed: values that come out of a VM may be anything. */
import type { LuaValue } from '../sandbox/index.ts';
import type { ScriptConf, ScriptGui } from './types.ts';

export type Fields = { [key: string]: LuaValue };
export const str = (value: LuaValue): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
export const num = (value: LuaValue): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
export const list = (value: LuaValue): LuaValue[] => (Array.isArray(value) ? value : []);
export const fields = (value: LuaValue): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

const BUILDERS = new Set(['default', 'items_list', 'threshold_cross', 'multi_select', 'long_lived', 'elephant_flows']);

/** The form a script's `gui` asks for. */
export function toGui(value: Fields): ScriptGui {
  const builder = str(value['builder']);
  return {
    builder: BUILDERS.has(builder) ? builder : 'default',
    inputTitle: str(value['input_title']),
    inputDescription: str(value['input_description']),
    itemListType: str(value['item_list_type']),
    unit: str(value['unit']),
    min: num(value['min']),
    max: num(value['max']),
    step: num(value['step']),
    operator: str(value['operator']),
    groups: list(value['groups']).map((group) => ({
      label: str(fields(group)['label']),
      elements: list(fields(group)['elements']).map((e) => ({
        id: str(fields(e)['id']),
        label: str(fields(e)['label']),
      })),
    })),
  };
}

/** JSON's idea of what a script gave as default: an empty table is a list where 4.2's forms expect one. */
export function toConf(value: LuaValue): ScriptConf {
  const conf: ScriptConf = {};
  for (const [key, item] of Object.entries(fields(value))) {
    const empty = typeof item === 'object' && item !== null && !Array.isArray(item) && Object.keys(item).length === 0;
    conf[key] = empty ? [] : item;
  }
  return conf;
}

/** Fields that a notification back-end asks for. */
export function paramsOf(value: LuaValue): { name: string; optional: boolean }[] {
  return list(value)
    .slice(0, 32)
    .map((item) => ({ name: str(fields(item)['name']).slice(0, 64), optional: fields(item)['optional'] === true }))
    .filter(({ name }) => /^[\w.-]+$/.test(name) && name !== '__proto__');
}

export const CATEGORY_ICONS: { [key: string]: string } = {
  other: 'fas fa-scroll',
  security: 'fas fa-shield-alt',
  internals: 'fas fa-wrench',
  network: 'fas fa-network-wired',
  system: 'fas fa-server',
};

/** Why a script that loads cannot work here, by what its setup() asked last. */
export const SETUP_WORDS: { [asked: string]: string } = {
  enterprise:
    'it needs functions of the Enterprise edition of ntopng (SNMP polling, licensed modules), which are not here',
  influxdb: 'it watches an InfluxDB server: time series are kept by this appliance itself, there is none to watch',
  nedge: 'it works inline (nEdge) only: this appliance listens at a mirror port and cannot hold traffic back',
};
