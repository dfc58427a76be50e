import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { boundaryOf, parseMultipart } from './multipart.ts';
import { openTestSite, TEST_PASSWORD, tokenOf } from './testing.ts';

const site = await openTestSite();
after(() => site.close());
const owner = await site.owner();
const HREF = '/settings/backup';

function form(
  token: string,
  fields: [string, string][],
  file?: { name: string; text: string },
): { body: string; type: string } {
  const boundary = 'x-boundary-42';
  const parts = [['_token', token], ...fields].map(
    ([k, v]) => `--${boundary}\r\nContent-Disposition: form-data; name="${k}"\r\n\r\n${v}\r\n`,
  );
  if (file)
    parts.push(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file.name}"\r\nContent-Type: application/json\r\n\r\n${file.text}\r\n`,
    );
  return { body: `${parts.join('')}--${boundary}--\r\n`, type: `multipart/form-data; boundary=${boundary}` };
}

async function upload(path: string, fields: [string, string][], file?: { name: string; text: string }, token?: string) {
  const page = tokenOf((await owner.get(HREF)).text);
  const { body, type } = form(token ?? page, fields, file);
  return owner.send('POST', path, { 'Content-Type': type, Origin: `http://${owner.host}` }, body);
}

test('a backup is a download; passphrases must match', async () => {
  const differ = await owner.post(`${HREF}/make`, { passphrase: 'one passphrase', again: 'another one' }, {}, HREF);
  assert.equal(differ.status, 422);
  const short = await owner.post(`${HREF}/make`, { passphrase: 'short', again: 'short' }, {}, HREF);
  assert.match(short.text, /at least 10 characters/);
  const made = await owner.post(
    `${HREF}/make`,
    { passphrase: 'a good passphrase', again: 'a good passphrase' },
    {},
    HREF,
  );
  assert.match(
    String(made.headers['content-disposition']),
    /^attachment; filename="spanwatch-Office-\d{4}-\d\d-\d\d\.backup"$/,
  );
});

test('restore: the file goes through as it is, refusals are shown, the session ends', async () => {
  const bad = await upload(`${HREF}/restore`, [['passphrase', 'x']], { name: '../../etc/passwd', text: 'hello' });
  assert.equal(bad.status, 422);
  assert.match(bad.text, /Not restored: this file is not a backup/);
  assert.equal((await upload(`${HREF}/restore`, [['passphrase', 'x']])).status, 422);
  const good = await upload(`${HREF}/restore`, [['passphrase', 'a good passphrase']], {
    name: 'x.backup',
    text: '{"head":1}',
  });
  assert.equal(good.status, 200);
  assert.match(good.text, /Restored: Office/);
  assert.equal(site.port.calls.at(-1), 'restore 10 17');
  await owner.signIn();
});

test('uploads: only where they belong, only with the token, bounded', async () => {
  assert.equal((await upload('/settings/backup/make', [])).status, 415);
  assert.equal((await upload('/alerts/actions', [])).status, 415);
  assert.equal((await upload(`${HREF}/restore`, [], undefined, 'forged')).status, 403);
  const { body } = form('x', []);
  const huge = await owner
    .send(
      'POST',
      `${HREF}/restore`,
      {
        'Content-Type': 'multipart/form-data; boundary=b',
        'Content-Length': '99000000',
        Origin: `http://${owner.host}`,
      },
      body,
    )
    .catch(() => ({ status: 413 }));
  assert.equal(huge.status, 413);
  const stranger = await site
    .visitor()
    .send('POST', `${HREF}/restore`, { 'Content-Type': 'multipart/form-data; boundary=b' }, body);
  assert.equal(stranger.status, 303, 'to the sign-in page');
  for (const type of [
    'multipart/form-data',
    `multipart/form-data; boundary=${'a'.repeat(71)}`,
    'multipart/form-data; boundary=',
  ]) {
    assert.equal(
      (await owner.send('POST', `${HREF}/restore`, { 'Content-Type': type, Origin: `http://${owner.host}` }, body))
        .status,
      415,
    );
  }
});

test('factory reset wants the password', async () => {
  assert.equal((await owner.post(`${HREF}/reset`, { current: 'wrong password' }, {}, HREF)).status, 422);
  assert.ok(!site.port.calls.includes('factoryReset'));
  assert.equal((await owner.post(`${HREF}/reset`, { current: TEST_PASSWORD }, {}, HREF)).status, 200);
  assert.ok(site.port.calls.includes('factoryReset'));
});

test('multipart: whole or refused at every cut; names are words; what is too much is refused', async () => {
  await owner.signIn();
  const { body, type } = form('t', [['a', '1\r\n2']], { name: 'C:\\x\\..\\evil"name', text: 'data\r\n--x-boundary' });
  const boundary = boundaryOf(type)!;
  assert.equal(boundary, 'x-boundary-42');
  const bytes = Buffer.from(body);
  for (let size = 0; size < bytes.length - 2; size++)
    assert.equal(parseMultipart(bytes.subarray(0, size), boundary), undefined, `cut at ${size}`);
  const { body: fine } = form(
    't',
    [
      ['a', '1\r\n2'],
      ['__proto__', 'x'],
    ],
    { name: '../../x.json', text: 'data\r\n--x-boundary' },
  );
  const whole = parseMultipart(Buffer.from(fine), boundary)!;
  assert.equal(whole.fields['a'], '1\n2');
  assert.equal(whole.files.get('file')?.fileName, 'x.json');
  assert.equal(whole.files.get('file')?.data.toString(), 'data\r\n--x-boundary');
  assert.equal(({} as { x?: string }).x, undefined);
  const many = form(
    't',
    Array.from({ length: 40 }, (_, i) => [`f${i}`, '']),
  );
  assert.equal(parseMultipart(Buffer.from(many.body), boundary), undefined);
  assert.equal(parseMultipart(Buffer.from(form('t', [['a', 'x'.repeat(70_000)]]).body), boundary), undefined);
});
