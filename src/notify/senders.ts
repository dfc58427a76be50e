/** The kinds of destinations: a new one is a file in senders/ and a line here. */
import { DESTINATION_TYPES, type Destination, type DestinationType } from './notify.ts';
import type { Param, Sender } from './sender.ts';
import { discord, ntfy, slack, telegram } from './senders/chat.ts';
import { email } from './senders/email.ts';
import { mqtt } from './senders/mqtt.ts';
import { syslog } from './senders/syslog.ts';
import { webhook } from './senders/webhook.ts';

export const SENDERS: { readonly [T in DestinationType]: Sender } = {
  email,
  webhook,
  slack,
  telegram,
  discord,
  ntfy,
  syslog,
  mqtt,
};

/** Bounds of destinations, one reason each. */
export const NOTIFY_LIMITS = {
  /** A page of them; each has a queue. */
  destinations: 20,
  name: 60,
  /** Digest window: a day. */
  digestMinutes: 1440,
  perHour: 600,
} as const;

const ENTITIES = ['flow', 'host', 'interface', 'network', 'system'];

function paramFault(param: Param, value: unknown): string | undefined {
  switch (param.kind) {
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'must be on or off';
    case 'number':
      return Number.isInteger(value) && (value as number) >= (param.min ?? 0) && (value as number) <= (param.max ?? 1e9)
        ? undefined
        : `must be a whole number from ${param.min ?? 0} to ${param.max ?? 1e9}`;
    case 'choice':
      return param.options?.some((o) => o.value === value) ? undefined : 'must be one of the choices';
    default: {
      if (typeof value !== 'string') return 'must be a text';
      if (value === '') return param.required ? 'must not be empty' : undefined;
      if (value.length > (param.max ?? 500)) return `must not be longer than ${param.max ?? 500} characters`;
      return /\p{Cc}/u.test(value) ? 'must not contain control characters' : param.wrong?.(value);
    }
  }
}

type Fields = { [name: string]: unknown };
const whole = (v: unknown, min: number, max: number): boolean =>
  typeof v === 'number' && Number.isInteger(v) && v >= min && v <= max;

/** What is wrong with a destination, field by field: {name: "must be …"}; empty when it is fine. */
export function destinationFaults(value: unknown): { [field: string]: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { type: 'must be a destination' };
  const d = value as Fields;
  const faults: { [field: string]: string } = {};
  const no = (field: string, text: string): void => {
    faults[field] = text;
  };
  if (typeof d['id'] !== 'string' || !/^[a-z0-9]{8}$/.test(d['id'])) no('id', 'must be eight letters and digits');
  const { name } = d;
  if (typeof name !== 'string' || name.trim() === '' || name.length > NOTIFY_LIMITS.name || /\p{Cc}/u.test(name))
    no('name', `must have 1 to ${NOTIFY_LIMITS.name} characters`);
  if (typeof d['enabled'] !== 'boolean') no('enabled', 'must be on or off');
  if (typeof d['tellOver'] !== 'boolean') no('tellOver', 'must be on or off');
  if (!whole(d['minSeverity'], 1, 8)) no('minSeverity', 'must be from 1 to 8');
  if (!whole(d['digestMinutes'], 0, NOTIFY_LIMITS.digestMinutes))
    no('digestMinutes', `must be a whole number from 0 to ${NOTIFY_LIMITS.digestMinutes}`);
  if (!whole(d['perHour'], 1, NOTIFY_LIMITS.perHour))
    no('perHour', `must be a whole number from 1 to ${NOTIFY_LIMITS.perHour}`);
  const entities = d['entities'];
  if (!Array.isArray(entities) || entities.length > 5 || !entities.every((e) => ENTITIES.includes(e as string)))
    no('entities', `must be some of ${ENTITIES.join(', ')}`);
  if (!DESTINATION_TYPES.includes(d['type'] as DestinationType)) {
    no('type', `must be one of ${DESTINATION_TYPES.join(', ')}`);
    return faults;
  }
  const params = d['params'];
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    no('params', 'must be the fields of its type');
    return faults;
  }
  const known = SENDERS[d['type'] as DestinationType].params;
  for (const param of known) {
    const fault = paramFault(param, (params as Fields)[param.name]);
    if (fault !== undefined) no(`params.${param.name}`, fault);
  }
  const extra = Object.keys(params).find((key) => !known.some((p) => p.name === key));
  if (extra !== undefined) no('params', 'must hold the fields of its type only');
  return faults;
}

/** For the settings table: the list of destinations. */
export function destinationsFault(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'must be a list of destinations';
  if (value.length > NOTIFY_LIMITS.destinations)
    return `must not have more than ${NOTIFY_LIMITS.destinations} destinations`;
  for (const item of value) {
    const [field, fault] = Object.entries(destinationFaults(item))[0] ?? [];
    if (fault !== undefined) return `has a destination whose ${field} ${fault}`;
  }
  const ids = new Set((value as Destination[]).map(({ id }) => id));
  return ids.size === value.length ? undefined : 'must not have two destinations of one id';
}

/** A new destination of a type, everything at its default. */
export function newDestination(type: DestinationType, id: string): Destination {
  const { title, params } = SENDERS[type];
  return {
    id,
    name: title,
    type,
    enabled: true,
    minSeverity: 4,
    entities: [],
    tellOver: type === 'syslog' || type === 'mqtt',
    digestMinutes: type === 'email' ? 5 : 0,
    perHour: type === 'syslog' || type === 'mqtt' ? 600 : 20,
    params: Object.fromEntries(params.map((p) => [p.name, p.fallback])),
  };
}

/** The same without its secrets, with a list of those that are set. */
export function withoutSecrets(d: Destination): Destination & { secretsSet: string[] } {
  const params: Destination['params'] = { ...d.params };
  const secretsSet: string[] = [];
  for (const param of SENDERS[d.type].params) {
    if (param.kind !== 'secret') continue;
    if (params[param.name] !== '') secretsSet.push(param.name);
    params[param.name] = '';
  }
  return { ...d, params, secretsSet };
}
