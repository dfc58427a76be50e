import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cursor } from '../kit.ts';
import { Bench, demandBearsLoss, demandEqualWhenSplit } from '../test-kit.ts';
import type { Conversation } from '../testing.ts';
import { readClientHello } from './client-hello.ts';
import { ja3, ja4 } from './fingerprint.ts';
import { clientHelloBody, type HelloFields, message, records, serverHelloBody } from './samples.ts';

const bench = new Bench();

function hello(fields: HelloFields) {
  const body = Uint8Array.from(clientHelloBody(fields));
  return readClientHello(new Cursor().set(body, 0, body.length), fields.cookie ? 'd' : 't');
}

function conversation(client: Uint8Array, server?: Uint8Array, serverPort = 443): Conversation {
  const packets = [{ fromClient: true, bytes: client }];
  if (server) packets.push({ fromClient: false, bytes: server });
  return { tcp: true, clientPort: 40000, serverPort, packets };
}

const HELLO = records(22, message(1, clientHelloBody({ sni: 'www.example.org', alpn: ['h2', 'http/1.1'] })));
const ANSWER = records(22, message(2, serverHelloBody(0x0303, 0x1301, 0x0304)));

/** The example of FoxIO's JA4 technical details. */
const CHROME: HelloFields = {
  sni: 'example.org',
  alpn: ['h2'],
  ciphers: [
    0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d,
    0x002f, 0x0035,
  ],
  extensions: [
    0x2a2a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01,
    0x000b, 0x000a, 0x0015,
  ],
  signatures: [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
  versions: [0x3a3a, 0x0304, 0x0303],
};

test('ja4 of the specification', () => {
  assert.equal(ja4(hello(CHROME), 't').foxio, 't13d1516h2_8daaf6152771_e5627efa2ab1');
});

test('ja4 where the two readings differ', () => {
  const http = hello({ ...CHROME, alpn: ['http/1.1'] });
  assert.match(ja4(http, 't').foxio, /^t13d1516h1_/);
  assert.match(ja4(http, 't').ndpi, /^t13d1516ht_/);
  const odd = hello({ ...CHROME, alpn: ['\xab\xcd'] });
  assert.match(ja4(odd, 't').foxio, /^t13d1516ad_/);
  const nameless = hello({ ciphers: [0x002f], extensions: [] });
  assert.equal(ja4(nameless, 't').foxio.slice(0, 10), 't12i010000');
  assert.match(ja4(nameless, 't').foxio, /_000000000000$/);
  assert.equal(ja4(nameless, 't').ndpi.slice(0, 10), 't12d010000');
});

test('ja3 leaves GREASE out', () => {
  const with3 = ja3(hello({ ciphers: [0x0a0a, 0x1301], groups: [0x2a2a, 0x001d], extensions: [0xfafa, 10, 11] }));
  assert.equal(with3, ja3(hello({ ciphers: [0x1301], groups: [0x001d], extensions: [10, 11] })));
});

test('a handshake over records and segments, however cut', () => {
  const outcome = bench.play(conversation(HELLO, ANSWER));
  assert.equal(outcome.master, 91);
  assert.equal(outcome.info.hostname, 'www.example.org');
  const { tls } = outcome.info;
  assert.deepEqual(
    [tls?.sni, tls?.alpn, tls?.version, tls?.cipher],
    ['www.example.org', 'h2,http/1.1', 0x0304, 0x1301],
  );
  const split = records(22, message(1, clientHelloBody({ sni: 'www.example.org', alpn: ['h2', 'http/1.1'] })), 40);
  assert.deepEqual(bench.play(conversation(split, ANSWER)).info, outcome.info);
  demandEqualWhenSplit(bench, conversation(HELLO, ANSWER));
  demandBearsLoss(bench, conversation(HELLO, ANSWER));
});

test('one direction is enough', () => {
  assert.equal(
    bench.play({ ...conversation(HELLO), packets: conversation(HELLO).packets }).info.tls?.sni,
    'www.example.org',
  );
  const served = bench.play({
    tcp: true,
    clientPort: 40000,
    serverPort: 443,
    packets: [{ fromClient: false, bytes: ANSWER }],
  });
  assert.deepEqual([served.master, served.info.tls?.cipher], [91, 0x1301]);
});

test('on the ports of mail it bears the name of what it wraps', () => {
  for (const [port, id] of [
    [465, 29],
    [993, 51],
    [995, 23],
    [990, 311],
  ] as const) {
    assert.equal(bench.play(conversation(HELLO, ANSWER, port)).master, id);
  }
  const dot = bench.play(conversation(HELLO, ANSWER, 853));
  assert.deepEqual([dot.master, dot.app], [91, 196]);
});

test('starttls: the names inside, and the protocol inside tls', () => {
  const line = (fromClient: boolean, text: string) => ({ fromClient, bytes: Buffer.from(text) });
  const mail: Conversation = {
    tcp: true,
    clientPort: 40000,
    serverPort: 25,
    packets: [
      line(false, '220 mx.example.org ESMTP\r\n'),
      line(true, 'EHLO a\r\n'),
      line(false, '250 STARTTLS\r\n'),
      line(true, 'STARTTLS\r\n'),
      line(false, '220 go ahead\r\n'),
      { fromClient: true, bytes: HELLO },
      { fromClient: false, bytes: ANSWER },
    ],
  };
  const outcome = bench.play(mail);
  assert.deepEqual([outcome.master, outcome.info.tls?.sni], [29, 'www.example.org']);
  demandEqualWhenSplit(bench, mail);
});

test('starttls of xmpp and ldap', () => {
  const line = (fromClient: boolean, text: string) => ({ fromClient, bytes: Buffer.from(text, 'latin1') });
  const stream = "<stream:stream to='example.org' xmlns='jabber:client' version='1.0'>";
  const chat: Conversation = {
    tcp: true,
    clientPort: 40000,
    serverPort: 5222,
    packets: [
      line(true, stream),
      line(false, `${stream}<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>`),
      line(true, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
      line(false, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
      { fromClient: true, bytes: HELLO },
      { fromClient: false, bytes: ANSWER },
    ],
  };
  const oid = '1.3.6.1.4.1.1466.20037';
  const directory: Conversation = {
    ...chat,
    serverPort: 389,
    packets: [
      line(true, `\x30\x1d\x02\x01\x01\x77\x18\x80\x16${oid}`),
      line(false, '\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00'),
      { fromClient: true, bytes: HELLO },
      { fromClient: false, bytes: ANSWER },
    ],
  };
  for (const [id, conversation] of [
    [67, chat],
    [112, directory],
  ] as const) {
    const outcome = bench.play(conversation);
    assert.deepEqual(
      [outcome.master, outcome.info.tls?.sni, outcome.info.tls?.version],
      [id, 'www.example.org', 0x0304],
    );
    demandEqualWhenSplit(bench, conversation);
  }
});

test('risks say what raised them', () => {
  const old = records(22, message(1, clientHelloBody({ version: 0x0301, ciphers: [0x0005], extensions: [10] })));
  const weak = records(22, message(2, serverHelloBody(0x0301, 0x0005)));
  assert.deepEqual(
    bench.play(conversation(old, weak)).risks.filter((id) => [7, 8].includes(id)),
    [7, 8],
  );
  const numeric = records(22, message(1, clientHelloBody({ sni: '192.0.2.7', alpn: ['odd/1'] })));
  assert.deepEqual(
    bench.play(conversation(numeric)).risks.filter((id) => [12, 31].includes(id)),
    [12, 31],
  );
});

test('strangers are refused', () => {
  for (const bytes of ['16 03 09 00 05 01', '17 03 03 ff ff 00 00', '15 03 01 00 02 07 00', '14 03 03 00 01 02']) {
    const payload = Buffer.from(bytes.replaceAll(' ', '').padEnd(60, '0'), 'hex');
    assert.notEqual(bench.play(conversation(payload, undefined, 9999)).master, 91);
  }
});
