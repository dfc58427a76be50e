import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { XSS_CORPUS } from '../../src/admin/xss-corpus.ts';
import { newDestination } from '../../src/notify/senders.ts';
import { type Browser, openBrowser, openSite, type Site, signIn } from './browser.ts';

let browser: Browser;
let site: Site;
before(async () => {
  browser = await openBrowser();
  const name = XSS_CORPUS[0]!;
  const destination = {
    ...newDestination('webhook', 'hostile1'),
    name,
    params: { url: 'https://x.example/', secret: XSS_CORPUS[1]!, authorization: '', anyCertificate: false },
  };
  site = await openSite({ hostile: true, alerts: 57, flows: 60, settings: { destinations: [destination] } });
});
after(async () => {
  await browser.close();
  await site.close();
});

/** Counts what ran and what the policy had to stop: both must be none, or an escape is missing somewhere. */
const WATCH = `window.hit = 0; window.stopped = [];
for (const f of ['alert', 'confirm', 'prompt']) window[f] = () => { window.hit++; };
document.addEventListener('securitypolicyviolation', (e) => window.stopped.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample));`;

test('hostile names of the network, of plugins and of visitors run nowhere', async () => {
  const context = await browser.newContext();
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(site.base)) strangers.push(request.url());
  });
  await signIn(page, site);
  const { alerts, flows, plugins } = site.port.data;
  const paths = [
    '/',
    '/alerts',
    '/alerts?group=none&offset=50',
    '/alerts?group=type',
    '/alerts?group=source',
    '/exclusions',
    '/exclusions/e1',
    '/exclusions/new?from=a0001',
    '/exclusions/new?from=a0002',
    '/devices',
    '/devices/0011320a0b0c',
    '/hosts',
    '/hosts/one?ip=192.168.1.20',
    '/networks',
    '/configurations',
    '/recipients',
    '/settings/network',
    '/settings/updates',
    '/?range=7d',
    '/flows',
    '/plugins',
    '/workshop',
    '/workshop/guest_wifi',
    '/health',
    '/settings',
    '/settings/notifications',
    '/settings/notifications/hostile1',
    '/settings/notifications/new/email',
    '/settings/users',
    '/settings/account',
    '/settings/backup',
    '/settings/logs',
    '/welcome/port',
    '/welcome/box',
    ...XSS_CORPUS.map((x) => `/settings/logs?search=${encodeURIComponent(x)}`),
    ...['host', 'interface', 'network', 'flow', 'system', 'syslog'].map((s) => `/scripts/${s}`),
    ...alerts.slice(0, 12).map((a) => `/alerts/${a._id}`),
    ...flows.slice(0, 14).map((f) => `/flows/${f.id}`),
    ...plugins.map((p) => `/plugins/${p.key}`),
    ...plugins.flatMap((p) => p.scripts.map((s) => `/scripts/${s.subdir}/${s.key}`)),
    ...XSS_CORPUS.flatMap((x) => [`/alerts?search=${encodeURIComponent(x)}`, `/flows?search=${encodeURIComponent(x)}`]),
    ...XSS_CORPUS.flatMap((x) => [
      `/alerts?protocol=${encodeURIComponent(x)}&entity=${encodeURIComponent(x)}`,
      `/exclusions/new?entity=${encodeURIComponent(x)}&plugin=${encodeURIComponent(x)}`,
      `/devices?search=${encodeURIComponent(x)}`,
      `/hosts/one?ip=${encodeURIComponent(x)}`,
    ]),
  ];
  for (const path of paths) {
    await page.goto(site.base + path, { waitUntil: 'domcontentloaded' });
    const seen = await page.evaluate<[number, string[], string]>('[window.hit, window.stopped, document.title]');
    assert.deepEqual([seen[0], seen[1]], [0, []], path);
    assert.match(seen[2], / · spanwatch$/, path);
  }
  await page.goto(`${site.base}/flows`);
  await page.waitForTimeout(2600);
  assert.deepEqual(await page.evaluate('[window.hit, window.stopped]'), [0, []]);
  assert.deepEqual(strangers, []);
  await context.close();
});

test('hostile text typed into every form comes back as text', async () => {
  const context = await browser.newContext();
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  await signIn(page, site);
  const words = XSS_CORPUS.filter((x) => !/\p{Cc}/u.test(x)).slice(0, 30);
  await page.goto(`${site.base}/scripts/flow/unexpected_dns`);
  await page.fill('textarea', words.join(','));
  await page.click('.form-actions button.primary');
  await page.waitForSelector('.error');
  assert.deepEqual(await page.evaluate('[window.hit, window.stopped]'), [0, []]);
  await page.goto(`${site.base}/alerts/${site.port.data.alerts[0]!._id}`);
  await page.fill('#note', words.join('\n'));
  await page.click('button:has-text("Save note")');
  await page.waitForSelector('.notice.ok');
  assert.equal(await page.inputValue('#note'), words.join('\n').replace(/[\u202a-\u202e\u2066-\u2069]/g, '\ufffd'));
  await page.goto(`${site.base}/settings`);
  await page.fill('textarea >> nth=0', words.join('\n'));
  await page.click('button:has-text("Save")');
  await page.waitForSelector('.error');
  assert.deepEqual(await page.evaluate('[window.hit, window.stopped]'), [0, []]);
  await page.goto(`${site.base}/exclusions/new`);
  await page.fill('[name="protocol"]', words[0]!);
  await page.fill('[name="source"]', words[1]!);
  await page.fill('#reason', words.join(' '));
  await page.click('button:has-text("Exclude")');
  await page.waitForSelector('.error');
  await page.uncheck('[name="use"][value="source"]');
  await page.click('button:has-text("Exclude")');
  await page.waitForSelector('.notice.ok');
  assert.deepEqual(await page.evaluate('[window.hit, window.stopped]'), [0, []]);
  await page.goto(`${site.base}/devices/0011320a0b0c`);
  await page.fill('#alias', words[2]!);
  await page.click('button:has-text("Save")');
  await page.waitForSelector('.notice.ok');
  await page.goto(`${site.base}/devices`);
  assert.deepEqual(await page.evaluate('[window.hit, window.stopped]'), [0, []]);
  await context.close();
});

test('the test would notice: a page without escapes runs the corpus', async () => {
  const page = await browser.newPage();
  await page.addInitScript(WATCH);
  await page.setContent(`<script>window.hit = 0</script>${XSS_CORPUS.slice(0, 20).join('\n')}`);
  await page.waitForTimeout(300);
  assert.ok((await page.evaluate<number>('window.hit')) > 0);
  await page.close();
});
