/**
 * What plugins may do outside of the box, on the engine's thread and without anyone waiting: web requests, datagrams,
 * mail, ping, names. Each needs the owner's word (Grants), has a deadline, a rate and a bound on what comes back. The
 * script that asked is resumed with the answer.
 */
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, connect, isIP } from 'node:net';
import { Bucket } from './meter.ts';
import type { Grants, Permission } from './types.ts';

export const OUTSIDE_LIMITS = {
  /** Requests of one plugin: so many at once, so many a minute after that. */
  burst: 30,
  perMinute: 60,
  /** Requests under way, in all. */
  open: 32,
  timeoutMs: 10_000,
  sleepMs: 60_000,
  contentBytes: 256 << 10,
  sendBytes: 512 << 10,
  urlLength: 2048,
  redirects: 3,
  /** Hosts of one round of ping. */
  pings: 64,
  /** Packets of a continuous ping in its round. */
  pingPackets: 5,
} as const;

/** What a script asks for; see prelude/core.lua. */
export const ASKS = {
  httpGet: 'http',
  httpPost: 'http',
  postJson: 'http',
  mail: 'network',
  udp: 'network',
  tcp: 'network',
  ping: 'network',
  resolve: 'network',
  sleep: undefined,
} as const satisfies { [kind: string]: Permission | undefined };
export type AskKind = keyof typeof ASKS;
export const isAskKind = (kind: string): kind is AskKind => Object.hasOwn(ASKS, kind);

export interface Ask {
  plugin: string;
  kind: AskKind;
  args: unknown[];
  /** The owner set up a recipient for this call: that is his word for it. */
  notifying: boolean;
}

export interface OutsideOptions {
  log(plugin: string, text: string): void;
  /** SMTP client; without it mail is refused in words. */
  mail?(mail: {
    from: string;
    to: string;
    message: string;
    server: string;
    user: string;
    password: string;
  }): Promise<{ ok: boolean; text: string }>;
  /** Tests talk to servers on this machine; a plugin must not: the admin page is there. */
  allowLoopback?: boolean;
}

const str = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
const whole = (value: unknown, otherwise: number): number => {
  const n = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(n) ? Math.trunc(n) : otherwise;
};

/** This machine itself, and what answers to everyone on a link (cloud metadata among them). */
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('127.0.0.0', 8, 'ipv4');
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addSubnet('0.0.0.0', 8, 'ipv4');
FORBIDDEN.addAddress('::1', 'ipv6');
FORBIDDEN.addAddress('::', 'ipv6');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

const HOSTNAME = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?$/;

class Refused extends Error {}

interface Answered {
  status: number;
  content: string;
  type: string;
  url: string;
  address: string;
  times: { lookup: number; connect: number; secure: number; total: number };
}

export class Outside {
  grants: Grants = {};
  readonly #options: OutsideOptions;
  readonly #buckets = new Map<string, Bucket>();
  #open = 0;
  readonly counters = { asked: 0, refused: 0, failed: 0 };

  constructor(options: OutsideOptions) {
    this.#options = options;
  }

  /** Does what was asked; resolves with the values that the script gets (none: it was refused or failed). Never rejects. */
  async answer(ask: Ask): Promise<unknown[]> {
    this.counters.asked++;
    if (ask.kind === 'sleep') {
      await new Promise((resolve) =>
        setTimeout(resolve, Math.min(OUTSIDE_LIMITS.sleepMs, Math.max(0, whole(ask.args[0], 0)))),
      );
      return [];
    }
    try {
      this.#permit(ask);
      this.#open++;
      try {
        return await this.#do(ask);
      } finally {
        this.#open--;
      }
    } catch (error) {
      if (error instanceof Refused) this.counters.refused++;
      else this.counters.failed++;
      this.#options.log(ask.plugin, `${ask.kind}: ${error instanceof Error ? error.message : String(error)}`);
      return ask.kind === 'postJson' || ask.kind === 'mail' || ask.kind === 'udp' || ask.kind === 'tcp' ? [false] : [];
    }
  }

  #permit({ plugin, kind, notifying }: Ask): void {
    const needed = ASKS[kind];
    const word = needed === undefined ? true : this.grants[plugin]?.[needed];
    if (word === false || (word !== true && !notifying))
      throw new Refused(`not permitted: allow "${String(needed)}" on the page of the plugin`);
    let bucket = this.#buckets.get(plugin);
    if (!bucket) {
      bucket = new Bucket(OUTSIDE_LIMITS.burst, OUTSIDE_LIMITS.perMinute / 60);
      this.#buckets.set(plugin, bucket);
    }
    if (!bucket.take(performance.now()))
      throw new Refused(`too many requests: ${OUTSIDE_LIMITS.perMinute} a minute are allowed`);
    if (this.#open >= OUTSIDE_LIMITS.open) throw new Refused('too many requests are under way');
  }

  async #do({ kind, args }: Ask): Promise<unknown[]> {
    switch (kind) {
      case 'httpGet':
        return [
          table(await this.#http('GET', str(args[0]), '', '', str(args[1]), str(args[2]), args[3]), args[4] === true),
        ];
      case 'httpPost': {
        const body = str(args[1]);
        const type = /^\s*[[{]/.test(body) ? 'application/json' : 'application/x-www-form-urlencoded';
        return [table(await this.#http('POST', str(args[0]), body, type, str(args[2]), str(args[3]), args[4]), true)];
      }
      case 'postJson': {
        const answer = await this.#http(
          'POST',
          str(args[2]),
          str(args[3]),
          'application/json',
          str(args[0]),
          str(args[1]),
          args[4],
        );
        return [answer.status >= 200 && answer.status < 300];
      }
      case 'mail': {
        if (!this.#options.mail) throw new Refused('no mail can be sent by plugins here');
        const [from, to, message, server, user, password] = args.map(str);
        const sent = await this.#options.mail({
          from: from ?? '',
          to: to ?? '',
          message: message ?? '',
          server: server ?? '',
          user: user ?? '',
          password: password ?? '',
        });
        if (!sent.ok) throw new Error(sent.text);
        return [true];
      }
      case 'udp':
        return [await this.#datagram(str(args[0]), whole(args[1], 0), str(args[2]))];
      case 'tcp':
        return [await this.#stream(str(args[0]), whole(args[1], 0), str(args[2]), whole(args[3], 5))];
      case 'ping': {
        const hosts = (Array.isArray(args[0]) ? args[0] : []).slice(0, OUTSIDE_LIMITS.pings).map(str);
        const v6 = args[1] === true;
        const ping = (host: string): Promise<number | PingFigures> =>
          args[2] === true ? this.#pings(host, v6) : this.#ping(host, v6);
        const times = await Promise.allSettled(hosts.map(ping));
        const answered = hosts.flatMap((host, i) => {
          const time = times[i]!;
          return time.status === 'fulfilled' ? [[host, time.value] as const] : [];
        });
        return [Object.fromEntries(answered)];
      }
      case 'resolve':
        return [await this.#address(str(args[0]), args[1] === false ? 6 : 4)];
      case 'sleep':
        return [];
    }
  }

  /** The address behind a name, if plugins may talk to it. */
  async #address(host: string, family: 0 | 4 | 6 = 0): Promise<string> {
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare) === 0 && !HOSTNAME.test(bare)) throw new Refused(`${bare.slice(0, 60)} is no host`);
    const address = isIP(bare) !== 0 ? bare : (await lookup(bare, { family })).address;
    const kind = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (!this.#options.allowLoopback && FORBIDDEN.check(address, kind))
      throw new Refused(`${bare.slice(0, 60)} is this machine or its link: plugins do not talk to it`);
    return address;
  }

  async #http(
    method: 'GET' | 'POST',
    text: string,
    body: string,
    type: string,
    user: string,
    password: string,
    timeoutS: unknown,
    redirects = 0,
  ): Promise<Answered> {
    if (text.length > OUTSIDE_LIMITS.urlLength || !URL.canParse(text)) throw new Refused('that is no URL');
    if (body.length > OUTSIDE_LIMITS.sendBytes)
      throw new Refused(`more than ${OUTSIDE_LIMITS.sendBytes} bytes to send`);
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Refused(`${url.protocol} is not for plugins`);
    const begun = performance.now();
    const address = await this.#address(url.hostname);
    const looked = performance.now();
    const seconds = whole(timeoutS, 0);
    const timeout = Math.min(OUTSIDE_LIMITS.timeoutMs, seconds > 0 ? seconds * 1000 : OUTSIDE_LIMITS.timeoutMs);
    const family = isIP(address);
    const options: RequestOptions = {
      method,
      // The address that was looked at is the one that is spoken to.
      lookup: (_host, wanted, done) => {
        if (wanted.all) done(null, [{ address, family }]);
        else done(null, address, family);
      },
      signal: AbortSignal.timeout(timeout),
      headers: {
        'user-agent': 'spanwatch',
        ...(method === 'POST' ? { 'content-type': type, 'content-length': Buffer.byteLength(body) } : {}),
        ...(user === '' ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
      },
    };
    const answer = await new Promise<Answered & { location: string }>((resolve, reject) => {
      const times = { lookup: (looked - begun) / 1000, connect: 0, secure: 0, total: 0 };
      const since = (): number => (performance.now() - begun) / 1000;
      const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          const room = OUTSIDE_LIMITS.contentBytes - bytes;
          if (room <= 0) return;
          parts.push(part.subarray(0, room));
          bytes += Math.min(room, part.length);
        });
        response.on('error', reject);
        response.on('end', () => {
          times.total = since();
          resolve({
            status: response.statusCode ?? 0,
            content: Buffer.concat(parts).toString('utf8'),
            type: response.headers['content-type'] ?? '',
            url: url.href,
            address,
            times,
            location: response.headers.location ?? '',
          });
        });
      });
      request.on('socket', (socket) => {
        socket.once('connect', () => (times.connect = since()));
        socket.once('secureConnect', () => (times.secure = since()));
      });
      request.on('error', (error) => reject(new Error(`${url.host}: ${error.message}`)));
      request.end(method === 'POST' ? body : undefined);
    });
    const { location, ...kept } = answer;
    if (
      method === 'GET' &&
      answer.status >= 300 &&
      answer.status < 400 &&
      location !== '' &&
      redirects < OUTSIDE_LIMITS.redirects
    ) {
      const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
      // A password is not carried to another server.
      if (next) {
        const same = next.host === url.host;
        return this.#http(method, next.href, '', '', same ? user : '', same ? password : '', timeoutS, redirects + 1);
      }
    }
    return kept;
  }

  async #datagram(host: string, port: number, text: string): Promise<boolean> {
    if (port < 1 || port > 65535) throw new Refused(`${port} is no port`);
    if (Buffer.byteLength(text) > 65_000) throw new Refused('too long for a datagram');
    const address = await this.#address(host);
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.send(text, port, address, (error) => (error ? reject(error) : resolve()));
      });
    } finally {
      socket.close();
    }
    return true;
  }

  async #stream(host: string, port: number, text: string, timeoutS: number): Promise<boolean> {
    if (port < 1 || port > 65535) throw new Refused(`${port} is no port`);
    const address = await this.#address(host);
    await new Promise<void>((resolve, reject) => {
      const socket = connect({ host: address, port });
      socket.setTimeout(Math.min(OUTSIDE_LIMITS.timeoutMs, Math.max(1, timeoutS) * 1000), () =>
        socket.destroy(new Error(`${host}: no answer in time`)),
      );
      socket.once('error', reject);
      socket.once('connect', () => socket.end(text, () => resolve()));
    });
    return true;
  }

  /** What the system's ping, which may send ICMP, says of `count` packets; rejects when none is answered. */
  async #askPing(host: string, v6: boolean, count: number): Promise<string> {
    const address = await this.#address(host, v6 ? 6 : 0);
    const args = ['-n', '-c', String(count), '-i', '0.3', '-W', '2', address];
    return new Promise<string>((resolve, reject) => {
      execFile('ping', args, { timeout: 8000 }, (error, stdout) =>
        error ? reject(new Error(`${host} does not answer`)) : resolve(stdout),
      );
    });
  }

  /** Milliseconds to a host and back; rejects when it does not answer. */
  async #ping(host: string, v6: boolean): Promise<number> {
    const found = /time[=<]([\d.]+) ?ms/.exec(await this.#askPing(host, v6, 1));
    if (!found) throw new Error(`${host}: ping said nothing that can be read`);
    return Number(found[1]);
  }

  /** Figures of several packets, as 4.2's continuous ping gives them: per cent answered, milliseconds. */
  async #pings(host: string, v6: boolean): Promise<PingFigures> {
    const figures = pingFigures(await this.#askPing(host, v6, OUTSIDE_LIMITS.pingPackets));
    if (!figures) throw new Error(`${host}: ping said nothing that can be read`);
    return figures;
  }
}

export interface PingFigures {
  response_rate: number;
  min_rtt: number;
  max_rtt: number;
  mean: number;
  jitter: number;
}

/** The last lines of iputils' ping: "5 packets transmitted, 4 received, …" and "rtt min/avg/max/mdev = 1/2/3/0.5 ms". */
export function pingFigures(text: string): PingFigures | undefined {
  const [, sent = '', received = ''] = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(text) ?? [];
  const [, min, mean, max, jitter] = /= ([\d.]+)\/([\d.]+)\/([\d.]+)\/([\d.]+) ms/.exec(text) ?? [];
  if (Number(sent) === 0 || min === undefined) return undefined;
  return {
    response_rate: (Number(received) * 100) / Number(sent),
    min_rtt: Number(min),
    max_rtt: Number(max),
    mean: Number(mean),
    jitter: Number(jitter),
  };
}

/** An answer as 4.2's ntop.httpGet gives it. */
function table(answer: Answered, withContent: boolean): { [key: string]: unknown } {
  const { times } = answer;
  return {
    HTTP_STATS: {
      TOTAL_TIME: times.total,
      NAMELOOKUP_TIME: times.lookup,
      CONNECT_TIME: times.connect,
      APPCONNECT_TIME: times.secure,
    },
    RESOLVED_IP: answer.address,
    RESPONSE_CODE: answer.status,
    CONTENT_LEN: answer.content.length,
    CONTENT_TYPE: answer.type,
    EFFECTIVE_URL: answer.url,
    ...(withContent ? { CONTENT: answer.content } : {}),
  };
}
