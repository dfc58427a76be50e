import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'span-replay-'));
after(() => rmSync(work, { recursive: true, force: true }));

const spanwatch = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'src/main.ts'), ...args], { encoding: 'utf8', timeout: 60_000 });
const demo = join(work, 'demo.pcap');
spawnSync(process.execPath, [join(root, 'scripts/make-demo.ts'), demo]);

test('one event a flow, with addresses, ids and names', () => {
  const { status, stdout, stderr } = spanwatch('replay', demo, '--flows', '-');
  assert.deepEqual([status, stderr], [0, '']);
  const flows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(flows.length, 67);
  const stranger = flows.filter((f) => f.dest_ip === '198.51.100.53');
  assert.equal(stranger.length, 2);
  assert.deepEqual(
    [stranger[0].src_ip, stranger[0].l7_master_id, stranger[0].dns.query, stranger[0].l7_confidence],
    ['192.168.1.11', 5, 'tracker.example.net', 'content'],
  );
  const names = new Set(flows.map((f) => f.app_proto.split('.')[0]));
  for (const name of ['DNS', 'TLS', 'HTTP', 'NTP', 'DHCP']) assert.ok(names.has(name), name);
});

test('alerts of an enabled plugin, once per flow', () => {
  const { status, stdout } = spanwatch(
    'replay',
    demo,
    '--alerts',
    '-',
    '--enable',
    'unexpected_dns={"items":["192.168.1.1"]}',
  );
  assert.equal(status, 0);
  const alerts = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    alerts.map((a) => [a.typeName, a.text, a.flow.client, a.score]),
    [
      ['alert_unexpected_dns', 'Unexpected DNS server found: 198.51.100.53 [Score: 100]', '192.168.1.11', 100],
      ['alert_unexpected_dns', 'Unexpected DNS server found: 198.51.100.53 [Score: 100]', '192.168.1.11', 100],
    ],
  );
});

test('wrong usage, configurations and scripts are refused with a word', () => {
  for (const [args, word] of [
    [['replay'], /usage/],
    [['replay', demo, '--what'], /--what/],
    [['replay', demo, '--alerts', '-', '--enable', 'nobody'], /no such user script/],
    [['replay', demo, '--alerts', '-', '--enable', 'unexpected_dns={"items":["1.2.3"]}'], /Bad address: 1\.2\.3/],
    [['replay', demo, '--alerts', '-', '--enable', 'unexpected_dns={'], /not JSON/],
    [['constructor'], /usage/],
  ] as const) {
    const { status, stderr } = spanwatch(...args);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, word);
    assert.doesNotMatch(stderr, /^\s+at /m, 'no stack trace');
  }
});

test('malformed captures end with an exit code and a word, not a stack trace', () => {
  const good = readFileSync(demo);
  const random = Buffer.from(Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3) * 31) & 255));
  const cases: [string, Buffer, number, RegExp][] = [
    ['empty', Buffer.alloc(0), 1, /empty|no capture|byte 0|short/i],
    ['random', random, 1, /neither|not|unknown|magic/i],
    ['header only', good.subarray(0, 24), 0, /^$/],
    ['cut inside a record', good.subarray(0, 5000), 0, /cut short at byte \d+/],
    [
      'a giant record',
      Buffer.concat([good.subarray(0, 32), Buffer.from('ffffff7fffffff7f', 'hex'), random]),
      1,
      /byte 24/,
    ],
  ];
  for (const [name, content, code, word] of cases) {
    const path = join(work, 'bad.pcap');
    writeFileSync(path, content);
    const { status, stderr } = spanwatch('replay', path, '--flows', '-');
    assert.equal(status, code, `${name}: ${stderr}`);
    assert.match(stderr.trim(), word, name);
    assert.doesNotMatch(stderr, /^\s+at /m, name);
  }
  assert.match(spanwatch('replay', '/nowhere.pcap').stderr, /no such file/);
});

test('mutated captures neither crash the engine nor its plugins', () => {
  const good = readFileSync(demo);
  let state = 99;
  const random = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % n;
  };
  for (let round = 0; round < 6; round++) {
    const bad = Buffer.from(good);
    for (let i = 0; i < 3000; i++) bad[24 + random(bad.length - 24)] = random(256);
    const path = join(work, 'mutated.pcap');
    writeFileSync(path, bad);
    const { status, stderr } = spanwatch('replay', path, '--alerts', join(work, 'alerts'), '--stats');
    assert.ok(status === 0 || status === 1, stderr);
    assert.doesNotMatch(stderr, /bug\.|^\s+at /m);
  }
});
