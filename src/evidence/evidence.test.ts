import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { AlertEvent } from '../alerts/alert.ts';

const root = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'span-evidence-'));
after(() => rmSync(work, { recursive: true, force: true }));
const run = (command: string, ...args: string[]) => spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 });
const without = run('tshark', '--version').status === 0 ? false : 'needs tshark';

test('an alert yields a capture that tshark reads and that holds its flow only', { skip: without }, () => {
  const demo = join(work, 'demo.pcap');
  run(process.execPath, join(root, 'scripts/make-demo.ts'), demo);
  const replayed = run(
    process.execPath,
    ...[join(root, 'src/main.ts'), 'replay', demo, '--alerts', '-', '--evidence', join(work, 'evidence')],
    ...['--enable', 'unexpected_dns={"items":["192.168.1.1"]}'],
  );
  const alerts = replayed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AlertEvent);
  const { evidence, flow } = alerts[0]!;
  assert.ok(evidence && flow, replayed.stderr);
  assert.ok(readdirSync(join(work, 'evidence')).includes(`${evidence.key}.pcap`));
  const file = join(work, 'evidence', `${evidence.key}.pcap`);
  const fields = ['ip.src', 'ip.dst', 'udp.srcport', 'udp.dstport', 'frame.time_epoch', 'dns.qry.name'];
  const read = run('tshark', '-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field]));
  assert.equal(read.status, 0, read.stderr);
  const rows = read.stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  assert.equal(rows.length, evidence.packets);
  const ends = new Set([`${flow.client} ${flow.clientPort}`, `${flow.server} ${flow.serverPort}`]);
  for (const [from, to, fromPort, toPort, , name] of rows) {
    assert.deepEqual(new Set([`${from} ${fromPort}`, `${to} ${toPort}`]), ends);
    assert.equal(name, 'tracker.example.net');
  }
  const times = rows.map((row) => Number(row[4]));
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
});
