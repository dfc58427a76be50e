import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BoxNetwork, type BoxNetworkDesk, createBoxNetwork, networkFault } from './box-network.ts';

const FIXED: BoxNetwork = { address: '10.0.0.5/24', gateway: '10.0.0.1', dns: '10.0.0.1, 9.9.9.9', hostname: 'shop' };

async function withBox(
  run: (open: (trialMs?: number) => BoxNetworkDesk, conf: string, dir: string) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'spanwatch-network-'));
  try {
    await writeFile(join(dir, 'unit'), '');
    await writeFile(join(dir, 'mirror'), 'eth1\n');
    await writeFile(join(dir, 'made'), '[Match]\nName=eth0\n[Network]\nMulticastDNS=yes\nDHCP=yes\n');
    const open = (trialMs = 60_000): BoxNetworkDesk =>
      createBoxNetwork({
        stateDir: dir,
        unitFile: join(dir, 'unit'),
        networkFile: join(dir, 'made'),
        mirrorFile: join(dir, 'mirror'),
        trialMs,
      });
    await run(open, join(dir, 'network.conf'), dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; !what(); i++) {
    if (i > 1000) throw new Error('it did not come to pass within 10 s');
    await sleep(10);
  }
}

test('a change is written with the ports as they are, and stays once its maker confirms it', async () => {
  await withBox(async (open, conf, dir) => {
    const box = open();
    assert.deepEqual(box.status(), {
      now: { address: '', gateway: '', dns: '', hostname: '' },
      port: 'eth0',
      trial: undefined,
    });
    const done = await box.change(FIXED, 'session one');
    assert.ok(done.ok);
    assert.equal(
      await readFile(conf, 'utf8'),
      'admin_port = eth0\nmirror_port = eth1\naddress = 10.0.0.5/24\ngateway = 10.0.0.1\ndns = 10.0.0.1 9.9.9.9\nhostname = shop\n',
    );
    assert.equal(box.status()?.trial?.before.address, '');
    assert.deepEqual(await box.change(FIXED, 'session one'), {
      ok: false,
      text: 'another change waits to be confirmed',
    });
    assert.equal(await box.confirm('session two', ''), false);
    assert.equal(await box.confirm('session two', `${done.ticket}x`), false);
    assert.equal(await box.confirm('session one', ''), true);
    assert.equal(box.status()?.trial, undefined);
    assert.equal(existsSync(join(dir, 'network.before')), false);
    await open().start();
    assert.match(await readFile(conf, 'utf8'), /10\.0\.0\.5/);
  });
});

test('another browser confirms with the ticket, which nobody but the maker was told', async () => {
  await withBox(async (open) => {
    const box = open();
    const done = await box.change(FIXED, 'session one');
    assert.ok(done.ok && done.ticket.length >= 32);
    assert.equal(await box.confirm('session at the new address', done.ticket), true);
    assert.equal(await box.confirm('session one', done.ticket), false);
  });
});

test('what nobody confirms is undone: by time, by hand, and by the start after a crash', async () => {
  await withBox(async (open, conf) => {
    const quick = open(30);
    await quick.change(FIXED, 'one');
    await until(() => !existsSync(conf) && quick.status()?.trial === undefined);

    await writeFile(conf, 'address = 192.168.7.7/24\n');
    const crashed = open();
    await crashed.change(FIXED, 'one');
    crashed.stop();
    const next = open();
    await next.start();
    assert.equal(await readFile(conf, 'utf8'), 'address = 192.168.7.7/24\n');
    assert.equal(next.status()?.now.address, '192.168.7.7/24');

    await next.change(FIXED, 'one');
    await next.undo();
    assert.equal(next.status()?.now.address, '192.168.7.7/24');
    assert.equal(await next.confirm('one', ''), false);
  });
});

test('nothing where root has no unit for it; no line of a file can be smuggled in', async () => {
  await withBox(async (open, conf, dir) => {
    const box = open();
    for (const wrong of [
      '10.0.0.5/24\npassword = x',
      '10.0.0.5',
      '10.0.0.5/33',
      '127.0.0.1/8',
      '224.0.0.1/4',
      '$(id)/24',
      '::1/128',
      '10.0.0.5/24/8',
    ])
      assert.equal((await box.change({ ...FIXED, gateway: '', address: wrong }, 'one')).ok, false, wrong);
    assert.equal(existsSync(conf), false);
    await rm(join(dir, 'unit'));
    assert.equal(box.status(), undefined);
  });
});

test('gateways and servers that cannot work are refused with their field', () => {
  const fault = (change: Partial<BoxNetwork>) => networkFault({ ...FIXED, ...change });
  assert.equal(fault({}), undefined);
  assert.equal(fault({ address: '', gateway: '', dns: '' }), undefined);
  assert.equal(fault({ address: 'fd00::5/64', gateway: 'fe80::1', dns: '' }), undefined);
  assert.equal(fault({ address: 'fd00:0:0:1::5/64', gateway: 'fd00:0:0:1::1', dns: '' }), undefined);
  assert.deepEqual(fault({ address: 'fd00:0:0:1::5/64', gateway: 'fd00:0:0:2::1' }), {
    field: 'gateway',
    fault: 'outside',
  });
  assert.deepEqual(fault({ gateway: '10.0.1.1' }), { field: 'gateway', fault: 'outside' });
  assert.equal(fault({ address: '10.0.0.5/23', gateway: '10.0.1.1' }), undefined);
  assert.deepEqual(fault({ address: '' }), { field: 'gateway', fault: 'gateway' });
  assert.deepEqual(fault({ gateway: 'fd00::1' }), { field: 'gateway', fault: 'gateway' });
  assert.deepEqual(fault({ dns: 'dns.example' }), { field: 'dns', fault: 'dns' });
  assert.deepEqual(fault({ dns: '1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5' }), { field: 'dns', fault: 'dns' });
  assert.deepEqual(fault({ hostname: '-x' }), { field: 'hostname', fault: 'hostname' });
});
