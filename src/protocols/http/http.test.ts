import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, demandBearsLoss, demandEqualWhenSplit } from '../test-kit.ts';
import type { Conversation } from '../testing.ts';

const bench = new Bench();

function talk(...texts: string[]): Conversation {
  return {
    tcp: true,
    clientPort: 40000,
    serverPort: 80,
    server: '192.0.2.7',
    packets: texts.map((text) => ({ fromClient: text[0] === '>', bytes: Buffer.from(text.slice(1), 'latin1') })),
  };
}
const AGENT = 'User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n';
const GET = `>GET /a/b?c=d HTTP/1.1\r\nHost: www.example.org:8080\r\n${AGENT}\r\n`;
const OK =
  '<HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 4\r\n\r\n<a/>';

test('the first exchange, however cut', () => {
  const exchange = talk(GET, OK);
  const { master, app, info, risks } = bench.play(exchange);
  assert.deepEqual([master, app, info.hostname], [7, 7, 'www.example.org']);
  assert.deepEqual(info.http, {
    method: 'GET',
    host: 'www.example.org:8080',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    url: 'www.example.org:8080/a/b?c=d',
    status: 200,
    contentType: 'text/html',
    server: 'nginx',
  });
  assert.deepEqual(risks, []);
  demandEqualWhenSplit(bench, exchange);
  demandBearsLoss(bench, exchange);
});

test('proxies, tunnels, upgrades, http/2', () => {
  const one = (text: string) => {
    const { master, app } = bench.play(talk(text));
    return [master, app];
  };
  assert.deepEqual(one(`>GET http://www.example.org/ HTTP/1.1\r\nHost: www.example.org\r\n${AGENT}\r\n`), [131, 131]);
  assert.deepEqual(one(`>CONNECT www.example.org:443 HTTP/1.1\r\nHost: www.example.org\r\n${AGENT}\r\n`), [130, 130]);
  assert.deepEqual(one(`>GET /s HTTP/1.1\r\nHost: x.example\r\nUpgrade: websocket\r\n${AGENT}\r\n`), [7, 251]);
  assert.deepEqual(one('>PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), [349, 349]);
});

test('applications by what is said', () => {
  const app = (...texts: string[]) => bench.play(talk(...texts)).app;
  assert.equal(
    app(`>POST / HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/ocsp-request\r\n${AGENT}\r\n`),
    63,
  );
  assert.equal(app(`>PROPFIND /x HTTP/1.1\r\nHost: a.example\r\n${AGENT}\r\n`), 376);
  assert.equal(app(GET, '<HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\n\r\n#EXT'), 418);
  assert.equal(app(GET, '<HTTP/1.1 200 OK\r\nContent-Type: application/dash+xml\r\n\r\n<MPD'), 291);
});

test('risks say what raised them', () => {
  const of = (target: string, extra = AGENT) =>
    bench.play(talk(`>GET ${target} HTTP/1.1\r\nHost: a.example\r\n${extra}\r\n`)).risks;
  assert.deepEqual(of('/?id=1%27+union+select+user,password+from+users'), [2]);
  assert.deepEqual(of('/?q=%3Cscript%3Ealert(1)%3C/script%3E'), [1]);
  assert.deepEqual(of('/x?file=../../etc/passwd'), [3, 13]);
  assert.deepEqual(of('/.env'), [40]);
  assert.deepEqual(of('/', ''), [11]);
  assert.deepEqual(of('/', 'User-Agent: () { :; }; echo x\r\n'), [11]);
  assert.deepEqual(of('/', `${AGENT}Authorization: Basic dTpw\r\n`), [36]);
  const program = bench.play(talk(GET, '<HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nMZ\x90\0\x03\0\0\0'));
  assert.deepEqual(program.risks, [4]);
  assert.deepEqual(bench.play(talk(GET, '<HTTP/1.1 404 Not Found\r\nServer: Apache/2.2.3\r\n\r\n')).risks, [43, 47]);
  const foreign = bench.play(talk(`>GET / HTTP/1.1\r\nHost: 198.51.100.1\r\n${AGENT}\r\n`));
  assert.deepEqual(foreign.risks, [12, 14]);
});

test('strangers are refused', () => {
  for (const text of [
    '>GETTING started',
    '>HTTPS is',
    '>POST office box 7 \r\n\r\n',
    '>OPTIONS sip:a@b SIP/2.0\r\n\r\n',
  ]) {
    assert.notEqual(bench.play({ ...talk(text), serverPort: 9999 }).info.http?.method, 'POST');
    assert.notEqual(bench.play({ ...talk(text), serverPort: 50001 }).master, 7);
  }
});
