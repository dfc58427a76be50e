import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { type Browser, openBrowser, openSite, type Site, signIn } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = [
  '/',
  '/alerts',
  '/alerts?group=none&source=192.168.0.0/16&severity=2',
  '/alerts?group=type',
  '/alerts?port=x',
  '/exclusions',
  '/exclusions/e1',
  '/exclusions/new?from=a0000',
  '/devices',
  '/devices/0011320a0b0c',
  '/hosts',
  '/hosts/one?ip=192.168.1.20',
  '/networks',
  '/flows?which=recent',
  '/alerts/a0000',
  '/alerts/a0002',
  '/flows',
  '/flows/1001',
  '/plugins',
  '/plugins/long_lived',
  '/workshop',
  '/workshop/guest_wifi',
  '/scripts/flow',
  '/scripts/snmp_device',
  '/scripts/flow/unexpected_dns',
  '/scripts/interface/throughput',
  '/scripts/flow/flow_risks',
  '/scripts/flow/elephant_flows',
  '/health',
  '/settings',
  '/settings/notifications',
  '/settings/notifications/new/email',
  '/settings/network',
  '/settings/https',
  '/settings/updates',
  '/configurations',
  '/configurations/pools/host/0',
  '/recipients',
  '/settings/backup',
  '/settings/logs',
  '/settings/users',
  '/settings/account',
  '/welcome/port',
  '/welcome/box',
  '/nothing',
];

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

let browser: Browser;
let site: Site;
before(async () => {
  browser = await openBrowser();
  site = await openSite({ alerts: 6, flows: 8 });
});
after(async () => {
  await browser.close();
  await site.close();
});

for (const [width, scheme] of [
  [360, 'light'],
  [768, 'light'],
  [1440, 'dark'],
] as const) {
  test(`axe finds nothing, and nothing is wider than the window: ${width} px, ${scheme}`, async () => {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: scheme,
      bypassCSP: true,
    });
    await context.addInitScript(AXE);
    const page = await context.newPage();
    const found = new Map<string, string>();
    const check = async (path: string): Promise<void> => {
      const wider = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      if (wider > 0) found.set(`wide ${path}`, `${wider} px wider than the window`);
      if (width === 768) return;
      const result = await page.evaluate<{ violations: Violation[] }>(
        "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
      );
      for (const v of result.violations) {
        found.set(
          v.id,
          `${path}: ${v.help}: ${v.nodes[0]?.html.slice(0, 200)} ${v.nodes[0]?.failureSummary.slice(0, 300)}`,
        );
      }
    };
    await page.goto(`${site.base}/login`);
    await check('/login');
    await signIn(page, site);
    for (const path of PAGES) {
      await page.goto(site.base + path);
      if (path === '/') await page.waitForSelector('.chart canvas');
      await check(path);
    }
    await page.goto(`${site.base}/scripts/flow/unexpected_dns`);
    await page.fill('textarea', 'x y');
    await page.click('button.primary');
    await page.waitForSelector('.error');
    await check('a refused form');
    await context.close();
    assert.deepEqual([...found], []);
  });
}
