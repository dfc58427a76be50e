/** os.time, os.date and os.clock over a clock of the owner's, as the Lua manual (6.9) and C's strftime have them. */
import { type HostFunction, type LuaValue, luaError, type VmHooks } from './vm.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A broken-down time, local or UTC. */
interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  min: number;
  sec: number;
  wday: number;
  yday: number;
  offsetMin: number;
  epoch: number;
}

function parts(ms: number, utc: boolean): Parts {
  const at = new Date(ms);
  const offsetMin = utc ? 0 : -at.getTimezoneOffset();
  const d = new Date(ms + offsetMin * 60000);
  const year = d.getUTCFullYear();
  return {
    year,
    month: d.getUTCMonth(),
    day: d.getUTCDate(),
    hour: d.getUTCHours(),
    min: d.getUTCMinutes(),
    sec: d.getUTCSeconds(),
    wday: d.getUTCDay(),
    yday: Math.floor((Date.UTC(year, d.getUTCMonth(), d.getUTCDate()) - Date.UTC(year, 0, 1)) / 86400000),
    offsetMin,
    epoch: Math.floor(ms / 1000),
  };
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Week of the year when weeks begin on `first` (0 Sunday, 1 Monday). */
const week = (p: Parts, first: number): number => Math.floor((p.yday + 7 - ((p.wday - first + 7) % 7)) / 7);

/** ISO 8601 week and its year. */
function isoWeek(p: Parts): { year: number; week: number } {
  const thursday = new Date(Date.UTC(p.year, p.month, p.day + 4 - (p.wday || 7)));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / 86400000 / 7) + 1 };
}

function zone(p: Parts): string {
  const minutes = Math.abs(p.offsetMin);
  return `${p.offsetMin < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

const conversions: Record<string, (p: Parts) => string> = {
  a: (p) => DAYS[p.wday]!.slice(0, 3),
  A: (p) => DAYS[p.wday]!,
  b: (p) => MONTHS[p.month]!.slice(0, 3),
  B: (p) => MONTHS[p.month]!,
  c: (p) => strftime('%a %b %e %H:%M:%S %Y', p)!,
  C: (p) => two(Math.floor(p.year / 100)),
  d: (p) => two(p.day),
  D: (p) => strftime('%m/%d/%y', p)!,
  e: (p) => String(p.day).padStart(2, ' '),
  F: (p) => strftime('%Y-%m-%d', p)!,
  g: (p) => two(isoWeek(p).year % 100),
  G: (p) => String(isoWeek(p).year),
  h: (p) => MONTHS[p.month]!.slice(0, 3),
  H: (p) => two(p.hour),
  I: (p) => two(p.hour % 12 || 12),
  j: (p) => String(p.yday + 1).padStart(3, '0'),
  m: (p) => two(p.month + 1),
  M: (p) => two(p.min),
  n: () => '\n',
  p: (p) => (p.hour < 12 ? 'AM' : 'PM'),
  r: (p) => strftime('%I:%M:%S %p', p)!,
  R: (p) => strftime('%H:%M', p)!,
  s: (p) => String(p.epoch),
  S: (p) => two(p.sec),
  t: () => '\t',
  T: (p) => strftime('%H:%M:%S', p)!,
  u: (p) => String(p.wday || 7),
  U: (p) => two(week(p, 0)),
  V: (p) => two(isoWeek(p).week),
  w: (p) => String(p.wday),
  W: (p) => two(week(p, 1)),
  x: (p) => strftime('%m/%d/%y', p)!,
  X: (p) => strftime('%H:%M:%S', p)!,
  y: (p) => two(p.year % 100),
  Y: (p) => String(p.year),
  z: zone,
  Z: (p) => (p.offsetMin === 0 ? 'GMT' : zone(p)),
  '%': () => '%',
};

/** undefined when a conversion is unknown. */
function strftime(format: string, p: Parts): string | undefined {
  let known = true;
  const text = format.replace(/%[EO]?([\s\S]?)/g, (_, letter: string) => {
    const convert = conversions[letter];
    if (!convert) known = false;
    return convert ? convert(p) : '';
  });
  return known ? text : undefined;
}

const MAX_SECONDS = 8.64e12;

function date(nowMs: number, format: LuaValue, time: LuaValue): LuaValue[] | ReturnType<typeof luaError> {
  let text = format === undefined || format === null ? '%c' : format;
  if (typeof text === 'number') text = String(text);
  if (typeof text !== 'string') return luaError("bad argument #1 to 'date' (string expected)");
  let seconds = nowMs / 1000;
  if (time !== undefined && time !== null) {
    seconds = Number(time);
    if (typeof time === 'object' || !Number.isFinite(seconds))
      return luaError("bad argument #2 to 'date' (number expected)");
  }
  if (Math.abs(seconds) > MAX_SECONDS) return luaError("bad argument #2 to 'date' (time out-of-bounds)");
  const utc = text.startsWith('!');
  if (utc) text = text.slice(1);
  const p = parts(Math.floor(seconds) * 1000, utc);
  if (text.startsWith('*t')) {
    const { year, day, hour, min, sec } = p;
    return [{ year, month: p.month + 1, day, hour, min, sec, wday: p.wday + 1, yday: p.yday + 1, isdst: false }];
  }
  const out = text.length > 500 ? undefined : strftime(text, p);
  if (out === undefined) return luaError(`bad argument #1 to 'date' (invalid conversion specifier '${text}')`);
  return [out];
}

function time(nowMs: number, table: LuaValue): LuaValue[] | ReturnType<typeof luaError> {
  if (table === undefined || table === null) return [Math.floor(nowMs / 1000)];
  if (typeof table !== 'object' || Array.isArray(table)) return luaError("bad argument #1 to 'time' (table expected)");
  const field = (key: string, fallback?: number): number => {
    const value = table[key];
    if (value === undefined || value === null) return fallback ?? Number.NaN;
    return Number.isInteger(Number(value)) ? Number(value) : Number.NaN;
  };
  const at: Record<string, number> = {
    year: field('year'),
    month: field('month'),
    day: field('day'),
    hour: field('hour', 12),
    min: field('min', 0),
    sec: field('sec', 0),
  };
  for (const [key, value] of Object.entries(at)) {
    if (Number.isNaN(value)) return luaError(`field '${key}' missing in date table or not an integer`);
  }
  const ms = new Date(at['year']!, at['month']! - 1, at['day'], at['hour'], at['min'], at['sec']).getTime();
  if (Number.isNaN(ms)) return luaError('time result cannot be represented');
  return [Math.floor(ms / 1000)];
}

/** The host functions that the prelude turns into print, io and os. */
export function osFunctions(hooks: Partial<VmHooks> = {}): Record<string, HostFunction> {
  const nowMs = hooks.nowMs ?? Date.now;
  const startedMs = nowMs();
  return {
    write: ([text]) => {
      if (typeof text === 'string') hooks.write?.(text);
      return [];
    },
    time: ([table]) => time(nowMs(), table),
    date: ([format, at]) => date(nowMs(), format, at),
    clock: () => [(nowMs() - startedMs) / 1000],
  };
}
