import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestSite, type TestSite, type Visitor } from './testing.ts';

let site: TestSite;
let owner: Visitor;
before(async () => {
  site = await openTestSite();
  owner = await site.owner();
});
after(() => site.close());

const text = async (path: string): Promise<string> => {
  const answer = await owner.get(path);
  assert.equal(answer.status, 200, path);
  return answer.text;
};

test('devices: names, vendors, addresses now, order and search from the address', async () => {
  const page = await text('/devices');
  for (const part of ['5 devices', 'nas', 'Synology Incorporated', '192.168.1.5', 'random MAC', 'IoT', 'away'])
    assert.ok(page.includes(part), part);
  const found = await text('/devices?search=Brother&sort=name');
  assert.match(found, /1 device</);
  assert.match(found, /<option value="name" selected>/);
  assert.match(await text('/devices?search=nobody'), /No device matches/);
  for (const odd of ['offset=-4', 'sort=<b>', 'limit=99999']) await text(`/devices?${odd}`);
});

test('a device: who it is, addresses over time, what happened; the owner names and forgets it', async () => {
  const page = await text('/devices/f25c01445566');
  for (const part of [
    'Annas-iPhone',
    'Addresses over time',
    'neighbour discovery',
    'seen for the first time',
    '192.168.1.203',
  ])
    assert.ok(page.includes(part), part);
  const named = await owner.post('/devices/f25c01445566/name', { alias: 'Anna <3' });
  assert.equal(named.headers.location, '/devices/f25c01445566');
  assert.match(await text('/devices/f25c01445566'), /Name saved\.[\s\S]*<h1>Anna &lt;3<\/h1>/);
  assert.equal((await owner.post('/devices/f25c01445566/forget', {})).headers.location, '/devices');
  assert.equal((await owner.get('/devices/f25c01445566')).status, 404);
  assert.equal((await owner.get('/devices/%3Cscript%3E')).status, 404);
});

test('hosts and networks: where, order, search; one host with what it speaks', async () => {
  assert.match(await text('/hosts'), /203\.0\.113\.9[\s\S]*outside/);
  assert.doesNotMatch(await text('/hosts?where=local'), /203\.0\.113\.9/);
  assert.match(await text('/hosts?where=remote'), /1 host\./);
  const host = await text('/hosts/one?ip=192.168.1.20');
  for (const part of ['printer-2f', 'TLS', 'DNS queries', 'Peaks of this minute', '/alerts?network=192.168.1.20'])
    assert.ok(host.includes(part), part);
  const gone = await owner.get('/hosts/one?ip=%22%3E%3Cb%3E');
  assert.equal(gone.status, 404);
  assert.match(gone.text, /This host is not in the table/);
  assert.match(await text('/networks'), /192\.168\.1\.0\/24[\s\S]*Leaves/);
});

test('the overview: chart with its blind time, devices, protocols, destinations, what changed', async () => {
  const page = await text('/');
  for (const part of [
    'data-chart="/live/traffic?range=24h"',
    'Hatched: nothing was seen for',
    'Busiest devices',
    'Destinations',
    'What changed',
    '37 alerts were silenced',
  ])
    assert.ok(page.includes(part), part);
  assert.match(page, /class="area" d="M/);
  assert.match(await text('/?range=7d'), /aria-current="true">7 days/);
  const live = JSON.parse((await owner.get('/live/traffic?range=30d')).text) as { bits: unknown[]; stepMs: number };
  assert.equal(live.bits.length, 180);
  assert.equal(live.stepMs, 4 * 3_600_000);
});

test('without the engine these pages say so and still answer', async () => {
  site.port.data.engine = 'down';
  try {
    for (const path of ['/devices', '/hosts', '/networks'])
      assert.match(await text(path), /The engine does not answer/);
    assert.match(await text('/'), /No history yet/);
    assert.equal((await owner.get('/devices/0011320a0b0c')).status, 404);
  } finally {
    site.port.data.engine = 'running';
  }
});
