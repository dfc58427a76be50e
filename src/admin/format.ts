/** Figures as people read them. */
import { currentLanguage, formatNumber, t } from './i18n.ts';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

function scaled(n: number, step: number, units: readonly string[]): string {
  let at = 0;
  let value = n;
  while (Math.abs(value) >= step * 0.9995 && at < units.length - 1) {
    value /= step;
    at++;
  }
  const digits = at === 0 || Math.abs(value) >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[at]}`;
}

/** SI: 1 kB = 1000 B. */
export function bytes(n: number): string {
  return scaled(n, 1000, UNITS);
}

export function bits(n: number): string {
  return scaled(n, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
}

export function number(n: number): string {
  return formatNumber(n);
}

/** A measured figure: whole where it is large, with what matters of its fraction where it is small. */
export function formatValue(n: number): string {
  const digits = Number.isInteger(n) || Math.abs(n) >= 100 ? 0 : Math.abs(n) >= 1 ? 1 : 3;
  return formatNumber(Number(n.toFixed(digits)));
}

/** 1234567 -> "1.2 M": for strips where space is short. */
export function short(n: number): string {
  return scaled(n, 1000, ['', 'k', 'M', 'G', 'T']).trimEnd();
}

export function percent(share: number): string {
  return share > 0 && share < 0.1
    ? '< 0.1 %'
    : `${share < 10 ? share.toFixed(1).replace(/\.0$/, '') : Math.round(share)} %`;
}

export function microseconds(us: number): string {
  return us < 1000 ? `${Math.round(us)} µs` : us < 1e6 ? `${(us / 1000).toFixed(1)} ms` : `${(us / 1e6).toFixed(1)} s`;
}

/** "4.2 s", "3 min 5 s", "2 h 10 min", "5 d 3 h". */
export function duration(ms: number): string {
  const s = Math.max(0, ms) / 1000;
  if (s < 1) return `${Math.round(s * 1000)} ms`;
  if (s < 60) return `${s < 10 ? s.toFixed(1).replace(/\.0$/, '') : Math.floor(s)} s`;
  const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
    small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
  if (s < 3600) return two(Math.floor(s / 60), 'min', Math.floor(s % 60), 's');
  if (s < 86_400) return two(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'min');
  return two(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3600), 'h');
}

const pad = (n: number): string => String(n).padStart(2, '0');

/** In the box's time zone: "2026-11-23 18:04:09". Out-of-range input prints as unknown. */
export function dateTime(ms: number): string {
  const d = new Date(ms);
  if (!(ms > 0) || Number.isNaN(d.getTime())) return t('unknown');
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`;
}

/** The last formatter made: making one takes a thousand times as long as using it. */
let dayFormat = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
let dayFormatFor = '';

/** "Nov 23" in the language of the page and the box's time zone. */
function dayText(ms: number): string {
  const wanted = `${currentLanguage()} ${process.env['TZ'] ?? ''}`;
  if (dayFormatFor !== wanted) {
    dayFormat = new Intl.DateTimeFormat(currentLanguage(), { day: 'numeric', month: 'short' });
    dayFormatFor = wanted;
  }
  return dayFormat.format(ms);
}

/** Short form for lists: the time when it is today, day and minute before, the date when it is another year. */
export function listTime(ms: number, nowMs = Date.now()): string {
  const full = dateTime(ms);
  const now = dateTime(nowMs);
  if (full.slice(0, 10) === now.slice(0, 10)) return full.slice(11);
  if (full.slice(0, 4) !== now.slice(0, 4)) return full.slice(0, 16);
  return `${dayText(ms)}, ${full.slice(11, 16)}`;
}

/** For the datetime attribute. */
export function isoTime(ms: number): string {
  const d = new Date(ms);
  return Number.isNaN(d.getTime()) ? '' : d.toISOString();
}

/** Bounded text for a place where a long one would break the line; the rest is cut with an ellipsis. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const chars = text.length > length * 2 ? text.slice(0, length * 2) : text;
  const points = [...chars];
  return points.length <= length && chars.length === text.length ? text : `${points.slice(0, length - 1).join('')}…`;
}

export function endpoint(ip: string, port: number): string {
  return port === 0 ? ip : ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
