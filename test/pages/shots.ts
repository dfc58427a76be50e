/** Takes screenshots of every page: node test/pages/shots.ts FOLDER [width,...] [light,dark] [page,...]. */
import { mkdir } from 'node:fs/promises';
import { openBrowser, openSite, signIn } from './browser.ts';

const [folder = 'shots', widths = '360,768,1440', schemes = 'light,dark', only = ''] = process.argv.slice(2);
/** Pixels of the tallest picture; lists go on below. */
const TALLEST = 1500;
const PAGES: Record<string, string> = {
  overview: '/',
  alerts: '/alerts',
  alert: '/alerts/a0000',
  'alert-host': '/alerts/a0002',
  'alerts-all': '/alerts?group=none&source=192.168.1.0/24&since=24',
  'alerts-type': '/alerts?group=type',
  exclusions: '/exclusions',
  'exclusion-new': '/exclusions/new?from=a0000',
  devices: '/devices',
  device: '/devices/0011320a0b0c',
  hosts: '/hosts',
  host: '/hosts/one?ip=192.168.1.20',
  networks: '/networks',
  flows: '/flows',
  flow: '/flows/1001',
  plugins: '/plugins',
  plugin: '/plugins/long_lived',
  workshop: '/workshop',
  'workshop-draft': '/workshop/guest_wifi',
  scripts: '/scripts/flow',
  'script-items': '/scripts/flow/unexpected_dns',
  'script-threshold': '/scripts/interface/throughput',
  'script-choices': '/scripts/flow/flow_risks',
  'script-amounts': '/scripts/flow/elephant_flows',
  configurations: '/configurations',
  pool: '/configurations/pools/host/0',
  recipients: '/recipients',
  health: '/health',
  settings: '/settings',
  notifications: '/settings/notifications',
  'notification-email': '/settings/notifications/new/email',
  users: '/settings/users',
  network: '/settings/network',
  https: '/settings/https',
  updates: '/settings/updates',
  account: '/settings/account',
  backup: '/settings/backup',
  logs: '/settings/logs',
  welcome: '/welcome/port',
  'welcome-box': '/welcome/box',
  missing: '/nothing/here',
};

await mkdir(folder, { recursive: true });
const site = await openSite();
const browser = await openBrowser();
for (const scheme of schemes.split(',')) {
  for (const width of widths.split(',').map(Number)) {
    const context = await browser.newContext({
      viewport: { width, height: width < 500 ? 740 : 900 },
      colorScheme: scheme === 'dark' ? 'dark' : 'light',
    });
    const page = await context.newPage();
    // As tall as the page, so that what sticks to the window's edge stands at the picture's edge.
    const shot = async (name: string): Promise<void> => {
      const tall = await page.evaluate<number>('document.documentElement.scrollHeight');
      await page.setViewportSize({ width, height: Math.min(TALLEST, Math.max(tall, width < 500 ? 740 : 700)) });
      await page.waitForTimeout(150);
      await page.screenshot({ path: `${folder}/${name}-${width}-${scheme}.png` });
      await page.setViewportSize({ width, height: width < 500 ? 740 : 900 });
    };
    if (only === '' || only.split(',').includes('setup')) {
      const fresh = await openSite({ fresh: true });
      await page.goto(`${fresh.base}/setup`);
      await shot('setup');
      await fresh.close();
    }
    await page.goto(`${site.base}/login`);
    if (only === '' || only.includes('login')) await shot('login');
    await signIn(page, site);
    for (const [name, path] of Object.entries(PAGES)) {
      if (only !== '' && !only.split(',').includes(name)) continue;
      await page.goto(site.base + path, { waitUntil: 'networkidle' });
      await shot(name);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      if (overflow > 0) process.stdout.write(`${name} ${width} ${scheme}: ${overflow} px wider than the window\n`);
    }
    await context.close();
  }
}
await browser.close();
await site.close();
