/** From the flashed card to the first alert, as docs/install.md says it; then a forgotten password. */
import { existsSync } from 'node:fs';
import { BOOT_MS, check, type Machine, say, until } from './machine.ts';
import { type Hook, PASSWORD, Page, strangeDns, toldMore } from './page.ts';

const NEW_PASSWORD = 'heron kettle 17 moss';

/** What the owner writes on the boot partition before the first start. */
export const BOOT_FILE = `# set-up\r\npassword = ${PASSWORD}\r\n`;

/**
 * Begins with a machine that was flashed with the boot file and has just been started; leaves one that runs, is confirmed, and
 * watches DNS. Resolves to its page, signed in.
 */
export async function firstStart(machine: Machine, hook: Hook): Promise<Page> {
  const from = performance.now();
  await until('first start: the page answers', BOOT_MS, () => machine.answers());
  await until('captures', BOOT_MS, () => machine.capturing());
  say(`     power-on to capturing ${Math.round((performance.now() - from) / 1000)} s (first start, this machine)`);
  check(
    !(await machine.shell('cat /boot/esp/spanwatch.txt')).includes(PASSWORD),
    'the password is no longer on the boot partition',
  );
  await until('slot A is confirmed', BOOT_MS, () => machine.confirmed());
  const page = new Page(machine.base);
  await page.signIn();
  await until("the tutorial's plugin is switched on", 120_000, async () => {
    await page.watchDns(hook.port);
    return true;
  });
  await until('an alert of frames in the mirror port is sent on', 120_000, async () => {
    await machine.mirror(strangeDns(hook.told.size, 5));
    return toldMore(hook, 0, 5000);
  });
  check((await page.get('/flows?search=192.168.1.10')).includes('192.168.1.10'), 'its flow is on the page');
  check((await page.get('/alerts')).includes('198.18.0.'), 'the alert is on the page');
  await walk(machine.base);
  say(`     memory ${(Number(await machine.unit('MemoryCurrent')) / 1e6).toFixed(0)} MB by the service's cgroup`);
  say(`     ${(await machine.shell('df -h /data | tail -1')).trim()}`);
  return page;
}

/** The pages in a real Chromium; nothing on them may fail. */
async function walk(base: string): Promise<void> {
  if (!existsSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium')) return say('left out: no chromium here');
  const { openBrowser } = await import('../pages/browser.ts');
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(90_000);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('response', (answer) => {
      if (answer.status() >= 400) faults.push(`${answer.status()} ${answer.url()}`);
    });
    await page.goto(`${base}/login`);
    await page.fill('#password', PASSWORD);
    await page.click('button.primary');
    await page.waitForSelector('.main-nav');
    await page.goto(`${base}/alerts?kind=flow`);
    await page.locator('main tbody tr', { hasText: 'DNS server' }).first().waitFor();
    for (const path of ['/flows', '/health', '/settings/updates']) await page.goto(base + path);
    const slots = (await page.textContent('main')) ?? '';
    check(slots.includes('0.0.1'), 'Chromium: the page of updates names the version that runs');
    check(faults.length === 0, `Chromium: no error on the way ${faults.join(', ')}`);
  } finally {
    await browser.close();
  }
}

/** The owner puts the card into another computer; the machine must be off. Leaves it running with a new password. */
export async function forgottenPassword(machine: Machine): Promise<void> {
  machine.writeBootFile('reset_password = yes\r\n');
  machine.start();
  await until('starts with reset_password', BOOT_MS, () => machine.answers());
  const page = new Page(machine.base);
  await until('the first visit sets a new password', BOOT_MS, async () => {
    await page.signIn(NEW_PASSWORD, true);
    return true;
  });
  check((await page.strangers()).size > 0, 'the alerts are still there');
}
