import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Expectations } from '../expectations.ts';
import { Bench, demandBearsLoss, demandEqualWhenSplit } from '../test-kit.ts';
import type { Conversation } from '../testing.ts';
import { View } from '../view.ts';
import { dns } from './index.ts';

const bench = new Bench();

const name = (text: string): string =>
  `${text
    .split('.')
    .map((label) => label.length.toString(16).padStart(2, '0') + Buffer.from(label, 'latin1').toString('hex'))
    .join('')}00`;
const hex = (...parts: string[]): Buffer => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
const QUERY = hex('1234 0100 0001 0000 0000 0000', name('WWW.Example.org'), '0001 0001');
const REPLY = hex(
  '1234 8180 0001 0002 0000 0001',
  name('www.example.org'),
  '0001 0001',
  'c00c 0005 0001 0000003c 0006 03 637964 c010',
  'c00c 0001 0001 0000003c 0004 c0000207',
  '00 0029 04d0 00000000 0000',
);

function udp(serverPort: number, ...packets: [boolean, Buffer][]): Conversation {
  return {
    tcp: false,
    clientPort: 40000,
    serverPort,
    packets: packets.map(([fromClient, bytes]) => ({ fromClient, bytes })),
  };
}

test('question, answers and edns; names in one spelling', () => {
  const { master, info, risks } = bench.play(udp(53, [true, QUERY], [false, REPLY]));
  assert.equal(master, 5);
  assert.equal(info.hostname, 'www.example.org');
  assert.deepEqual(info.dns, {
    queries: 1,
    query: 'www.example.org',
    qtype: 1,
    rcode: 0,
    answers: 2,
    addresses: ['192.0.2.7'],
  });
  assert.equal(info.more?.['dns.edns_size'], 1232);
  assert.deepEqual(risks, []);
});

test('over tcp, however cut; on another port; the reply alone', () => {
  const framed = (m: Buffer) => Buffer.concat([Buffer.from([0, m.length]), m]);
  const tcp: Conversation = {
    tcp: true,
    clientPort: 40000,
    serverPort: 53,
    packets: [
      { fromClient: true, bytes: framed(QUERY) },
      { fromClient: false, bytes: framed(REPLY) },
    ],
  };
  assert.deepEqual(bench.play(tcp).info.dns?.addresses, ['192.0.2.7']);
  demandEqualWhenSplit(bench, tcp);
  demandBearsLoss(bench, tcp);
  const elsewhere = bench.play(udp(5301, [true, QUERY], [false, REPLY]));
  assert.equal(elsewhere.master, 5);
  assert.ok(elsewhere.risks.includes(5));
  assert.equal(bench.play(udp(53, [false, REPLY])).info.dns?.answers, 2);
});

test('its kin by their ports', () => {
  assert.equal(bench.play(udp(5353, [true, QUERY])).master, 8);
  assert.equal(bench.play(udp(5355, [true, QUERY])).master, 154);
  const certificate = hex('1234 0100 0001 0000 0000 0000', name('2.dnscrypt-cert.example.org'), '0010 0001');
  assert.equal(bench.play(udp(443, [true, certificate])).master, 208);
});

test('risks say what raised them', () => {
  const odd = hex('1234 0100 0001 0000 0000 0000', name('ex\xe4mple.org'), '0001 0001');
  const outcome = bench.play(udp(53, [true, odd]));
  assert.equal(outcome.info.hostname, 'ex?mple.org');
  assert.ok(outcome.risks.includes(39));
  const long = hex('1234 0100 0001 0000 0000 0000', name(`${'a1b2c3d4e5'.repeat(6)}.example.org`), '000a 0001');
  assert.deepEqual(
    bench.play(udp(53, [true, long])).risks.filter((id) => [16, 23, 49].includes(id)),
    [16, 23, 49],
  );
  const nxdomain = Buffer.from(REPLY);
  nxdomain[3] = 0x83;
  assert.ok(bench.play(udp(53, [true, QUERY], [false, nxdomain])).risks.includes(43));
});

test('pointers that loop, names that never end, strangers', () => {
  const loop = hex('1234 8180 0001 0001 0000 0000', 'c00c 0001 0001', 'c00c 0001 0001 00000000 0004 01020304');
  bench.play(udp(53, [false, loop]));
  bench.play(udp(53, [true, hex('1234 0100 0001 0000 0000 0000', '3f61'.repeat(200))]));
  const noise = Buffer.alloc(64, 0xee);
  assert.equal(bench.play(udp(40001, [true, noise])).master, 0);
});

test('more questions than the message has room for, but not what the capture cut off', () => {
  const many = Buffer.from(QUERY);
  many[4] = 0x81;
  assert.ok(bench.play(udp(53, [true, many])).risks.includes(17));
  assert.ok(!bench.play(udp(53, [true, QUERY])).risks.includes(17));

  const cutAt = (wireLen: number): number[] => {
    const view = new View(new Expectations());
    view.serverPort = 53;
    view.load(undefined, undefined, undefined);
    view.c.set(REPLY, 0, 40);
    view.wireLen = wireLen;
    dns.parse!(view);
    return (view.takeRisks() ?? []).map((risk) => risk.id);
  };
  assert.ok(cutAt(40).includes(17));
  assert.ok(!cutAt(REPLY.length).includes(17));
});

test('signs that shells and formats know, save in the instance of a service', () => {
  const asked = (text: string) => {
    const { info, risks } = bench.play(udp(53, [true, hex('1234 0100 0001 0000 0000 0000', name(text), '0021 0001')]));
    return [info.hostname, risks.includes(39)];
  };
  assert.deepEqual(asked('_sip._udp.exa%s.org'), ['_sip._udp.exa_s.org', true]);
  assert.deepEqual(asked('$(id).example.org'), ['_(id).example.org', true]);
  assert.deepEqual(asked("Anna's printer._ipp._tcp.example.org"), ['anna_s printer._ipp._tcp.example.org', false]);
  assert.deepEqual(asked('_dmarc.example.org'), ['_dmarc.example.org', false]);
  // A name whose end is not there is malformed and nothing else.
  const open = hex('1234 0100 0001 0000 0000 0000', '04 61253062 05 6162');
  assert.deepEqual(
    bench.play(udp(53, [true, open])).risks.filter((id) => id === 17 || id === 39),
    [17],
  );
});

test('a drawn name that is known is worse than one that is not', () => {
  const drawn = name('q7x2k9v4wz1b.example');
  const ask = hex('1234 0100 0001 0000 0000 0000', drawn, '0001 0001');
  const answer = (rcode: string) => hex(`1234 818${rcode} 0001 0000 0000 0000`, drawn, '0001 0001');
  const risks = (rcode: string) =>
    bench.play(udp(53, [true, ask], [false, answer(rcode)])).risks.filter((id) => id === 16 || id === 27);
  assert.deepEqual(risks('0'), [16, 27]);
  assert.deepEqual(risks('3'), [16]);
});
