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
const ticked = (page: string): string[] => [...page.matchAll(/name="use" value="(\w+)" checked/g)].map((m) => m[1]!);

test('alerts: one row per thing with a count, that leads to its alerts; every other view has its own', async () => {
  const page = await text('/alerts');
  assert.match(page, /57 alerts in 8 rows/);
  const href = /class="row-link" href="([^"]+)">Unexpected DNS/.exec(page)![1]!.replaceAll('&amp;', '&');
  const asked = new URL(href, 'http://x').searchParams;
  assert.deepEqual(Object.fromEntries(asked), {
    source: '192.168.1.15',
    destination: '8.8.8.8',
    plugin: 'unexpected_dns',
    script: 'unexpected_dns',
    type: 'alert_unexpected_dns',
    kind: 'flow',
    group: 'none',
  });
  assert.match(await text(href), /<p class="lead">8 alerts/);
  assert.match(await text('/alerts?group=type'), /57 alerts in 5 rows/);
  assert.match(await text('/alerts?group=destination'), /57 alerts in 5 rows/);
  assert.match(await text('/alerts?group=source'), /57 alerts in 8 rows/);
});

test('alerts: filters by what is in a row, each with the way to take it away, and what cannot be read is said', async () => {
  const page = await text(
    '/alerts?group=none&source=192.168.1.0%2F24&protocol=dns&port=53&since=24&score=50&noted=yes',
  );
  for (const label of ['Source', 'Protocol', 'Server port', 'Time', 'Score at least', 'Note']) {
    assert.match(page, new RegExp(`class="chip" href="/alerts[^"]*"[^>]*><span class="muted">${label}`), label);
  }
  assert.match(page, /<p class="lead">1 alert/);
  assert.match(await text('/alerts?source=192.168.1.999'), /Source: An address or a network/);
  assert.match(await text('/alerts?kind=flow&destination=8.8.8.0/24&group=none'), /<p class="lead">29 alerts/);
  assert.match(await text('/alerts?destination=1.1.1.1'), /No alert matches/);
});

test('an action on a group reaches all its alerts and none besides', async () => {
  const page = await text('/alerts?ack=no');
  const value = /name="group" value="([^"]+)" aria-label="Choose: Unexpected/.exec(page)![1]!.replaceAll('&amp;', '&');
  const fits = (a: { flow?: { client: string } }): boolean => a.flow?.client === '192.168.1.15';
  const before = site.port.data.alerts.filter((a) => fits(a) && !a.acknowledged).length;
  assert.ok(before > 0);
  const all = site.port.alerts.counts().all;
  await owner.post('/alerts/actions', { action: 'ack', group: [value], back: '/alerts?ack=no' });
  assert.equal(site.port.data.alerts.filter((a) => fits(a) && !a.acknowledged).length, 0);
  assert.equal(site.port.alerts.counts().all, all - before);
  const odd = { action: 'delete', group: ['?source=nonsense', '?'.repeat(3000)], back: '/alerts' };
  const count = site.port.data.alerts.length;
  await owner.post('/alerts/actions', { ...odd, group: ['?source=nonsense'] });
  assert.equal(site.port.data.alerts.length, count, 'a filter that cannot be read chooses nothing');
});

test('exclude from an alert: what it is about is ticked, the preview says what it hides, saving acts and acknowledges', async () => {
  const page = await text('/exclusions/new?from=a0001');
  assert.deepEqual(ticked(page), ['source', 'destination', 'plugin', 'typeName']);
  for (const value of ['192.168.1.22', '8.8.8.8', '192.168.1.0/24', '53', 'DNS', 'tracker.example.net'])
    assert.ok(page.includes(`value="${value}"`), value);
  assert.match(page, /<b>7<\/b> <span>of the newest 57 alerts/);
  const wide = await text('/live/exclusion?use=network&network=192.168.0.0%2F16');
  assert.match(wide, /^<div id="preview">[\s\S]*It would hide 3 kinds of alerts/);
  assert.match(wide, /more than half/);
  assert.match(await text('/live/exclusion?use=port&port=99999'), /Mend the marked/);
  assert.match(await text('/live/exclusion'), /Tick a condition/);
  const done = await owner.post('/exclusions', {
    use: ['source', 'typeName'],
    source: '192.168.1.22',
    typeName: 'alert_unexpected_dns',
    domain: 'not.used',
    reason: 'known <b>tablet</b>',
    expiry: '24',
    stored: 'ack',
    action: 'save',
  });
  assert.equal(done.headers.location, '/exclusions');
  const [made] = site.port.exclusions.list();
  assert.deepEqual(made?.match, { source: '192.168.1.22', typeName: 'alert_unexpected_dns' });
  assert.equal(made?.author, 'admin');
  assert.ok(Math.abs(made!.expiresMs! - Date.now() - 86_400_000) < 60_000);
  const list = await text('/exclusions');
  assert.match(list, /It acts from now on\. \d stored alerts acknowledged\./);
  assert.match(list, /known &lt;b&gt;tablet&lt;\/b&gt;/);
});

test('a refused form comes back as typed, and a preview without scripts saves nothing', async () => {
  const before = site.port.exclusions.list().length;
  const wrong = await owner.post('/exclusions', { use: ['port', 'source'], port: 'http', source: '', action: 'save' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /id="x-port-error"[\s\S]*A port from 0 to 65535/);
  assert.match(wrong.text, /id="x-source-error"[\s\S]*Chosen, but empty/);
  assert.match(wrong.text, /value="http"/);
  const none = await owner.post('/exclusions', { source: '10.0.0.1', action: 'save' });
  assert.equal(none.status, 422);
  assert.match(none.text, /every alert would be hidden/);
  const seen = await owner.post('/exclusions', { use: 'source', source: '192.168.1.11', action: 'preview' });
  assert.equal(seen.status, 200);
  assert.match(seen.text, /of the newest 57 alerts/);
  assert.equal(site.port.exclusions.list().length, before);
});

test('exclusions: change, pause, resume, remove; ended ones say so', async () => {
  const list = await text('/exclusions');
  assert.match(list, /ended/);
  assert.match(list, /never yet/);
  const page = await text('/exclusions/e2');
  assert.deepEqual(ticked(page), ['network', 'protocol', 'domain']);
  assert.match(page, /value="keep" selected/);
  const { expiresMs } = site.port.exclusions.get('e2')!;
  await owner.post('/exclusions/e2', {
    use: 'domain',
    domain: '*.Example.NET',
    expiry: 'keep',
    reason: 'r',
    action: 'save',
  });
  assert.deepEqual(site.port.exclusions.get('e2')?.match, { domain: 'example.net' });
  assert.equal(site.port.exclusions.get('e2')?.expiresMs, expiresMs);
  await owner.post('/exclusions/e2/pause', {});
  assert.equal(site.port.exclusions.get('e2')?.active, false);
  await owner.post('/exclusions/e2/resume', {});
  assert.equal(site.port.exclusions.get('e2')?.active, true);
  await owner.post('/exclusions/e2/remove', {});
  assert.equal(site.port.exclusions.get('e2'), undefined);
  assert.equal((await owner.get('/exclusions/e2')).status, 404);
});

test('the packets behind an alert come as a file; without any the page says so', async () => {
  const alert = site.port.alerts.get('a0000')!;
  alert.evidence = { key: 'fake-1', packets: 12, bytes: 4096 };
  const page = await text('/alerts/a0000');
  assert.match(page, /12 packets of this flow were kept \(4\.1 kB\)/);
  const file = await owner.get('/alerts/a0000/packets.pcap');
  assert.equal(file.status, 200);
  assert.match(
    String(file.headers['content-disposition']),
    /^attachment; filename="alert_unexpected_dns-[\dT-]+\.pcap"$/,
  );
  alert.evidence.key = 'given up';
  assert.equal((await owner.get('/alerts/a0000/packets.pcap')).status, 404);
  assert.match(await text('/alerts/a0001'), /No packets were kept/);
});
