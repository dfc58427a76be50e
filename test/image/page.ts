/** The admin page of a machine as a program uses it: signed in, the API, the file of an update, a hook that is told. */
import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { dns, type Host, udp } from '../kit/frames.ts';
import { check } from './machine.ts';

export const PASSWORD = 'walrus teapot 91 sky';
const tokenIn = (page: string): string => /name="_token" value="([^"]+)"/.exec(page)?.[1] ?? '';

export class Page {
  readonly base: string;
  #cookie = '';
  #token = '';

  constructor(base: string) {
    this.base = base;
  }

  /** Through the form; `first` sets the password of a box that has none. */
  async signIn(password = PASSWORD, first = false): Promise<void> {
    const path = first ? '/setup' : '/login';
    const door = await fetch(this.base + path, { redirect: 'manual' });
    this.#cookie = (door.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    const body = new URLSearchParams({ _token: tokenIn(await door.text()), password, again: password });
    const answer = await fetch(this.base + path, {
      method: 'POST',
      redirect: 'manual',
      body,
      headers: { Cookie: this.#cookie, Origin: this.base },
    });
    this.#cookie = answer.headers
      .getSetCookie()
      .map((c) => c.split(';')[0])
      .join('; ');
    check(
      answer.status === 303 && /(^| )spanwatch=./.test(this.#cookie),
      `${first ? 'sets a password' : 'signs in'} (${answer.status})`,
    );
    this.#token = (await this.api<{ token: string }>('GET', '/session')).token;
  }

  async get(path: string): Promise<string> {
    return (
      await fetch(this.base + path, { headers: { Cookie: this.#cookie }, signal: AbortSignal.timeout(30_000) })
    ).text();
  }

  /** Rejects with what the answer says when it is not a success. */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.base}/api/v1${path}`, {
      method,
      headers: {
        Cookie: this.#cookie,
        Origin: this.base,
        'X-CSRF-Token': this.#token,
        'Content-Type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }

  /** Sends an update as the page's script does. */
  async sendUpdate(bytes: Uint8Array): Promise<void> {
    const token = tokenIn(await this.get('/settings/updates'));
    const headers = {
      Cookie: this.#cookie,
      Origin: this.base,
      'X-CSRF-Token': token,
      'Content-Type': 'application/octet-stream',
    };
    const body = new Uint8Array(bytes);
    const answer = await fetch(`${this.base}/settings/updates/file`, { method: 'POST', headers, body });
    check(answer.status === 200, `the page takes ${Math.round(bytes.length / 1e6)} MB (${answer.status})`);
  }

  /** A button of the page Settings → Updates. */
  async press(what: 'other' | 'reboot'): Promise<void> {
    const token = tokenIn(await this.get('/settings/updates'));
    const answer = await fetch(`${this.base}/settings/updates/${what}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ _token: token }),
      headers: { Cookie: this.#cookie, Origin: this.base },
    });
    check(answer.status === 303, `the button "${what}" (${answer.status})`);
  }

  /** The tutorial's plugin, told of one DNS server that may be asked, and a hook on this host that hears of each alert. */
  async watchDns(hookPort: number): Promise<void> {
    const script = await this.api<{ configHooks: string[] }>('GET', '/scripts/flow/unexpected_dns');
    const conf = { enabled: true, items: ['192.168.1.1'] };
    await this.api('PUT', '/scripts/flow/unexpected_dns', Object.fromEntries(script.configHooks.map((h) => [h, conf])));
    await this.api('PUT', '/notifications/imgtests', {
      name: 'image test',
      type: 'webhook',
      enabled: true,
      minSeverity: 1,
      entities: ['flow'],
      tellOver: false,
      digestMinutes: 0,
      perHour: 10_000,
      params: { url: `http://10.0.2.2:${hookPort}/` },
    });
  }

  /** DNS servers that alerts in the store speak of. */
  async strangers(): Promise<Set<string>> {
    const found = new Set<string>();
    for (let offset = 0; ; offset += 500) {
      const { items } = await this.api<{ items: unknown[] }>('GET', `/alerts?limit=500&offset=${offset}`);
      for (const item of items)
        for (const m of JSON.stringify(item).matchAll(/198\.18\.\d+\.\d+|198\.51\.100\.\d+/g)) found.add(m[0]);
      if (items.length < 500) return found;
    }
  }
}

/** Hears of alerts: what it was told is acknowledged, and may not be gone after a power cut. */
export class Hook {
  readonly told = new Set<string>();
  readonly port: number;
  #server: Server | undefined;

  constructor(port = 18_590) {
    this.port = port;
  }

  async open(): Promise<void> {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        for (const m of body.matchAll(/198\.18\.\d+\.\d+|198\.51\.100\.\d+/g)) this.told.add(m[0]);
        response.end('thanks');
      });
    });
    await new Promise<void>((done) => this.#server!.listen(this.port, '127.0.0.1', done));
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}

const desk: Host = { ip: '192.168.1.10', mac: '02:00:00:00:02:10' };

/** Requests of a desk to `count` DNS servers that nobody allowed, from the `first`th on; each with its answer. */
export function* strangeDns(first: number, count: number): Generator<Uint8Array> {
  for (let i = first; i < first + count; i++) {
    const server: Host = { ip: `198.18.${(i >> 8) & 255}.${i & 255}`, mac: '02:00:00:00:01:01' };
    yield udp(desk, server, 20_000 + (i % 30_000), 53, dns(i & 0xffff, 'www.example.com'));
    yield udp(server, desk, 53, 20_000 + (i % 30_000), dns(i & 0xffff, 'www.example.com', '203.0.113.7'));
  }
}

/** Until it has been told of something more; false when that takes longer. */
export async function toldMore(hook: Hook, than: number, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(200)) if (hook.told.size > than) return true;
  return false;
}
