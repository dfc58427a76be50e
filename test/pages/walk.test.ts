import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, openBrowser, openSite, PASSWORD, type Page, type Site } from './browser.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** Fails the test on anything a browser complains about. */
function watch(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // A refused form answers 422, and the browser reports every such answer.
    if (message.type() === 'error' && !/status of (422|401|404)/.test(message.text())) faults.push(message.text());
  });
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED')
      faults.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  return faults;
}

/** From the alert that is open: excludes what it is about, sees what that hides, and takes it back. */
async function silence(site: Site, page: Page): Promise<void> {
  await page.click('.actions >> text=Exclude…');
  await page.waitForSelector('h1:has-text("New exclusion")');
  assert.match(await page.innerText('#preview'), /8\s+of the newest 57 alerts/);
  await page.fill('#reason', 'tablet of the guests');
  await page.selectOption('#expiry', '24');
  await page.click('button:has-text("Exclude")');
  await page.waitForSelector('.notice.ok');
  assert.match(await page.innerText('tbody tr >> nth=0'), /192\.168\.1\.15[\s\S]*tablet of the guests/);
  assert.equal(site.port.exclusions.list().length, 4);
  await page.click('tbody tr >> nth=0 >> button[title="Remove"]');
  await page.waitForSelector('.notice.ok >> text=stored and shown again');
  assert.equal(site.port.exclusions.list().length, 3);
}

async function walk(site: Site, page: Page, scripts = true): Promise<void> {
  await page.goto(site.base);
  assert.match(page.url(), /\/setup$/);
  await page.fill('#password', 'password123');
  await page.fill('#again', 'password123');
  await page.click('text=Set password');
  assert.match(await page.innerText('#password-error'), /tried first/);
  await page.fill('#password', PASSWORD);
  await page.fill('#again', PASSWORD);
  await page.click('text=Set password');
  if (!scripts) await page.click('button:has-text("Listen for")');
  await page.waitForSelector('.choice .badge.ok');
  assert.match(await page.innerText('main'), /48,211 packets/);
  await page.click('button:has-text("Next")');
  await page.fill('#set-name', 'Shop');
  await page.click('button:has-text("Finish")');
  await page.waitForSelector('h1:has-text("Overview")');
  assert.match(await page.innerText('.bell-count'), /13/);

  await page.click('.main-nav >> text=Scripts');
  await page.click('.tabs >> text=Flows');
  await page.click('button[aria-label="Enable Unexpected DNS server"]');
  await page.waitForURL(/\/scripts\/flow\/unexpected_dns\?enable=1$/);
  assert.equal(await page.isChecked('[name="all.enabled"]'), true);
  await page.fill('textarea[name="all.items"]', '192.168.1.1, 8.8.8.888');
  await page.click('button:has-text("Apply")');
  assert.equal(await page.innerText('#all-items-error'), 'Bad address: 8.8.8.888');
  assert.equal(await page.inputValue('textarea[name="all.items"]'), '192.168.1.1, 8.8.8.888');
  assert.equal(site.port.config.script('flow', 'unexpected_dns')['all']?.enabled, false);
  await page.fill('textarea[name="all.items"]', '192.168.1.1, 1.1.1.1');
  await page.click('button:has-text("Apply")');
  await page.waitForSelector('.notice.ok');
  assert.deepEqual(site.port.config.script('flow', 'unexpected_dns'), {
    all: { enabled: true, script_conf: { items: ['192.168.1.1', '1.1.1.1'] } },
  });

  await page.click('#bell');
  await page.click('.tabs >> text=Flow Alerts');
  // One row per thing leads to its alerts, and from there to one of them.
  await page.click('.row-link >> text=Unexpected DNS server found: 8.8.8.8 [Score: 100]');
  await page.waitForSelector('.chip >> text=192.168.1.15');
  await page.click('.row-link >> text=Unexpected DNS server found: 8.8.8.8 [Score: 100]');
  await page.waitForSelector('h2:has-text("Why")');
  assert.match(await page.innerText('main'), /192\.168\.1\.1, 1\.1\.1\.1/);
  await page.click('text=Open the flow');
  await page.waitForSelector('h2:has-text("Findings")');
  assert.match(await page.innerText('main'), /Unexpected DNS server/);
  await page.goBack();
  await page.click('button:has-text("Acknowledge")');
  await page.waitForSelector('.notice.ok');
  assert.equal(await page.innerText('.bell-count'), '12');

  await silence(site, page);
  await page.click('.main-nav >> text=Devices');
  await page.click('.row-link >> text=nas');
  await page.fill('#alias', 'Store room');
  await page.click('button:has-text("Save")');
  await page.waitForSelector('h1:has-text("Store room")');

  await page.click('.main-nav >> text=Flows');
  await page.fill('input[type="search"]', 'tracker');
  await page.click('button:has-text("Search")');
  await page.waitForSelector('#flows >> text=8.8.8.8:53');
  assert.equal(await page.locator('#flows >> text=www.google.com').count(), 0);

  await page.click('.main-nav >> text=Plugins');
  await page.click('button:has-text("Reload Plugins")');
  await page.waitForSelector('text=7 plugins loaded');
  await page.click('.main-nav >> text=Health');
  await page.waitForSelector('h2:has-text("Capture")');
}

test('first visit, password, a script set up, an alert read, its flow: with scripts', async () => {
  const site = await openSite({ fresh: true });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const faults = watch(page);
  try {
    await walk(site, page);
  } finally {
    await context.close();
    await site.close();
  }
  assert.deepEqual(faults, []);
});

test('the same walk on a phone without scripts', async () => {
  const site = await openSite({ fresh: true });
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
  try {
    await walk(site, await context.newPage(), false);
  } finally {
    await context.close();
    await site.close();
  }
});

test('live parts renew themselves, keep the focus and end with the session', async () => {
  const site = await openSite();
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults = watch(page);
  await page.goto(`${site.base}/login`);
  await page.fill('#password', PASSWORD);
  await page.click('text=Sign in >> nth=-1');
  await page.goto(`${site.base}/flows`);
  await page.focus('#flows a[href="/flows/1003"]');
  site.port.data.flows.push({
    ...structuredClone(site.port.data.flows[0]!),
    id: 4242,
    client: { ip: '192.168.1.250', port: 1, mac: '', local: true, group: false },
    lastMs: Date.now() + 1000,
  });
  await page.waitForSelector('#flows >> text=192.168.1.250:1', { timeout: 6000 });
  assert.equal(await page.evaluate<string>('document.activeElement.getAttribute("href")'), '/flows/1003');
  for (const a of site.port.data.alerts) a.acknowledged = true;
  await page.waitForSelector('.bell-count', { state: 'detached', timeout: 8000 });
  const other = await context.newPage();
  await other.goto(`${site.base}/settings/account`);
  await other.click('button[title="Sign out"]');
  await page.waitForURL(/\/login/, { timeout: 20_000 });
  await context.close();
  await site.close();
  assert.deepEqual(faults, []);
});

test('what an exclusion would hide follows what one types', async () => {
  const site = await openSite();
  const page = await browser.newPage();
  const faults = watch(page);
  await page.goto(`${site.base}/login`);
  await page.fill('#password', PASSWORD);
  await page.click('text=Sign in >> nth=-1');
  await page.goto(`${site.base}/exclusions/new?from=a0000`);
  await page.waitForSelector('#preview >> text=8');
  await page.uncheck('[name="use"][value="source"]');
  await page.waitForSelector('#preview >> text=29');
  await page.fill('[name="domain"]', 'nowhere.example');
  await page.waitForSelector('#preview .figure-line b:text-is("0")');
  assert.equal(await page.isChecked('[name="use"][value="domain"]'), true);
  await page.goto(`${site.base}/`);
  await page.waitForSelector('.chart canvas');
  await page.close();
  await site.close();
  assert.deepEqual(faults, []);
});

test('password strength follows what one types', async () => {
  const site = await openSite({ fresh: true });
  const page = await browser.newPage();
  await page.goto(site.base);
  for (const [typed, word] of [
    ['abc', 'not accepted'],
    ['kJmQxwzopt', 'just enough'],
    ['four quiet herons sing', 'strong'],
  ]) {
    await page.fill('#password', typed!);
    assert.equal(await page.innerText('#strength span'), word);
  }
  await page.close();
  await site.close();
});
