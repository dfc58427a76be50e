import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openTestSite, tokenOf } from './testing.ts';

const site = await openTestSite();
after(() => site.close());
const owner = await site.owner();
const HREF = '/workshop/guest_wifi';

const text = async (path: string): Promise<string> => {
  const answer = await owner.get(path);
  assert.equal(answer.status, 200, path);
  return answer.text;
};

async function upload(path: string, fields: [string, string][], file?: [string, string]) {
  const boundary = 'x-boundary-42';
  const token = tokenOf((await owner.get('/workshop')).text);
  const parts = [['_token', token], ...fields].map(
    ([k, v]) => `--${boundary}\r\nContent-Disposition: form-data; name="${k}"\r\n\r\n${v}\r\n`,
  );
  if (file)
    parts.push(
      `--${boundary}\r\nContent-Disposition: form-data; name="${file[0]}"; filename="x.zip"\r\nContent-Type: application/zip\r\n\r\n${file[1]}\r\n`,
    );
  const headers = { 'Content-Type': `multipart/form-data; boundary=${boundary}`, Origin: `http://${owner.host}` };
  return owner.send('POST', path, headers, `${parts.join('')}--${boundary}--\r\n`);
}

test('the workshop lists drafts, takes an archive, makes a new plugin, and says what is wrong with a name', async () => {
  assert.match(await text('/plugins'), /href="\/workshop"/);
  assert.match(await text('/workshop'), /href="\/workshop\/guest_wifi"[\s\S]*not installed yet/);
  const sent = await upload('/workshop/upload', [], ['file', 'PK..']);
  assert.deepEqual([sent.status, sent.headers.location], [303, HREF]);
  const none = await upload('/workshop/upload', []);
  assert.equal(none.status, 422);
  assert.match(none.text, /Choose a file first/);
  const bad = await owner.post('/workshop/new', { key: '../x', kind: 'flow' }, {}, '/workshop');
  assert.equal(bad.status, 422);
  assert.match(bad.text, /will not do as a name[\s\S]*value="\.\.\/x"|value="\.\.\/x"[\s\S]*will not do as a name/);
  const made = await owner.post('/workshop/new', { key: 'mine', kind: 'javascript' }, {}, '/workshop');
  assert.equal(made.headers.location, '/workshop/mine');
  assert.match(await text('/workshop/mine'), /module\.exports/);
});

test('a draft is edited, checked, installed, edited again, taken back, discarded and removed', async () => {
  const page = await text(HREF);
  assert.match(page, /<textarea[^>]*>[\s\S]*protocolDetected/);
  assert.match(page, /It keeps values over restarts/);
  const file = 'user_scripts/flow/guest_wifi.lua';
  const saved = await owner.post(
    `${HREF}/save`,
    { file, text: 'return {} -- </textarea><b>', next: 'check' },
    {},
    HREF,
  );
  assert.equal(saved.status, 200);
  assert.match(saved.text, /1 error, 1 hint[\s\S]*guest_wifi\.lua:22[\s\S]*flow\.getInf does not exist/);
  assert.match(saved.text, /return \{\} -- &lt;\/textarea&gt;&lt;b&gt;/);
  const added = await owner.post(`${HREF}/save`, { file: 'modules/more.lua', text: '' }, {}, HREF);
  assert.equal(added.headers.location, `${HREF}?file=modules%2Fmore.lua`);
  await owner.post(`${HREF}/delete-file`, { file: 'modules/more.lua' }, {}, HREF);
  assert.doesNotMatch(await text(HREF), /modules\/more\.lua/);
  await owner.post(`${HREF}/install`, {}, {}, HREF);
  const installed = await text(HREF);
  assert.match(installed, /Installed: guest_wifi is loaded/);
  assert.match(installed, /readonly/);
  await owner.post(`${HREF}/edit`, {}, {}, HREF);
  assert.doesNotMatch(await text(HREF), /<textarea[^>]*readonly/);
  assert.equal((await owner.post(`${HREF}/discard`, {}, {}, HREF)).headers.location, '/workshop');
  assert.match(await text('/workshop'), /kept among the versions/);
  await owner.post(`${HREF}/restore`, { id: '1' }, {}, HREF);
  assert.match(await text(HREF), /is a draft now/);
  await owner.post(`${HREF}/discard`, {}, {}, HREF);
  await owner.post(`${HREF}/remove`, {}, {}, HREF);
  assert.equal((await owner.get(HREF)).status, 404);
});

test('what it would have raised: days, hosts, examples, what was not counted', async () => {
  await owner.post('/workshop/new', { key: 'guest_wifi', kind: 'flow' }, {}, '/workshop');
  const recent = await owner.post('/workshop/try', { key: 'guest_wifi' }, {}, HREF);
  assert.equal(recent.status, 200);
  assert.match(recent.text, /It would have raised 17 alerts/);
  assert.match(recent.text, /Over the 7,421 flows that ended last/);
  assert.match(recent.text, /192\.168\.1\.23[\s\S]*11[\s\S]*Examples[\s\S]*which is on the list[\s\S]*Not counted/);
  const capture = await upload('/workshop/try', [['key', 'guest_wifi']], ['capture', 'pcap']);
  assert.match(capture.text, /Over a capture with 7,421 flows/);
});

test('nobody changes a plugin without a token, and what is not there is not found', async () => {
  assert.equal((await owner.post(`${HREF}/install`, { _token: 'forged' })).status, 403);
  assert.equal((await owner.get('/workshop/nothing')).status, 404);
  assert.equal((await owner.post('/workshop/nothing/install', {}, {}, '/workshop')).status, 404);
  assert.equal((await owner.post(`${HREF}/nonsense`, {}, {}, HREF)).status, 404);
});
