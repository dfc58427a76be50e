/** What a person types in secret is in no line of the log: passwords right and wrong, passphrases, tokens, destinations' keys. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { onLog } from '../log.ts';
import { openTestSite, TEST_PASSWORD } from './testing.ts';

test('no secret that went through the pages is in the log, or on the page of the log', async () => {
  const lines: string[] = [];
  const silence = onLog((...heard) => lines.push(heard.join(' ')));
  const site = await openTestSite();
  try {
    const owner = await site.owner();
    const secrets = {
      wrong: 'wrong-password-4711',
      next: 'seven new herons 4712',
      passphrase: 'a passphrase 4713',
      hook: 'https://user:hook-4714@hook.example/path-4715',
      token: '',
    };
    await site.visitor().post('/login', { username: 'admin', password: secrets.wrong, next: '/' }, {}, '/login');
    const token = await owner.post('/settings/users/tokens/add', { name: 'x', scope: 'read' }, {}, '/settings/users');
    secrets.token = /spw_[\w-]{20,}/.exec(token.text)?.[0] ?? '';
    assert.notEqual(secrets.token, '', 'the page shows a new token once');
    assert.equal((await site.visitor().get(`/api/v1/alerts?token=${secrets.token}`)).status, 401);
    const { passphrase } = secrets;
    await owner.post('/settings/backup/make', { passphrase, again: passphrase }, {}, '/settings/backup');
    await owner.post('/settings/updates/fetch', { url: secrets.hook }, {}, '/settings/updates');
    await owner.post(
      '/settings/password',
      { current: TEST_PASSWORD, password: secrets.next, again: secrets.next },
      {},
      '/settings/account',
    );
    await owner.post(
      '/settings/password',
      { current: secrets.wrong, password: 'x', again: 'y' },
      {},
      '/settings/account',
    );
    assert.ok(lines.length > 0, 'the log says something of these');
    const page = (await owner.get('/settings/logs')).text;
    for (const [what, secret] of Object.entries({ ...secrets, old: TEST_PASSWORD, key: 'hook-4714' })) {
      assert.deepEqual(
        lines.filter((line) => line.includes(secret)),
        [],
        what,
      );
      assert.ok(!page.includes(secret), `${what} on the page of the log`);
    }
  } finally {
    silence();
    await site.close();
  }
});
