/** What page tests share: the admin page over a fake appliance, and a Chromium to look at it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { createFakePort, type FakeOptions, type FakePort } from '../../src/admin/fake-port.ts';
import { hashPassword } from '../../src/admin/password.ts';
import { createAdmin } from '../../src/admin/server.ts';

export const PASSWORD = 'four quiet herons';

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ARGS });
}

export interface Site {
  base: string;
  port: FakePort;
  close(): Promise<void>;
}

export async function openSite(options: FakeOptions & { fresh?: boolean } = {}): Promise<Site> {
  const stateDir = await mkdtemp(join(tmpdir(), 'spanwatch-pages-'));
  const port = createFakePort(options);
  if (!options.fresh) await port.settings.update({ passwordHash: await hashPassword(PASSWORD) });
  const admin = createAdmin(port, { stateDir, host: '127.0.0.1', port: 0 });
  const bound = await admin.start();
  return {
    base: `http://127.0.0.1:${bound.port}`,
    port,
    close: async () => {
      await admin.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

export async function signIn(page: Page, site: Site): Promise<void> {
  await page.goto(`${site.base}/login`);
  await page.fill('#password', PASSWORD);
  await page.click('button.primary');
  await page.waitForSelector('.main-nav');
}

export type { Browser, BrowserContext, Page };
