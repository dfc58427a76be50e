import assert from 'node:assert/strict';
import test from 'node:test';
import { openTestSite } from './testing.ts';

test('configurations: made, cloned, renamed, shown per script, exported, imported, deleted', async () => {
  const site = await openTestSite();
  try {
    const visitor = await site.owner();
    const list = async () => (await visitor.get('/configurations')).text;
    const post = (path: string, fields: Record<string, string>) => visitor.post(path, fields, {}, '/configurations');
    assert.match(await list(), /Default/);
    assert.equal((await post('/configurations', { name: 'Servers' })).status, 303);
    assert.match(await list(), /\/scripts\/host\?set=1/);
    assert.equal((await post('/configurations', { name: 'Servers' })).status, 422);
    assert.equal((await post('/configurations/1/clone', { name: 'Guests' })).status, 303);
    assert.equal((await post('/configurations/2/rename', { name: 'Visitors' })).status, 303);
    assert.equal((await post('/configurations/0/rename', { name: 'x' })).status, 422);
    const exported = await visitor.get('/configurations/export?set=2');
    assert.match(exported.text, /"name": "Visitors"/);
    assert.equal((await post('/configurations/2/remove', {})).status, 303);
    assert.doesNotMatch(await list(), /Visitors/);
    assert.equal((await post('/configurations/import', { text: exported.text })).status, 303);
    assert.match(await list(), /Visitors/);
    const bad = await post('/configurations/import', { text: '<b>nonsense' });
    assert.equal(bad.status, 422);
    assert.match(bad.text, /is not JSON/);
    assert.match(bad.text, /&lt;b&gt;nonsense/);

    const pool = await post('/configurations/pools/host/new', {
      name: 'Lab',
      members: '10.0.0.0/8\naa:bb:cc:dd:ee:ff',
      configSet: '1',
    });
    assert.equal(pool.status, 303);
    const wrong = await post('/configurations/pools/host/new', {
      name: 'Lab 2',
      members: '10.0.0.0/99',
      configSet: '1',
    });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /10\.0\.0\.0\/99/);
    assert.match(await list(), /10\.0\.0\.0\/8, aa:bb:cc:dd:ee:ff/);
    assert.match((await visitor.get('/configurations/pools/host/1')).text, /10\.0\.0\.0\/8\naa:bb/);
    assert.equal((await visitor.get('/configurations/pools/nothing/1')).status, 404);

    const hosts = (await visitor.get('/scripts/host?set=1')).text;
    assert.match(hosts, /aria-current="true">Servers/);
    const switches = /action="(\/scripts\/host\/[^"]+\/switch\?set=1)"/.exec(hosts);
    if (switches) {
      await post(switches[1]!.replaceAll('&amp;', '&'), { on: 'yes', back: '/scripts/host?set=1' });
      assert.equal((await visitor.get('/scripts/flow?set=1')).status, 200);
    }
    assert.equal((await post('/configurations/pools/host/1/remove', {})).status, 303);
    assert.equal((await post('/configurations/reset', {})).status, 303);
    assert.doesNotMatch(await list(), /Servers/);
  } finally {
    await site.close();
  }
});

test('recipients: the fields that the back-end asks for, saved, tested, removed; secrets are not for viewers', async () => {
  const site = await openTestSite();
  try {
    const visitor = await site.owner();
    site.port.data.plugins[0]!.endpoints = [
      {
        key: 'hook',
        name: 'Hook',
        conf: [{ name: 'hook_url', optional: false }],
        recipient: [{ name: 'room', optional: true }],
        seconds: 5,
      },
    ];
    const { key } = site.port.data.plugins[0]!;
    const form = `/recipients/new?plugin=${key}&endpoint=hook`;
    assert.match((await visitor.get(form)).text, /name="conf\.hook_url"/);
    const fields = {
      plugin: key,
      endpoint: 'hook',
      name: 'Desk',
      'conf.hook_url': 'https://x.example',
      'params.room': '',
      minSeverity: '4',
      enabled: 'yes',
      what: 'save',
    };
    assert.equal(
      (await visitor.post('/recipients/0', { ...fields, 'conf.hook_url': '' }, {}, '/recipients')).status,
      422,
    );
    assert.equal((await visitor.post('/recipients/0', fields, {}, '/recipients')).status, 303);
    assert.match((await visitor.get('/recipients')).text, /Desk/);
    assert.match(
      (await visitor.post('/recipients/1', { ...fields, what: 'test' }, {}, '/recipients')).text,
      /The test failed/,
    );
    assert.equal((await visitor.post('/recipients/1/remove', {}, {}, '/recipients')).status, 303);
    assert.doesNotMatch((await visitor.get('/recipients')).text, /Desk/);
    assert.equal((await site.visitor().get('/recipients')).status, 303);
  } finally {
    await site.close();
  }
});
