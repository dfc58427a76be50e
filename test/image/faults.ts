/** A running machine whose service hangs, runs out of memory, or is killed. */
import { check, type Machine, until } from './machine.ts';
import { type Hook, type Page, strangeDns, toldMore } from './page.ts';

const MINUTES_3 = 180_000;

interface Health {
  engine: { status: string; restarts: number; reason: string };
}

/** The main process stands still: no beat, so systemd ends it and starts the next. */
export async function hang(machine: Machine): Promise<void> {
  const pid = await machine.unit('MainPID');
  await machine.shell(`kill -STOP ${pid}`);
  await until('a service that hangs is started again by the watchdog', MINUTES_3, async () => {
    const now = await machine.unit('MainPID');
    return now !== pid && now !== '0' && (await machine.answers()) && (await machine.unit('ActiveState')) === 'active';
  });
  const journal = await machine.shell('journalctl -u spanwatch -o cat --no-pager | grep -ai watchdog | tail -3');
  check(/watchdog timeout/i.test(journal), `the journal says why: ${journal.trim().split('\n')[0]}`);
}

/** The engine grows into the limit of the unit: it goes, the page stays and says what happened. */
export async function outOfMemory(machine: Machine, page: Page): Promise<void> {
  const before = (await page.api<Health>('GET', '/health')).engine.restarts;
  const pid = await machine.unit('MainPID');
  await machine.shell('systemctl set-property --runtime spanwatch MemoryHigh=infinity MemoryMax=70M');
  await until('at the memory limit the engine is ended', MINUTES_3, async () =>
    /^oom_kill [1-9]/m.test(await machine.shell('cat /sys/fs/cgroup/system.slice/spanwatch.service/memory.events')),
  );
  await machine.shell('systemctl set-property --runtime spanwatch MemoryHigh=448M MemoryMax=512M');
  await until('it is started again', MINUTES_3, () => machine.capturing());
  const { engine } = await page.api<Health>('GET', '/health');
  check(
    engine.restarts > before || (await machine.unit('MainPID')) !== pid,
    `the Health page counts it: ${engine.restarts} restarts`,
  );
  const log = await page.get('/logs');
  check(/SIGKILL|memory/i.test(log), 'the page says why');
}

/** Killed while alerts come: what was told to the hook is in the store. */
export async function killed(machine: Machine, page: Page, hook: Hook, first: number, lives: number): Promise<number> {
  let next = first;
  for (let life = 0; life < lives; life++) {
    const before = hook.told.size;
    await machine.mirror(strangeDns(next, 40), 2);
    next += 40;
    check(await toldMore(hook, before, MINUTES_3), `alerts are sent on (${hook.told.size})`);
    const pid = await machine.unit('MainPID');
    await machine.shell(`kill -9 ${pid}`);
    await until('the service is back after kill -9', MINUTES_3, async () => {
      const now = await machine.unit('MainPID');
      return now !== pid && now !== '0' && (await machine.capturing()) && (await machine.answers());
    });
  }
  await nothingLost(page, hook);
  return next;
}

export async function nothingLost(page: Page, hook: Hook): Promise<void> {
  const stored = await page.strangers();
  const lost = [...hook.told].filter((ip) => !stored.has(ip));
  check(
    lost.length === 0,
    `of ${hook.told.size} acknowledged alerts ${lost.length} are gone ${lost.slice(0, 5).join(' ')}`,
  );
}
