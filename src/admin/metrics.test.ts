import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeToken } from '../appliance/accounts.ts';
import { meminfo, writeBytes } from '../appliance/machine.ts';
import { sampleDestination } from '../notify/testing.ts';
import { openTestSite } from './testing.ts';

test('/metrics: well-formed text, hostile names escaped, open to its token alone', async () => {
  const { text: token, token: kept } = makeToken('prometheus', 'metrics', 1);
  const hook = sampleDestination('webhook', { url: 'https://x.example/' }, { name: 'a"b\\c' });
  const site = await openTestSite({ hostile: true, settings: { tokens: [kept], destinations: [hook] } });
  try {
    const program = site.visitor();
    assert.equal((await program.get('/metrics')).status, 401);
    const answer = await program.get('/metrics', { Authorization: `Bearer ${token}` });
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/);
    const seen = new Set<string>();
    for (const line of answer.text.trimEnd().split('\n')) {
      const comment = /^# (HELP|TYPE) (spanwatch_\w+) .+$/.exec(line);
      if (comment !== null) {
        const key = `${comment[1]} ${comment[2]}`;
        assert.ok(!seen.has(key), `${key} twice`);
        seen.add(key);
        continue;
      }
      assert.match(
        line,
        /^spanwatch_[a-z0-9_]+(\{[a-z]+="(\\[\\"n]|[^\\"\n])*"(,[a-z]+="(\\[\\"n]|[^\\"\n])*")*\})? -?[\d.e+-]+$/,
        line,
      );
    }
    assert.match(answer.text, /^spanwatch_packets_total 48213331$/m);
    assert.match(answer.text, /destination="a\\"b\\\\c"/);
    const owner = await site.owner();
    assert.equal((await owner.get('/metrics')).status, 200, 'people may look too');
    assert.equal((await program.get('/api/v1/health', { Authorization: `Bearer ${token}` })).status, 403);
  } finally {
    await site.close();
  }
});

test('figures of the kernel: read or unknown', () => {
  assert.equal(meminfo('MemTotal:        2048 kB\nMemAvailable:    1 kB\n', 'MemTotal'), 2_097_152);
  assert.equal(meminfo('', 'MemTotal'), 0);
  assert.equal(writeBytes('rchar: 1\nwrite_bytes: 4096\ncancelled_write_bytes: 7\n'), 4096);
  assert.equal(writeBytes(''), undefined);
});
