/** The admin page's HTTP server. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import type { AppliancePort } from '../appliance/port.ts';
import { html } from './html.ts';

export interface AdminOptions {
  /** Folder for the session table; made by the caller. */
  stateDir: string;
  host: string;
  /** 0 takes a free one; start() says which. */
  port: number;
  /** Port that browsers see when something forwards it. */
  publicPort?: number;
}

export interface Admin {
  start(): Promise<{ port: number }>;
  stop(): Promise<void>;
}

export function createAdmin(port: AppliancePort, options: AdminOptions): Admin {
  let server: Server | undefined;
  return {
    start: () => {
      const app = new Koa();
      app.use((ctx) => {
        ctx.type = 'html';
        ctx.body =
          html`<!doctype html><title>${port.settings.get().name}</title><h1>spanwatch ${port.version}</h1>`.text;
      });
      server = createServer(app.callback());
      return new Promise((resolve, reject) => {
        server!.once('error', reject);
        server!.listen(options.port, options.host, () => resolve({ port: (server!.address() as AddressInfo).port }));
      });
    },
    stop: () =>
      new Promise((resolve) => {
        if (server === undefined) return resolve();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
