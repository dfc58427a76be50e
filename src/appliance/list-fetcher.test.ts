import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { Lists } from '../plugins/lists.ts';
import { FETCH_LIMITS, ListFetcher, listFile } from './list-fetcher.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanwatch-lists-'));
let answer: RequestListener = (_, response) => response.end('');
let asked = 0;
const server = createServer((request, response) => {
  asked++;
  answer(request, response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a list is fetched, kept while the server is away, asked for by its tag, and removed with its setting', async () => {
  let urls = [`${base}/bad.txt`];
  let changes = 0;
  const fetcher = new ListFetcher({ folder, urls: () => urls, changed: () => void changes++ });
  answer = (request, response) => {
    if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
    else response.setHeader('etag', '"1"').end('# bad\n203.0.113.9\n0.0.0.0 ads.example\nevil.example\n');
  };
  await fetcher.refresh();
  assert.deepEqual([changes, fetcher.notices(), readdirSync(folder)], [1, [], [listFile(urls[0]!)]]);
  const lists = Lists.read([folder]);
  assert.equal(lists.find('www.evil.example'), listFile(urls[0]!).replace('.txt', ''));
  assert.ok(lists.find('203.0.113.9') && lists.find('ads.example') && !lists.find('203.0.113.8'));
  await fetcher.refresh();
  assert.deepEqual([changes, asked], [1, 2]);
  for (const [reply, why] of [
    [((_, r) => r.writeHead(503).end()) as RequestListener, /answered 503/],
    [((_, r) => r.end('<html>sign in</html>')) as RequestListener, /holds no address/],
    [((_, r) => r.end(Buffer.alloc(FETCH_LIMITS.bytes + 1, 0x61))) as RequestListener, /more than/],
    [((_, r) => r.destroy()) as RequestListener, /could not be fetched/],
  ] as const) {
    answer = reply;
    await fetcher.refresh();
    assert.match(fetcher.notices()[0]!, why);
    assert.match(fetcher.notices()[0]!, /stays in use/);
    assert.match(readFileSync(join(folder, listFile(urls[0]!)), 'utf8'), /evil\.example/);
  }
  assert.equal(changes, 1);
  urls = [];
  await fetcher.refresh();
  assert.deepEqual([changes, fetcher.notices(), readdirSync(folder)], [2, [], []]);
  fetcher.stop();
});

test('networks, names and what is neither', () => {
  const lists = new Lists();
  lists.add('a', '10.0.0.0/8\n192.0.2.7 ; comment\n2001:db8::/32\nExample.ORG\n1.2.3.4/99\nnot a name!\n*.x\n/etc\n');
  assert.deepEqual(lists.infos, [{ name: 'a', addresses: 1, networks: 2, names: 1, refused: 4 }]);
  for (const hit of ['10.255.0.1', '192.0.2.7', '2001:db8:1::5', 'example.org', 'a.b.EXAMPLE.org.'])
    assert.equal(lists.find(hit), 'a', hit);
  for (const miss of ['11.0.0.1', '2001:db9::1', 'notexample.org', 'org', '', 'x'.repeat(5000)])
    assert.equal(lists.find(miss), undefined, miss);
});
