/** Each sender against a server that others wrote (aiosmtpd, rsyslog, mosquitto) or, for JSON by HTTP, against Node's. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { XSS_CORPUS } from '../admin/xss-corpus.ts';
import { compose } from './message.ts';
import { readPacket } from './mqtt-client.ts';
import type { Destination, Reply } from './notify.ts';
import { syslogLine } from './senders/syslog.ts';
import { SENDERS } from './senders.ts';
import { freePort, sampleDestination, sampleNotice } from './testing.ts';

const dir = await mkdtemp(join(tmpdir(), 'spanwatch-senders-'));
const children: ChildProcess[] = [];
after(async () => {
  for (const child of children) child.kill('SIGTERM');
  await sleep(50);
  await rm(dir, { recursive: true, force: true });
});

const BOX = { name: 'Büro', url: 'https://192.0.2.1' };
const one = compose([sampleNotice('k1', { title: 'Tür <b>offen</b>', text: 'zeile 1\nzeile 2' })], BOX);

function send(d: Destination, message = one): Promise<Reply> {
  return SENDERS[d.type].send(d.params, message, {
    signal: AbortSignal.timeout(8000),
    boxId: 'abc123',
    version: '0.1',
  });
}

/** Starts a server and keeps what it prints. */
function start(file: string, args: string[]): { text(): string } {
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
  });
  children.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  return { text: () => text };
}

async function listening(port: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const ok = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (ok) return;
    await sleep(25);
  }
  throw new Error(`nothing listens on ${port}`);
}

async function until(what: () => boolean | Promise<boolean>, label: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await what()) return;
    await sleep(25);
  }
  assert.fail(`never happened: ${label}`);
}

interface Got {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const got: Got[] = [];
let answerWith: { status: number; body: string } = { status: 200, body: 'ok' };
let base = '';
const server = createServer((req, res) => {
  let body = '';
  req.on('data', (c) => (body += String(c)));
  req.on('end', () => {
    got.push({ path: req.url ?? '', headers: req.headers, body });
    res.statusCode = answerWith.status;
    res.end(answerWith.body);
  });
});
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
after(() => server.close());

test('webhook: JSON with a signature that the receiver can check; the answer is shown', async () => {
  const d = sampleDestination('webhook', {
    url: `${base}/hook?x=1`,
    secret: 'pepper pot',
    authorization: 'Bearer t0ken',
  });
  assert.deepEqual(await send(d), { ok: true, text: 'HTTP 200: ok' });
  const { path, headers, body } = got.at(-1)!;
  assert.equal(path, '/hook?x=1');
  assert.equal(
    headers['x-spanwatch-signature'],
    `sha256=${createHmac('sha256', 'pepper pot').update(body).digest('hex')}`,
  );
  assert.equal(headers['authorization'], 'Bearer t0ken');
  const parsed = JSON.parse(body) as { title: string; notices: { key: string }[] };
  assert.equal(parsed.title, '[Büro] Tür <b>offen</b>');
  assert.equal(parsed.notices[0]?.key, 'k1');
  assert.ok(!body.includes('pepper'));
});

test('chats: each in its own dialect, hostile names escaped, nobody pinged', async () => {
  const hostile = compose(
    [sampleNotice('k', { title: '<!channel> @everyone *x*', text: '<https://evil.example|click>' })],
    BOX,
  );
  await send(sampleDestination('slack', { url: `${base}/services/T/B/x` }), hostile);
  const slack = JSON.parse(got.at(-1)!.body) as { text: string; mrkdwn: boolean };
  assert.match(slack.text, /&lt;!channel&gt;/);
  assert.match(slack.text, /&lt;https:\/\/evil\.example\|click&gt;/);
  assert.equal(slack.mrkdwn, false);
  await send(sampleDestination('discord', { url: `${base}/api/webhooks/1/x` }), hostile);
  const discord = JSON.parse(got.at(-1)!.body) as { content: string; allowed_mentions: { parse: string[] } };
  assert.deepEqual(discord.allowed_mentions.parse, []);
  assert.match(discord.content, /\\@everyone/);
  await send(sampleDestination('telegram', { token: '123456:ABCDEFGHIJK', chat: '-42', server: base }), hostile);
  assert.equal(got.at(-1)!.path, '/bot123456:ABCDEFGHIJK/sendMessage');
  assert.equal((JSON.parse(got.at(-1)!.body) as { chat_id: string }).chat_id, '-42');
  await send(sampleDestination('ntfy', { server: base, topic: 'my_box', token: 'tk_1' }), hostile);
  const ntfy = JSON.parse(got.at(-1)!.body) as { topic: string; priority: number; click: string };
  assert.deepEqual([ntfy.topic, ntfy.priority, got.at(-1)!.headers['authorization']], ['my_box', 3, 'Bearer tk_1']);
  assert.equal(ntfy.click, 'https://192.0.2.1/alerts/k');
});

test('a digest of 200 hostile notices stays within the limits of each service', async () => {
  const many = compose(
    Array.from({ length: 200 }, (_, i) =>
      sampleNotice(`k${i}`, { title: XSS_CORPUS[i % XSS_CORPUS.length]!, text: '*'.repeat(5000) }),
    ),
    BOX,
  );
  await send(sampleDestination('discord', { url: `${base}/x/discord` }), many);
  assert.ok((JSON.parse(got.at(-1)!.body) as { content: string }).content.length <= 2000);
  await send(sampleDestination('telegram', { token: '123456:ABCDEFGHIJK', chat: '1', server: base }), many);
  assert.ok((JSON.parse(got.at(-1)!.body) as { text: string }).text.length <= 4096);
  await send(sampleDestination('ntfy', { server: base, topic: 't' }), many);
  assert.ok(Buffer.byteLength((JSON.parse(got.at(-1)!.body) as { message: string }).message) <= 4096);
});

test("the remote's refusal is shown in its words, without our secrets; busy servers are tried again", async () => {
  answerWith = { status: 403, body: '<html>invalid token 123456:ABCDEFGHIJK </html>' };
  const d = sampleDestination('telegram', { token: '123456:ABCDEFGHIJK', chat: '1', server: base });
  assert.deepEqual(await send(d), { ok: false, text: 'HTTP 403: invalid token …', permanent: true });
  answerWith = { status: 503, body: 'x'.repeat(1_000_000) };
  const busy = await send(d);
  assert.equal(busy.permanent, undefined);
  assert.ok(busy.text.length < 250);
  answerWith = { status: 301, body: '' };
  assert.equal((await send(d)).ok, false, 'redirects are not followed');
  answerWith = { status: 200, body: 'ok' };
  const closed = await send(sampleDestination('webhook', { url: `http://127.0.0.1:${await freePort()}/` }));
  assert.match(closed.text, /cannot reach 127\.0\.0\.1:\d+: nothing listens there/);
});

const AIOSMTPD = ['/usr/bin/python3', '-m', 'aiosmtpd'] as const;
const hasAiosmtpd = ((): boolean => {
  try {
    execFileSync(AIOSMTPD[0], ['-c', 'import aiosmtpd']);
    return true;
  } catch {
    return false;
  }
})();

test('e-mail: taken by a mail server, title and text readable; a missing server is said', {
  skip: !hasAiosmtpd && 'aiosmtpd is not installed',
}, async () => {
  const port = await freePort();
  const smtp = start(AIOSMTPD[0], ['-m', 'aiosmtpd', '-n', '-l', `127.0.0.1:${port}`]);
  await listening(port);
  const params = {
    to: 'owner@example.org, second@example.org',
    from: 'box@example.org',
    host: '127.0.0.1',
    port,
    security: 'none',
  };
  const sent = await send(sampleDestination('email', params));
  assert.ok(sent.ok, sent.text);
  assert.match(sent.text, /^250 /);
  await until(() => smtp.text().includes('END MESSAGE'), 'the mail');
  assert.match(smtp.text(), /To: owner@example\.org, second@example\.org/);
  assert.match(smtp.text(), /Subject: =\?UTF-8\?[BQ]\?/);
  assert.match(smtp.text(), /Auto-Submitted: auto-generated/);
  const tls = await send(sampleDestination('email', { ...params, security: 'starttls' }));
  assert.equal(tls.ok, false, 'a server without STARTTLS is not told in the clear');
  const none = await send(sampleDestination('email', { ...params, port: await freePort() }));
  assert.match(none.text, /^cannot reach 127\.0\.0\.1: nothing listens/);
});

const rsyslogd = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd'].find((f) => existsSync(f));

test('syslog by UDP, TCP and TLS: rsyslog parses each line as RFC 5424', {
  skip: !rsyslogd && 'rsyslog is not installed',
}, async () => {
  const [udp, tcp, tls] = [await freePort(), await freePort(), await freePort()];
  const out = join(dir, 'syslog.json');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      join(dir, 'key.pem'),
      '-out',
      join(dir, 'cert.pem'),
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
    ],
    { stdio: 'ignore' },
  );
  const driver =
    existsSync('/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so') ||
    existsSync('/usr/lib/aarch64-linux-gnu/rsyslog/lmnsd_gtls.so');
  const conf = `
global(workDirectory="${dir}" ${driver ? `DefaultNetstreamDriverCAFile="${dir}/cert.pem" DefaultNetstreamDriverCertFile="${dir}/cert.pem" DefaultNetstreamDriverKeyFile="${dir}/key.pem"` : ''})
module(load="imudp") module(load="imptcp") module(load="imtcp" ${driver ? 'StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"' : ''})
template(name="j" type="list") { property(name="pri") constant(value="|") property(name="protocol-version") constant(value="|") property(name="app-name") constant(value="|") property(name="msgid") constant(value="|") property(name="structured-data") constant(value="|") property(name="msg") constant(value="\\n") }
ruleset(name="r") { action(type="omfile" file="${out}" template="j") }
input(type="imudp" address="127.0.0.1" port="${udp}" ruleset="r")
input(type="imptcp" address="127.0.0.1" port="${tcp}" ruleset="r")
${driver ? `input(type="imtcp" address="127.0.0.1" port="${tls}" ruleset="r")` : ''}
`;
  await writeFile(join(dir, 'rsyslog.conf'), conf);
  const log = start(rsyslogd!, ['-n', '-f', join(dir, 'rsyslog.conf'), '-i', join(dir, 'rsyslog.pid')]);
  await listening(tcp);
  const three = compose(
    [sampleNotice('a]"\\'), sampleNotice('b', { severity: 8 }), sampleNotice('c', { kind: 'over' })],
    BOX,
  );
  for (const [transport, port] of [['udp', udp], ['tcp', tcp], ...(driver ? [['tls', tls] as const] : [])] as const) {
    const reply = await send(
      sampleDestination('syslog', { host: '127.0.0.1', port, transport, anyCertificate: true }),
      three,
    );
    assert.ok(reply.ok, `${transport}: ${reply.text} ${log.text()}`);
  }
  const want = driver ? 9 : 6;
  await until(async () => existsSync(out) && (await readFile(out, 'utf8')).split('\n').length > want, `${want} lines`);
  const lines = (await readFile(out, 'utf8')).trim().split('\n');
  assert.equal(lines.length, want);
  const [pri, version, app, msgid, data, msg] = lines[0]!.split('|');
  assert.deepEqual([pri, version, app, msgid], ['132', '1', 'spanwatch', 'unexpected_dns']);
  assert.match(data!, /^\[notice@32473 kind="new" .*key="a\\\]\\"\\\\" box="Büro"\]$/);
  assert.match(msg!, /Unexpected DNS server: 192\.168\.1\.7 asks/);
  assert.equal(lines[1]!.split('|')[0], '128', 'emergency is 0');
  if (driver) {
    const strict = await send(sampleDestination('syslog', { host: '127.0.0.1', port: tls, transport: 'tls' }), three);
    assert.match(strict.text, /certificate is self-made/);
  }
});

test('syslog lines of hostile notices: one line each, at most 2048 bytes, the frame unbroken', () => {
  for (const text of [...XSS_CORPUS, 'ä'.repeat(5000), '\ud800'.repeat(900)]) {
    const line = syslogLine(sampleNotice(text, { title: text, text, subject: text, typeName: text }), text, 16, 1);
    assert.ok(Buffer.byteLength(line) <= 2048);
    assert.doesNotMatch(line, /[\n\r\0]/);
    assert.match(
      line,
      /^<\d+>1 \d{4}-\d\d-\d\dT[\d:.]+Z [!-~]+ spanwatch 1 [!-~]{1,32} \[notice@32473( \w+="(\\["\\\]]|[^"\\\]])*")*\] \ufeff/,
    );
  }
});

const mosquitto = ['/usr/sbin/mosquitto'].find((f) => existsSync(f));

test('MQTT: mosquitto takes it, Home Assistant finds its entities; wrong passwords are said', {
  skip: !mosquitto && 'mosquitto is not installed',
}, async () => {
  const port = await freePort();
  await writeFile(
    join(dir, 'mosquitto.conf'),
    `listener ${port} 127.0.0.1\nallow_anonymous false\nuser root\npassword_file ${dir}/passwords\n`,
  );
  await writeFile(join(dir, 'passwords'), '');
  execFileSync('/usr/bin/mosquitto_passwd', ['-b', join(dir, 'passwords'), 'box', 'secret word']);
  start(mosquitto!, ['-c', join(dir, 'mosquitto.conf')]);
  await listening(port);
  const params = { host: '127.0.0.1', port, user: 'box', password: 'secret word', topic: 'net/box' };
  const heard = start('/usr/bin/mosquitto_sub', [
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-u',
    'box',
    '-P',
    'secret word',
    '-v',
    '-t',
    '#',
  ]);
  await sleep(300);
  const reply = await send(sampleDestination('mqtt', params));
  assert.deepEqual(reply, { ok: true, text: `5 messages acknowledged by the broker 127.0.0.1:${port}` });
  await until(() => heard.text().includes('net/box/last'), 'the message');
  const lines = heard.text().trim().split('\n');
  const config = lines.find((l) => l.startsWith('homeassistant/sensor/spanwatch_abc123/last_alert/config '))!;
  const entity = JSON.parse(config.slice(config.indexOf(' '))) as { state_topic: string; device: { name: string } };
  assert.deepEqual([entity.state_topic, entity.device.name], ['net/box/last', 'Büro']);
  const event = lines.find((l) => l.startsWith('net/box/event '))!;
  assert.equal((JSON.parse(event.slice(event.indexOf(' '))) as { event_type: string }).event_type, 'new');
  const wrong = await send(sampleDestination('mqtt', { ...params, password: 'x' }));
  assert.deepEqual(wrong, { ok: false, text: 'the broker refuses: not authorized', permanent: true });
});

test('MQTT packets: whole at any cut, refused when a length is absurd', () => {
  const connack = Buffer.from([0x20, 2, 0, 0]);
  for (let size = 0; size < connack.length; size++) assert.equal(readPacket(connack.subarray(0, size)), undefined);
  assert.deepEqual(readPacket(connack), { type: 2, body: Buffer.from([0, 0]), end: 4 });
  for (const bad of [
    [0x20, 0xff, 0xff, 0xff, 0x7f],
    [0x20, 0xff, 0xff, 0xff, 0xff],
    [...Buffer.from('HTTP/1.1 400')],
  ]) {
    assert.throws(() => {
      const bytes = Buffer.from(bad);
      if (readPacket(Buffer.concat([bytes, Buffer.alloc(5000, 0xff)])) !== undefined) throw new Error('not whole');
    });
  }
});
