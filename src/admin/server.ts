/** The admin page's HTTP server: the middleware list, then the pages, then the API. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import Router from '@koa/router';
import Koa from 'koa';
import type { AppliancePort } from '../appliance/port.ts';
import { log } from '../log.ts';
import { apiRoutes } from './api.ts';
import { loadAssets } from './assets.ts';
import type { AdminContext, Room, State } from './context.ts';
import { setLanguage } from './i18n.ts';
import { LoginLimiter } from './limits.ts';
import { liveRoutes, registerParts } from './live.ts';
import { LiveHub } from './live-hub.ts';
import { metricsRoutes } from './metrics.ts';
import { middlewareList } from './middleware.ts';
import { accountRoutes } from './pages/account.ts';
import { alertRoutes } from './pages/alerts.ts';
import { backupRoutes } from './pages/backup.ts';
import { boxNetworkRoutes } from './pages/box-network.ts';
import { certificateRoutes } from './pages/certificate.ts';
import { configRoutes } from './pages/configs.ts';
import { deviceRoutes } from './pages/devices.ts';
import { doorRoutes } from './pages/door.ts';
import { exclusionRoutes } from './pages/exclusions.ts';
import { flowRoutes } from './pages/flows.ts';
import { healthRoutes } from './pages/health.ts';
import { hostRoutes } from './pages/hosts.ts';
import { logRoutes } from './pages/logs.ts';
import { notificationRoutes } from './pages/notifications.ts';
import { overviewRoutes } from './pages/overview.ts';
import { pluginRoutes } from './pages/plugins.ts';
import { recipientRoutes } from './pages/recipients.ts';
import { scriptEditRoutes } from './pages/script-edit.ts';
import { scriptRoutes } from './pages/scripts.ts';
import { settingsRoutes } from './pages/settings.ts';
import { updateRoutes } from './pages/updates.ts';
import { userRoutes } from './pages/users.ts';
import { welcomeRoutes } from './pages/welcome.ts';
import { workshopRoutes } from './pages/workshop.ts';
import { Sessions } from './sessions.ts';
import { TotpCheck } from './totp.ts';

export interface AdminOptions {
  /** Folder for the session table; made when it is missing. */
  stateDir: string;
  host: string;
  /** 0 takes a free one; start() says which. */
  port: number;
  /** Port that browsers see when something forwards it; said in the log only. */
  publicPort?: number;
  /** PEM texts; with them the page speaks HTTPS and its cookies are Secure. */
  tls?: { key: string; cert: string };
}

export interface Admin {
  start(): Promise<{ port: number }>;
  stop(): Promise<void>;
}

/** Connections at once; a browser opens six. */
const MAX_CONNECTIONS = 256;

const ROUTES = [
  doorRoutes,
  welcomeRoutes,
  liveRoutes,
  metricsRoutes,
  overviewRoutes,
  alertRoutes,
  exclusionRoutes,
  deviceRoutes,
  hostRoutes,
  flowRoutes,
  recipientRoutes,
  pluginRoutes,
  workshopRoutes,
  configRoutes,
  scriptRoutes,
  scriptEditRoutes,
  healthRoutes,
  settingsRoutes,
  accountRoutes,
  userRoutes,
  backupRoutes,
  certificateRoutes,
  logRoutes,
  boxNetworkRoutes,
  updateRoutes,
  notificationRoutes,
  apiRoutes,
];

/** Pages and API; what they may be asked is decided before (middleware.ts). */
export function buildRouter(room: Room): Router<State> {
  const router = new Router<State>({ strict: false });
  for (const add of ROUTES) add(router, room);
  return router;
}

export function buildApp(room: Room): Koa<State> {
  const app = new Koa<State>();
  app.proxy = false;
  app.silent = true;
  app.on('error', (error: Error) => {
    // Connections that browsers drop are daily business.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ECONNRESET' && code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE')
      log('error', 'admin', `answer failed: ${error.stack ?? error.message}`);
  });
  for (const step of middlewareList(room)) app.use(step.run);
  const router = buildRouter(room);
  registerParts(room);
  app.use(router.routes() as unknown as Koa.Middleware<State>);
  app.use(router.allowedMethods() as unknown as Koa.Middleware<State>);
  return app;
}

export function createAdmin(port: AppliancePort, options: AdminOptions): Admin {
  const room: Room = {
    port,
    sessions: new Sessions(options.stateDir),
    limiter: new LoginLimiter(),
    totp: new TotpCheck(),
    live: new LiveHub(),
    assets: loadAssets(),
    flashes: new Map(),
  };
  let server: Server | undefined;

  return {
    async start() {
      setLanguage(port.settings.get().language);
      await room.sessions.start();
      const handle = buildApp(room).callback();
      const limits = {
        maxHeaderSize: 16 * 1024,
        headersTimeout: 10_000,
        // An update of 150 MB over a slow wireless link.
        requestTimeout: 300_000,
        keepAliveTimeout: 20_000,
      };
      server =
        options.tls === undefined
          ? createServer(limits, handle)
          : createTlsServer({ ...limits, ...options.tls }, handle);
      server.maxConnections = MAX_CONNECTIONS;
      server.on('clientError', (_error, socket) => {
        if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
        else socket.destroy();
      });
      const listening = server;
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject);
        listening.listen(options.port, options.host, () => {
          listening.off('error', reject);
          resolve();
        });
      });
      const bound = (listening.address() as AddressInfo).port;
      log('info', 'admin', `admin page on port ${options.publicPort ?? bound}`);
      return { port: bound };
    },

    async stop() {
      const open = server;
      server = undefined;
      room.live.stop();
      if (open !== undefined) {
        await new Promise<void>((resolve) => {
          open.close(() => resolve());
          open.closeAllConnections();
        });
      }
      await room.sessions.stop();
    },
  };
}

export type { AdminContext };
