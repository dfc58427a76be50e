/** What a kind of destination is: the fields it needs, and how a message gets there. One file per kind in senders/. */
import type { DestinationType, Notice, Reply } from './notify.ts';

/** One field of a destination's form. */
export interface Param {
  name: string;
  label: string;
  help?: string;
  /** secret: never shown again, "unchanged" when left empty. */
  kind: 'text' | 'secret' | 'number' | 'flag' | 'choice';
  options?: readonly { value: string; label: string }[];
  required?: boolean;
  fallback: string | number | boolean;
  max?: number;
  min?: number;
  /** Undefined when a text is fine, else "must be …". */
  wrong?(value: string): string | undefined;
}

export type Params = Readonly<Record<string, string | number | boolean>>;

/** One or more notices put into words. */
export interface Message {
  /** One line. */
  title: string;
  /** Plain text, lines separated by "\n". */
  text: string;
  /** The worst of its notices. */
  severity: number;
  notices: readonly Notice[];
  /** Where to read more, "" when the page's address is not known. */
  url: string;
  /** The box's name. */
  box: string;
}

export interface Context {
  /** Ends the attempt; senders pass it on or destroy their socket. */
  signal: AbortSignal;
  /** Stable per box, for client ids and the like. */
  boxId: string;
  version: string;
}

export interface Sender {
  type: DestinationType;
  title: string;
  icon: string;
  params: readonly Param[];
  /** Resolves to what the remote said; rejects only by a fault of ours. */
  send(params: Params, message: Message, context: Context): Promise<Reply>;
}

export const str = (params: Params, name: string): string => String(params[name] ?? '');
export const num = (params: Params, name: string): number => Number(params[name] ?? 0);
export const on = (params: Params, name: string): boolean => params[name] === true;

/** Undefined for an absolute http or https address without credentials in it. */
export function webAddressFault(value: string): string | undefined {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return 'must be an address such as https://example.org/hook';
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https:// or http://';
  return url.username !== '' || url.password !== '' ? 'must not hold a user name or password' : undefined;
}

/** A host name or an address, without port. */
export function hostFault(value: string): string | undefined {
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,252})$/.test(value) || /^[0-9a-fA-F:.]{2,45}$/.test(value)
    ? undefined
    : 'must be a host name or an address';
}

/** One line without control characters, at most `most` characters: for headers, topics, titles. */
export function oneLine(text: string, most: number): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
  return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Text at most `most` characters long, line ends kept, other control characters out. */
export function bounded(text: string, most: number): string {
  const clean = text.toWellFormed().replace(/[^\P{Cc}\n\t]/gu, ' ');
  return clean.length <= most ? clean : `${clean.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const FAILURES: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there (connection refused)',
  ENOTFOUND: 'there is no such host name',
  EAI_AGAIN: 'the host name cannot be resolved at this moment',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'it does not answer in time',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-made; allow any certificate if you trust it',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority; allow any certificate if you trust it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate comes from an unknown authority; allow any certificate if you trust it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate comes from an unknown authority; allow any certificate if you trust it',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** A failed connection in words: "cannot reach HOST: WHY". */
export function unreachable(where: string, error: unknown): Reply {
  const { code, name, message, errors } = error as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] };
  // Some libraries put their own code above the system's, which stays in the message.
  const known = [code, errors?.[0]?.code, ...(/\b[A-Z_]{5,}\b/.exec(message) ?? [])].find((c) => c && FAILURES[c]);
  const why = name === 'AbortError' || name === 'TimeoutError' ? 'ETIMEDOUT' : (known ?? '');
  return { ok: false, text: `cannot reach ${where}: ${FAILURES[why] ?? (oneLine(message, 200) || why)}` };
}
