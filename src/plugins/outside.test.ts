import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import test from 'node:test';
import { type Ask, OUTSIDE_LIMITS, Outside, pingFigures } from './outside.ts';

interface Seen {
  method: string;
  url: string;
  type: string;
  authorization: string;
  body: string;
}

async function web(work: (origin: string, seen: Seen[]) => Promise<void>): Promise<void> {
  const seen: Seen[] = [];
  const read = async (message: IncomingMessage): Promise<string> => {
    let body = '';
    for await (const part of message) body += String(part);
    return body;
  };
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, type: headers['content-type'] ?? '', authorization: headers.authorization ?? '', body });
      if (url === '/moved') response.writeHead(302, { location: '/there' }).end();
      else if (url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (url === '/bad') response.writeHead(500).end('no');
      else if (url === '/huge') response.end('x'.repeat(OUTSIDE_LIMITS.contentBytes + 1000));
      else if (url !== '/silent') response.end('hello');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const made = (over: ConstructorParameters<typeof Outside>[0] | object = {}): { outside: Outside; said: string[] } => {
  const said: string[] = [];
  const outside = new Outside({ log: (_plugin, text) => said.push(text), allowLoopback: true, ...over });
  outside.grants = { p: { http: true, network: true }, refused: { http: false } };
  return { outside, said };
};
const ask = (kind: Ask['kind'], ...args: unknown[]): Ask => ({ plugin: 'p', kind, args, notifying: false });

test('GET and POST reach a server; what comes back has the fields of 4.2 and a bound', async () => {
  await web(async (origin, seen) => {
    const { outside } = made();
    const [got] = (await outside.answer(ask('httpGet', `${origin}/a`, 'user', 'secret', 5, true))) as [
      Record<string, unknown>,
    ];
    assert.equal(got['RESPONSE_CODE'], 200);
    assert.equal(got['CONTENT'], 'hello');
    assert.equal(got['EFFECTIVE_URL'], `${origin}/a`);
    assert.ok((got['HTTP_STATS'] as { TOTAL_TIME: number }).TOTAL_TIME > 0);
    assert.equal(seen[0]!.authorization, `Basic ${Buffer.from('user:secret').toString('base64')}`);
    const [bare] = (await outside.answer(ask('httpGet', `${origin}/a`))) as [Record<string, unknown>];
    assert.equal('CONTENT' in bare, false);
    await outside.answer(ask('httpPost', `${origin}/b`, '{"a":1}'));
    await outside.answer(ask('httpPost', `${origin}/b`, 'a=1&b=2'));
    assert.deepEqual(
      seen.slice(2).map((one) => [one.type, one.body]),
      [
        ['application/json', '{"a":1}'],
        ['application/x-www-form-urlencoded', 'a=1&b=2'],
      ],
    );
    assert.deepEqual(await outside.answer(ask('postJson', '', '', `${origin}/c`, '{}', 3)), [true]);
    assert.deepEqual(await outside.answer(ask('postJson', '', '', `${origin}/bad`, '{}', 3)), [false]);
    const [huge] = (await outside.answer(ask('httpGet', `${origin}/huge`, '', '', 5, true))) as [
      Record<string, unknown>,
    ];
    assert.equal(huge['CONTENT_LEN'], OUTSIDE_LIMITS.contentBytes);
    const [moved] = (await outside.answer(ask('httpGet', `${origin}/moved`, '', '', 5, true))) as [
      Record<string, unknown>,
    ];
    assert.equal(moved['EFFECTIVE_URL'], `${origin}/there`);
    const [loop] = (await outside.answer(ask('httpGet', `${origin}/loop`))) as [Record<string, unknown>];
    assert.equal(loop['RESPONSE_CODE'], 302);
    const begun = performance.now();
    assert.deepEqual(await outside.answer(ask('httpGet', `${origin}/silent`, '', '', 1)), []);
    assert.ok(performance.now() - begun < 3000, 'the deadline holds');
  });
});

test('without the word of the owner nothing leaves; a recipient that he set up is his word', async () => {
  await web(async (origin, seen) => {
    const { outside, said } = made();
    const by = (plugin: string, notifying: boolean) =>
      outside.answer({ plugin, kind: 'postJson', args: ['', '', origin, '{}'], notifying });
    assert.deepEqual(await by('stranger', false), [false]);
    assert.match(said[0]!, /not permitted: allow "http"/);
    assert.deepEqual(await by('stranger', true), [true]);
    assert.deepEqual(await by('refused', true), [false]);
    assert.equal(seen.length, 1);
    assert.equal(outside.counters.refused, 2);
  });
});

test('this machine, its link, other schemes and nonsense are refused in words', async () => {
  const { outside, said } = made({ allowLoopback: false });
  for (const url of [
    'http://127.0.0.1:80/',
    'http://localhost/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest',
    'http://0.0.0.0/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'nonsense',
    '',
    `http://example.com/${'x'.repeat(3000)}`,
  ])
    assert.deepEqual(await outside.answer(ask('httpGet', url)), [], url);
  assert.deepEqual(await outside.answer(ask('udp', '127.0.0.1', 514, 'x')), [false]);
  assert.deepEqual(await outside.answer(ask('udp', '192.0.2.1', 0, 'x')), [false]);
  assert.deepEqual(await outside.answer(ask('tcp', '-oProxy', 80, 'x')), [false]);
  assert.deepEqual(await outside.answer(ask('resolve', 'a b; rm')), []);
  assert.deepEqual(await outside.answer(ask('mail', 'a', 'b', 'c', 'd')), [false]);
  assert.ok(said.every((line) => line.length < 200 && line !== ''));
});

test('requests have a rate', async () => {
  await web(async (origin, seen) => {
    const { outside } = made();
    const all = Array.from({ length: OUTSIDE_LIMITS.burst + 20 }, () =>
      outside.answer(ask('postJson', '', '', origin, '{}')),
    );
    const answers = await Promise.all(all);
    assert.ok(answers.filter(([good]) => good === true).length <= OUTSIDE_LIMITS.burst + 1);
    assert.ok(seen.length <= OUTSIDE_LIMITS.burst + 1 && seen.length > 10);
  });
});

test('datagrams and streams arrive; mail goes to the client that was given', async () => {
  const datagrams = createSocket('udp4');
  const got: string[] = [];
  await new Promise<void>((resolve) => datagrams.bind(0, '127.0.0.1', resolve));
  const arrived = new Promise<void>((resolve) =>
    datagrams.once('message', (data) => resolve(void got.push(String(data)))),
  );
  const streams = createTcp((socket) => socket.on('data', (data) => got.push(String(data))));
  await new Promise<void>((resolve) => streams.listen(0, '127.0.0.1', resolve));
  const mails: string[] = [];
  const { outside } = made({
    mail: ({ to, server }: { to: string; server: string }) => {
      mails.push(`${to} ${server}`);
      return Promise.resolve({ ok: true, text: '' });
    },
  });
  assert.deepEqual(await outside.answer(ask('udp', '127.0.0.1', datagrams.address().port, '<13>x')), [true]);
  await arrived;
  assert.deepEqual(await outside.answer(ask('tcp', '127.0.0.1', (streams.address() as AddressInfo).port, 'y\n', 2)), [
    true,
  ]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(await outside.answer(ask('mail', 'a@x', 'b@y', 'text', 'smtp://m')), [true]);
  assert.deepEqual(got, ['<13>x', 'y\n']);
  assert.deepEqual(mails, ['b@y smtp://m']);
  datagrams.close();
  streams.close();
});

test('the figures of several pings are read from what ping says, IPv4 and IPv6', () => {
  const said = `PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.
64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.045 ms

--- 127.0.0.1 ping statistics ---
5 packets transmitted, 4 received, 20% packet loss, time 1206ms
rtt min/avg/max/mdev = 0.045/0.052/0.061/0.007 ms
`;
  const figures = { response_rate: 80, min_rtt: 0.045, mean: 0.052, max_rtt: 0.061, jitter: 0.007 };
  assert.deepEqual(pingFigures(said), figures);
  assert.equal(pingFigures('5 packets transmitted, 0 received, 100% packet loss, time 4ms\n'), undefined);
  assert.equal(pingFigures(''), undefined);
});
