/** A running admin page and a small browser without scripts, for tests: cookies, forms, tokens. */

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAssets } from './assets.ts';
import type { Room } from './context.ts';
import { createFakePort, type FakeOptions, type FakePort } from './fake-port.ts';
import { LoginLimiter } from './limits.ts';
import { LiveHub } from './live-hub.ts';
import { hashPassword } from './password.ts';
import { buildApp } from './server.ts';
import { Sessions } from './sessions.ts';
import { TotpCheck } from './totp.ts';

export const TEST_PASSWORD = 'four quiet herons';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export class Visitor {
  readonly cookies = new Map<string, string>();
  readonly #port: number;
  /** Sent as Host; the real address unless a test pretends another. */
  host: string;

  constructor(port: number) {
    this.#port = port;
    this.host = `127.0.0.1:${port}`;
  }

  send(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
    const cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const options: RequestOptions = {
      host: '127.0.0.1',
      port: this.#port,
      method,
      path,
      headers: { Host: this.host, ...(cookie === '' ? {} : { Cookie: cookie }), ...headers },
    };
    return new Promise((resolve, reject) => {
      const req = request(options, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (c: Buffer) => chunks.push(c));
        res.on('error', reject);
        res.on('end', () => {
          for (const line of res.headers['set-cookie'] ?? []) this.#keep(line);
          resolve({ status: res.statusCode ?? 0, headers: res.headers, text: Buffer.concat(chunks).toString() });
        });
      });
      req.on('error', reject);
      req.end(body);
    });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, headers);
  }

  /** Posts a form as a browser does; the token is taken from `page` unless the fields hold one. */
  async post(
    path: string,
    fields: Record<string, string | string[]>,
    headers: Record<string, string> = {},
    page?: string,
  ): Promise<Answer> {
    const body = new URLSearchParams();
    if (fields['_token'] === undefined) {
      const token = tokenOf((await this.get(page ?? (this.cookies.has('spanwatch') ? '/settings' : '/login'))).text);
      body.set('_token', token);
    }
    for (const [k, v] of Object.entries(fields)) for (const one of Array.isArray(v) ? v : [v]) body.append(k, one);
    return this.send(
      'POST',
      path,
      { 'Content-Type': 'application/x-www-form-urlencoded', Origin: `http://${this.host}`, ...headers },
      body.toString(),
    );
  }

  signIn(password = TEST_PASSWORD): Promise<Answer> {
    return this.post('/login', { password, next: '/' }, {}, '/login');
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    if (value === '' || attributes.some((a) => /^expires=Thu, 01 Jan 1970/.test(a))) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

export function tokenOf(html: string): string {
  return /name="_token" value="([^"]+)"/.exec(html)?.[1] ?? '';
}

export interface TestSite {
  port: FakePort;
  room: Room;
  visitor(): Visitor;
  /** A visitor who is signed in. */
  owner(): Promise<Visitor>;
  close(): Promise<void>;
}

export async function openTestSite(
  options: FakeOptions & { fresh?: boolean; remoteAddress?: string; now?: () => number } = {},
): Promise<TestSite> {
  const stateDir = await mkdtemp(join(tmpdir(), 'spanwatch-admin-'));
  const port = createFakePort(options);
  if (!options.fresh) await port.settings.update({ passwordHash: await hashPassword(TEST_PASSWORD) });
  const room: Room = {
    port,
    sessions: new Sessions(stateDir, options.now),
    limiter: new LoginLimiter(options.now),
    totp: new TotpCheck(),
    live: new LiveHub(),
    assets: loadAssets(),
    flashes: new Map(),
  };
  await room.sessions.start();
  const server = createServer(buildApp(room).callback());
  if (options.remoteAddress !== undefined) {
    server.on('connection', (socket: Socket) => {
      Object.defineProperty(socket, 'remoteAddress', { value: options.remoteAddress });
    });
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  return {
    port,
    room,
    visitor: () => new Visitor(bound),
    owner: async () => {
      const visitor = new Visitor(bound);
      const answer = await visitor.signIn();
      if (answer.status !== 303) throw new Error(`sign-in answered ${answer.status}`);
      return visitor;
    },
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await room.sessions.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
