/** `spanwatch explain` on a capture made here: who looked, who said yes, what named the application. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { LINKTYPE, newFrame } from '../capture/source.ts';
import { PcapFile } from '../capture/writer.ts';

const work = mkdtempSync(join(tmpdir(), 'span-explain-'));
after(() => rmSync(work, { recursive: true, force: true }));
const main = join(import.meta.dirname, '../main.ts');

/** Ethernet, IPv4 192.0.2.1 to 192.0.2.53, UDP 40000 to 53, a query for the name. */
function query(name: string): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  const dns = Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
  const head = Buffer.from(
    '020000000001020000000002' + '0800' + '4500000000000000401100' + '00' + 'c0000201c0000235' + '9c40003500000000',
    'hex',
  );
  head.writeUInt16BE(28 + dns.length, 16);
  head.writeUInt16BE(8 + dns.length, 38);
  return Buffer.concat([head, dns]);
}

function explain(...args: string[]) {
  return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'explain', ...args], {
    encoding: 'utf8',
  });
}

test('says who looked, why the verdict fell, and what named the application', () => {
  const path = join(work, 'query.pcap');
  const file = new PcapFile(path, LINKTYPE.ETHERNET);
  const frame = newFrame();
  frame.buf = query('www.youtube.com');
  frame.capLen = frame.wireLen = frame.buf.length;
  frame.timeUs = 1.7e15;
  file.add(frame);
  file.close();
  const { stdout, status } = explain(path);
  assert.equal(status, 0);
  assert.match(stdout, /flow 1: UDP 192\.0\.2\.1 40000 → 192\.0\.2\.53 53/);
  assert.match(stdout, /mine: DNS/);
  assert.match(stdout, /verdict: DNS\.YouTube \(5\.124\), by content: DNS recognised the content of packet 1/);
  assert.match(stdout, /application: YouTube, by the host name/);
  const beyond = explain(path, '--flow', '9');
  assert.deepEqual([beyond.status, /has 1 flows/.test(beyond.stderr)], [2, true]);
});

test('wrong usage and no file end with a word', () => {
  assert.equal(explain().status, 2);
  const { status, stderr } = explain(join(work, 'nothing.pcap'));
  assert.deepEqual([status, /no such file/.test(stderr)], [1, true]);
});
