import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { asset, loadAssets } from './assets.ts';
import { ICONS, iconFor } from './icons.ts';
import { openTestSite, type TestSite, type Visitor } from './testing.ts';
import { en } from './texts/en.ts';
import { XSS_CORPUS } from './xss-corpus.ts';

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

test('every page shows the name, the bell with its count and the health strip', async () => {
  for (const path of ['/', '/alerts', '/flows', '/plugins', '/scripts/flow', '/health', '/settings']) {
    const page = await text(path);
    assert.match(page, /<b>spanwatch<\/b><small>Office<\/small>/, path);
    assert.match(page, /class="bell-count"[^>]*>13</, path);
    assert.match(page, /13 alerts wait for you/, path);
    assert.match(
      page,
      /Capturing eth1[\s\S]*Dropped[\s\S]*1\.2 k[\s\S]*Flow table[\s\S]*12 %[\s\S]*Plugins[\s\S]*1\.4 %/,
      path,
    );
    assert.equal(
      page.match(/aria-current="page"/g)?.length,
      ['/alerts', '/scripts/flow', '/settings'].includes(path) ? 2 : 1,
      path,
    );
  }
});

test('the strip says when nothing is captured', async () => {
  site.port.data.engine = 'down';
  try {
    const page = await text('/');
    assert.match(page, /Engine is down/);
    assert.match(page, /starting again in 2 s/);
    assert.match(await text('/flows'), /The engine does not answer/);
    assert.match(await text('/health'), /Engine is down/);
  } finally {
    site.port.data.engine = 'running';
  }
});

test('alerts: kinds, states and filters come from the address and stay in its links', async () => {
  const flow = await text('/alerts?kind=flow&search=8.8.8.8&severity=5');
  assert.match(flow, /aria-current="page"[^>]*><span>Flow Alerts/);
  assert.match(flow, /Unexpected DNS server found: 8\.8\.8\.8 \[Score: 100\]/);
  assert.doesNotMatch(flow, /SYN\/s/);
  assert.match(flow, /href="\/alerts\?kind=flow&amp;state=engaged&amp;severity=5&amp;search=8\.8\.8\.8"/);
  assert.match(await text('/alerts?state=engaged'), /SYN\/s/);
  assert.match(await text('/alerts?search=nowhere'), /No alert matches/);
  for (const odd of [
    'kind=x&state=y&severity=99&offset=-1&limit=9999',
    'severity=abc',
    'kind=flow&kind=host',
    'offset=99999999',
  ]) {
    await text(`/alerts?${odd}`);
  }
  const second = await text('/alerts?group=none&offset=50');
  assert.match(second, /51–57 of 57/);
});

test('alerts: acknowledge, note and delete through forms', async () => {
  const back = '/alerts?kind=flow';
  const done = await owner.post('/alerts/actions', { action: 'ack', id: ['a0000', 'a0001'], back }, {}, back);
  assert.equal(done.headers.location, back);
  assert.match(await text(back), /2 alerts acknowledged/);
  assert.equal(site.port.alerts.get('a0001')?.acknowledged, true);
  assert.equal(
    (await owner.post('/alerts/actions', { action: 'ack', back: 'https://evil.example/' })).headers.location,
    '/alerts',
  );
  await owner.post('/alerts/a0000/note', { note: '<b>mine</b>' });
  assert.match(await text('/alerts/a0000'), /&lt;b&gt;mine&lt;\/b&gt;<\/textarea>/);
  const all = site.port.data.alerts.map((a) => a._id);
  await owner.post('/alerts/actions', { action: 'ack', id: all });
  assert.equal(site.port.alerts.counts().all, 0);
  await owner.post('/alerts/actions', { action: 'unack', id: all });
  assert.equal(site.port.alerts.counts().all, all.length);
  await owner.post('/alerts/a0000/unack', {});
  assert.equal(site.port.alerts.get('a0000')?.acknowledged, false);
  assert.equal((await owner.post('/alerts/a0001/delete', {})).headers.location, '/alerts');
  assert.equal((await owner.get('/alerts/a0001')).status, 404);
});

test('an alert explains itself', async () => {
  const page = await text('/alerts/a0000');
  for (const part of [
    'Why',
    'Unexpected DNS Server',
    '/scripts/flow/unexpected_dns',
    'First',
    'Capture quality then',
    'Nothing is known to be missing',
    'Open the flow',
    '192.168.1.',
    '8.8.8.8',
  ]) {
    assert.ok(page.includes(part), part);
  }
  const host = await text('/alerts/a0002');
  assert.match(host, /Measured<\/span><b>512<\/b>[\s\S]*Limit<\/span><b>more than 256<\/b>/);
  assert.match(host, /Decided by<\/dt><dd><a href="\/scripts\/host\/syn_flood_attacker">/);
  assert.match(host, /an attack, a scan, or a busy server/);
  assert.match(host, /Dropped by the kernel<\/dt><dd>1,204/);
});

test('a flow shows all that was detected and the finding that plugins set', async () => {
  const bad = site.port.data.flows.find((f) => f.statuses.length > 0)!;
  const page = await text(`/flows/${bad.id}`);
  for (const part of [
    'Unexpected DNS server',
    'DNS',
    'tracker.example.net',
    'qtype',
    bad.communityId,
    'the protocol says so',
  ]) {
    assert.ok(page.includes(part), part);
  }
  assert.equal((await owner.get('/flows/99999')).status, 404);
  assert.equal((await owner.get('/flows/1e3')).status, 404);
  assert.match(await text('/flows?search=tracker'), /tracker\.example\.net/);
  assert.match(await text('/live/flows?search=tracker'), /^<div id="flows"/);
});

test('plugins: state, reason, last error with file and line, meter, reload, release', async () => {
  const page = await text('/plugins');
  assert.match(page, /quarantined/);
  assert.match(page, /user_scripts\/flow\/long_lived\.lua line 42<\/span>: attempt to index a nil value/);
  assert.match(page, /Reload Plugins/);
  await owner.post('/plugins/reload', {});
  assert.match(await text('/plugins'), /7 plugins loaded, 10 scripts/);
  await owner.post('/plugins/long_lived/release', {});
  assert.ok(site.port.calls.includes('release long_lived'));
  assert.equal((await owner.post('/plugins/none/release', {})).status, 404);
});

test('user scripts: tabs, counts, search, category, the switch', async () => {
  const page = await text('/scripts/flow');
  for (const tab of ['Hosts', 'Interfaces', 'Networks', 'SNMP', 'Flows', 'System', 'Syslog'])
    assert.ok(page.includes(`<span>${tab}</span>`), tab);
  assert.match(page, /All <span class="count">6</);
  assert.match(page, /Enabled <span class="count">3</);
  assert.match(await text('/scripts/flow?show=disabled&search=dns'), /Unexpected DNS server/);
  assert.doesNotMatch(await text('/scripts/flow?show=enabled'), /Unexpected DNS server</);
  assert.match(await text('/scripts/snmp_device'), /No plugin brings a script/);
  assert.equal((await owner.get('/scripts/nothing')).status, 404);

  const opens = await owner.post('/scripts/flow/unexpected_dns/switch', { on: 'yes' });
  assert.equal(opens.headers.location, '/scripts/flow/unexpected_dns?enable=1');
  const off = await owner.post('/scripts/flow/unexpected_ntp/switch', { on: 'no', back: '/scripts/flow?show=enabled' });
  assert.equal(off.headers.location, '/scripts/flow?show=enabled');
  assert.equal(site.port.config.script('flow', 'unexpected_ntp')['all']?.enabled, false);
  assert.equal(
    (await owner.post('/scripts/flow/unexpected_ntp/switch', { on: 'yes', back: '//evil.example' })).headers.location,
    '/scripts/flow',
  );
});

test('the list form: a bad address is named, what was typed stays, a good list is saved', async () => {
  const path = '/scripts/flow/unexpected_dns';
  const typed = '192.168.1.1, 1.2.3, 8.8.8.8, <b>';
  const bad = await owner.post(path, { 'all.enabled': 'on', 'all.items': typed });
  assert.equal(bad.status, 422);
  assert.match(bad.text, /Bad address: 1\.2\.3 · Bad address: &lt;b&gt;/);
  assert.ok(bad.text.includes('192.168.1.1, 1.2.3, 8.8.8.8, &lt;b&gt;</textarea>'));
  assert.match(bad.text, /role="switch" checked/);
  assert.match(bad.text, /aria-describedby="all-items-hint all-items-error" aria-invalid="true"/);
  const good = await owner.post(path, { 'all.enabled': 'on', 'all.items': '192.168.1.1,\n2001:db8::53, 192.168.1.1' });
  assert.equal(good.headers.location, '/scripts/flow');
  assert.deepEqual(site.port.config.script('flow', 'unexpected_dns'), {
    all: { enabled: true, script_conf: { items: ['192.168.1.1', '2001:db8::53'] } },
  });
  assert.match(await text('/scripts/flow'), /saved/);
  const reset = await text(`${path}?reset=1`);
  assert.match(reset, /own defaults/);
  assert.deepEqual(site.port.config.script('flow', 'unexpected_dns')['all']?.enabled, true);
});

test('the other forms: limits per hook, choices, amounts with units', async () => {
  const limits = await owner.post('/scripts/interface/throughput', {
    'min.enabled': 'on',
    'min.operator': 'lt',
    'min.threshold': '12,5',
    '5mins.enabled': 'on',
    '5mins.threshold': 'many',
    'hour.threshold': '',
    'day.enabled': 'on',
    'day.threshold': '-1',
  });
  assert.equal(limits.status, 422);
  assert.match(limits.text, /Must be a number, got “many”/);
  assert.match(limits.text, /at least 0/);
  await owner.post('/scripts/interface/throughput', {
    'min.enabled': 'on',
    'min.operator': 'lt',
    'min.threshold': '12,5',
  });
  assert.deepEqual(site.port.config.script('interface', 'throughput')['min'], {
    enabled: true,
    script_conf: { operator: 'lt', threshold: 12.5 },
  });
  assert.equal(site.port.config.script('interface', 'throughput')['day']?.enabled, false);

  assert.equal(
    (await owner.post('/scripts/flow/flow_risks', { 'all.enabled': 'on', 'all.items': ['6', '999'] })).status,
    422,
  );
  await owner.post('/scripts/flow/flow_risks', { 'all.enabled': 'on', 'all.items': ['6', '24', '6'] });
  assert.deepEqual(site.port.config.script('flow', 'flow_risks')['all']?.script_conf, { items: ['6', '24'] });

  assert.match(await text('/scripts/flow/long_lived'), /value="10"[\s\S]*<option value="3600" selected>hours/);
  await owner.post('/scripts/flow/long_lived', {
    'all.enabled': 'on',
    'all.min_duration': '90',
    'all.min_duration.unit': '60',
    'all.items': 'DNS',
  });
  assert.deepEqual(site.port.config.script('flow', 'long_lived')['all']?.script_conf, {
    items: ['DNS'],
    min_duration: 5400,
  });
  assert.match(await text('/scripts/flow/long_lived'), /value="90"[\s\S]*<option value="60" selected>minutes/);
  await owner.post('/scripts/flow/elephant_flows', {
    'all.l2r_bytes_value': '1.5',
    'all.l2r_bytes_value.unit': String(1024 ** 3),
    'all.r2l_bytes_value': '2',
    'all.r2l_bytes_value.unit': '1024',
    'all.items': '',
  });
  assert.deepEqual(site.port.config.script('flow', 'elephant_flows')['all'], {
    enabled: false,
    script_conf: { items: [], l2r_bytes_value: 1_610_612_736, r2l_bytes_value: 2048 },
  });
  const plain = await owner.post('/scripts/flow/remote_to_remote', {});
  assert.equal(plain.status, 303);
  assert.equal(site.port.config.script('flow', 'remote_to_remote')['all']?.enabled, false);
});

test('the first day: empty pages say what to do', async () => {
  const empty = await openTestSite({ empty: true });
  try {
    const visitor = await empty.owner();
    assert.match((await visitor.get('/alerts')).text, /No alerts/);
    assert.match((await visitor.get('/flows')).text, /Is the mirror port connected/);
    assert.doesNotMatch((await visitor.get('/')).text, /bell-count/);
  } finally {
    await empty.close();
  }
});

test('hostile names in every field come out as text on every page', async () => {
  const hostile = await openTestSite({ hostile: true });
  try {
    const visitor = await hostile.owner();
    const flows = hostile.port.data.flows.slice(0, 14).map((f) => `/flows/${f.id}`);
    const alerts = hostile.port.data.alerts.slice(0, 10).map((a) => `/alerts/${a._id}`);
    const scripts = hostile.port.data.plugins.flatMap((p) => p.scripts.map((s) => `/scripts/${s.subdir}/${s.key}`));
    const paths = [
      '/',
      '/alerts',
      '/flows',
      '/plugins',
      '/plugins/long_lived',
      '/scripts/flow',
      '/scripts/host',
      '/health',
      '/settings',
      '/live/top',
      '/live/flows',
      '/live/health',
      ...flows,
      ...alerts,
      ...scripts,
    ];
    for (const word of XSS_CORPUS)
      paths.push(`/alerts?search=${encodeURIComponent(word)}`, `/nothing/${encodeURIComponent(word)}`);
    for (const path of paths) {
      const page = (await visitor.get(path)).text;
      for (const whole of page.match(/<[a-z][^>]*>/gi) ?? []) {
        // Values lie in quotes and hold no quote; what is left is the tag as a browser sees it.
        const tag = whole.replace(/="[^"]*"/g, '=""');
        assert.doesNotMatch(
          tag,
          /\son\w+\s*=|\sstyle\s*=|srcdoc|^<(img|iframe|object|embed|base|math|video|style|body onload)/i,
          `${path}: ${tag}`,
        );
        const address = /\s(?:href|src|action|formaction)="([^"]*)"/.exec(whole)?.[1];
        if (address !== undefined) assert.match(address, /^(\/(?!\/)|#|\?)/, `${path}: ${tag}`);
      }
      assert.equal(page.match(/<script/g)?.length ?? 0, path.startsWith('/live') ? 0 : 1, path);
    }
  } finally {
    await hostile.close();
  }
});

test('the first page weighs at most 40 kB compressed, with style, script and icons', async () => {
  const assets = loadAssets();
  const weigh = (name: 'style.css' | 'app.js' | 'icons.svg' | 'favicon.svg'): number =>
    assets.find(assets.url(name))!.file.gzip.length;
  const total =
    gzipSync(await text('/')).length + weigh('style.css') + weigh('app.js') + weigh('icons.svg') + weigh('favicon.svg');
  assert.ok(total <= 40_000, `${total} bytes`);
});

test('pages are compressed when the browser takes it', async () => {
  const { headers } = await owner.get('/alerts', { 'Accept-Encoding': 'gzip' });
  assert.equal(headers['content-encoding'], 'gzip');
});

test('every icon is drawn, and Font Awesome names find one', () => {
  const drawn = new Set(
    [
      ...Buffer.from(asset('icons.svg'))
        .toString()
        .matchAll(/<symbol id="([\w-]+)"/g),
    ].map((m) => m[1]),
  );
  for (const name of ICONS) if (name !== 'trash') assert.ok(drawn.has(name), name);
  for (const name of [
    'fas fa-shield-alt',
    'fas fa-scroll',
    'fas fa-wrench',
    'fas fa-network-wired',
    'fas fa-server',
    'fas fa-exclamation',
    'fa fa-whatever',
    '" onload="x',
  ]) {
    assert.ok(drawn.has(iconFor(name)), name);
  }
});

test('every text is used and every text used exists', () => {
  const folder = new URL('.', import.meta.url);
  const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts') && !f.includes('texts') && !f.endsWith('.test.ts'))
    .map((f) => readFileSync(new URL(f, folder), 'utf8'))
    .join('\n');
  const prefixes = [
    ...source.matchAll(/t\(\s*`([\w.]+)\$\{/g),
    ...source.matchAll(/`([\w.]+)\$\{[^`]*` as TextKey/g),
    // Explanations are chosen by what an alert holds (advice.ts).
    ...'advice. status.'.matchAll(/([a-z.]+)/g),
  ].map((m) => m[1]!);
  const unused = Object.keys(en).filter((k) => !source.includes(`'${k}'`) && !prefixes.some((p) => k.startsWith(p)));
  assert.deepEqual(unused, []);
});
