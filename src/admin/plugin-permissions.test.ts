import assert from 'node:assert/strict';
import test from 'node:test';
import { openTestSite } from './testing.ts';

test('what a plugin asks for is told in words and answered on its page, or by the API', async () => {
  const site = await openTestSite();
  try {
    const visitor = await site.owner();
    const plugin = site.port.engine.plugins().find((p) => p.permissions.length > 0)!;
    const [asked] = plugin.permissions;
    const path = `/plugins/${plugin.key}`;
    const page = (await visitor.get(path)).text;
    assert.match(page, /talks to web servers of its own choice[\s\S]*not answered yet[\s\S]*Allow[\s\S]*Refuse/);
    const answer = (permission: string, word: string) =>
      visitor.post(`${path}/permissions`, { permission, answer: word }, {}, path);
    assert.equal((await answer(asked!.id, 'granted')).status, 303);
    assert.deepEqual(site.port.config.grants(), { [plugin.key]: { [asked!.id]: true } });
    assert.equal((await answer(asked!.id, 'refused')).status, 303);
    assert.deepEqual(site.port.config.grants(), { [plugin.key]: { [asked!.id]: false } });
    assert.equal((await answer('store', 'granted')).status, 404, 'not asked for');
    assert.equal((await answer('__proto__', 'granted')).status, 404);
    assert.deepEqual(site.port.config.grants(), { [plugin.key]: { [asked!.id]: false } });
  } finally {
    await site.close();
  }
});
