/** Kinds of settings: what each accepts, with a sentence for what it does not. One builder per kind. */
import { isIP } from 'node:net';

/** Where a setting stands on the settings page; `none` = kept by a page of its own, never in a form or the API. */
export type SettingsSection = 'general' | 'capture' | 'storage' | 'web' | 'alerts' | 'plugins' | 'notify' | 'none';

/** live: in force at once. engine: the engine starts anew (a second without capture). restart: the service does. */
export type Applies = 'live' | 'engine' | 'restart';

export type Input =
  | { kind: 'text'; max: number; mono?: boolean; suggest?: 'interfaces' | 'zones' }
  | { kind: 'number'; min: number; max: number; unit: string }
  /** Stored in bytes, typed in megabytes. */
  | { kind: 'bytes'; min: number; max: number }
  | { kind: 'flag' }
  | { kind: 'choice'; options: readonly { value: string; label: string }[] }
  | { kind: 'lines'; most: number }
  | { kind: 'hidden' };

/** One setting. `T` is what it holds. */
export interface Field<T> {
  section: SettingsSection;
  /** In English; another language has texts `set.<key>` and `set.<key>.help`. */
  title: string;
  help: string;
  fallback: T;
  applies: Applies;
  input: Input;
  /** Left out of what is shown and of backups that are not encrypted. */
  secret: boolean;
  /** Undefined when the value is fine, else what is wrong with it and what is expected: "must be …". */
  wrong(value: unknown): string | undefined;
}

interface Common<T> {
  section: SettingsSection;
  title: string;
  help: string;
  fallback: T;
  applies?: Applies;
}

const common = <T>(o: Common<T>) => ({
  section: o.section,
  title: o.title,
  help: o.help,
  fallback: o.fallback,
  applies: o.applies ?? ('live' as const),
  secret: false,
});

export function textFault(value: unknown, most: number): string | undefined {
  if (typeof value !== 'string') return 'must be a text';
  if (value.length > most) return `must not be longer than ${most} characters`;
  return /\p{Cc}/u.test(value) ? 'must not contain control characters' : undefined;
}

/** One line of text, at most `max` characters; `check` says more, for texts that passed the rest. */
export function text(
  o: Common<string> & {
    max: number;
    mono?: boolean;
    suggest?: 'interfaces' | 'zones';
    check?(value: string): string | undefined;
  },
): Field<string> {
  return {
    ...common(o),
    input: {
      kind: 'text',
      max: o.max,
      ...(o.mono ? { mono: true } : {}),
      ...(o.suggest ? { suggest: o.suggest } : {}),
    },
    wrong: (value) => textFault(value, o.max) ?? o.check?.(value as string),
  };
}

/** A whole number within bounds; `unit` stands behind it. */
export function number(o: Common<number> & { min: number; max: number; unit?: string }): Field<number> {
  return {
    ...common(o),
    input: { kind: 'number', min: o.min, max: o.max, unit: o.unit ?? '' },
    wrong: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= o.min && value <= o.max
        ? undefined
        : `must be a whole number from ${o.min} to ${o.max}`,
  };
}

/** A size in bytes; people type it in MB (1 MB = 1,000,000 bytes). */
export function bytes(o: Common<number> & { min: number; max: number }): Field<number> {
  return {
    ...common(o),
    input: { kind: 'bytes', min: o.min, max: o.max },
    wrong: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= o.min && value <= o.max
        ? undefined
        : `must be from ${o.min / 1e6} to ${o.max / 1e6} MB`,
  };
}

export function flag(o: Common<boolean>): Field<boolean> {
  return {
    ...common(o),
    input: { kind: 'flag' },
    wrong: (value) => (typeof value === 'boolean' ? undefined : 'must be on or off'),
  };
}

/** One of a few words: options maps each to what a person reads. */
export function choice<const V extends string>(o: Common<NoInfer<V>> & { options: Record<V, string> }): Field<V> {
  const options = Object.entries<string>(o.options).map(([value, label]) => ({ value, label }));
  return {
    ...common<V>(o),
    input: { kind: 'choice', options },
    wrong: (value) =>
      options.some((option) => option.value === value)
        ? undefined
        : `must be one of ${options.map((option) => option.value).join(', ')}`,
  };
}

/** A list, one entry a line; `check` refuses an entry with "… is not a …". */
export function lines(
  o: Common<string[]> & { most: number; check(entry: string): string | undefined },
): Field<string[]> {
  return {
    ...common(o),
    input: { kind: 'lines', most: o.most },
    wrong(value) {
      if (!Array.isArray(value)) return 'must be a list, one entry a line';
      if (value.length > o.most) return `must not have more than ${o.most} entries`;
      for (const entry of value) {
        const fault = typeof entry === 'string' ? o.check(entry) : 'is not a text';
        if (fault !== undefined) return `has an entry that is wrong: ${JSON.stringify(entry)} ${fault}`;
      }
      return undefined;
    },
  };
}

/** Kept with the settings and edited by a page of its own; `secret` ones travel only in encrypted backups. */
export function hidden<T>(o: {
  title: string;
  help: string;
  fallback: T;
  secret: boolean;
  applies?: Applies;
  wrong(value: unknown): string | undefined;
}): Field<T> {
  return { ...common({ ...o, section: 'none' }), secret: o.secret, input: { kind: 'hidden' }, wrong: o.wrong };
}

/** True for "192.168.1.0/24", "fd00::/8" and single addresses. */
export function isCidr(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}
