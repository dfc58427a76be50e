/**
 * Hostile names as packets: the XSS corpus as DNS names, HTTP hosts, user agents and addresses, TLS server names and DHCP host
 * names goes through capture, parsers, plugins, store and pages into a real Chromium. Nothing may run.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { XSS_CORPUS } from '../../src/admin/xss-corpus.ts';
import { LINKTYPE, newFrame } from '../../src/capture/source.ts';
import { PcapFile } from '../../src/capture/writer.ts';
import { bytes, clientHello, conversation, type Host, u16, u32, udp } from '../kit/frames.ts';
import { command, until } from '../kit/service.ts';
import { openBrowser } from '../pages/browser.ts';

const chromium = existsSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium') ? undefined : 'needs chromium';
const PASSWORD = 'seven mirrored herons';
const WATCH = `window.hit = 0; window.stopped = [];
for (const f of ['alert', 'confirm', 'prompt']) window[f] = () => { window.hit++; };
document.addEventListener('securitypolicyviolation', (e) => window.stopped.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample));`;

const desk: Host = { ip: '192.168.1.10', mac: '02:00:00:00:02:10' };
const router: Host = { ip: '192.168.1.1', mac: '02:00:00:00:01:01' };
const server: Host = { ip: '203.0.113.10', mac: router.mac };
const everyone: Host = { ip: '255.255.255.255', mac: 'ff:ff:ff:ff:ff:ff' };

/** A name of raw labels of at most 63 bytes: what a hostile client can put on the wire. */
function rawName(text: string): Buffer {
  const raw = Buffer.from(text).subarray(0, 180);
  const labels: Buffer[] = [];
  for (let at = 0; at < raw.length; at += 60)
    labels.push(bytes(Math.min(60, raw.length - at), raw.subarray(at, at + 60)));
  return bytes(...labels, [3], 'com', 0);
}

const query = (id: number, name: Buffer): Buffer =>
  bytes(u16(id), u16(0x0100), u16(1), u16(0), u16(0), u16(0), name, u16(1), u16(1));

/** A DHCP request with a host name (RFC 2132 3.14) and vendor class. */
function dhcp(mac: string, name: string): Buffer {
  const word = Buffer.from(name).subarray(0, 120);
  return bytes(
    [1, 1, 6, 0],
    u32(0x1234),
    Buffer.alloc(20),
    Buffer.from(mac.replaceAll(':', ''), 'hex'),
    Buffer.alloc(202),
    u32(0x63825363),
    [53, 1, 3, 12, word.length],
    word,
    [60, word.length],
    word,
    255,
  );
}

function writeCapture(path: string): void {
  const writer = new PcapFile(path, LINKTYPE.ETHERNET);
  const frame = newFrame();
  let at = Date.UTC(2026, 0, 5, 9, 0, 0) * 1000;
  const put = (...frames: Buffer[]): void => {
    for (const data of frames) {
      frame.buf = data;
      frame.off = 0;
      frame.capLen = frame.wireLen = data.length;
      frame.timeUs = at += 2000;
      writer.add(frame);
    }
  };
  let port = 40_000;
  for (const [i, text] of XSS_CORPUS.entries()) {
    // A server of its own each, so that each is an alert of its own.
    const stranger: Host = { ip: `198.51.100.${i + 10}`, mac: router.mac };
    const clean = text.replace(/[\r\n\0]/g, ' ');
    put(
      udp(desk, stranger, ++port, 53, query(i, rawName(text))),
      udp(desk, router, ++port, 53, query(i, rawName(text))),
    );
    const request = `GET /${encodeURI(clean).includes(' ') ? clean.replaceAll(' ', '+') : clean} HTTP/1.1\r\nHost: ${clean}\r\nUser-Agent: ${clean}\r\nReferer: ${clean}\r\n\r\n`;
    const answer = `HTTP/1.1 200 OK\r\nServer: ${clean}\r\nContent-Type: ${clean}\r\nContent-Length: 2\r\n\r\nok`;
    put(
      ...conversation(desk, server, ++port, 80, [
        ['>', bytes(request)],
        ['<', bytes(answer)],
      ]),
    );
    put(
      ...conversation(desk, server, ++port, 443, [
        ['>', clientHello(text.slice(0, 200))],
        ['<', bytes([23, 3, 3, 0, 100], Buffer.alloc(100))],
      ]),
    );
    const mac = `02:00:00:00:03:${i.toString(16).padStart(2, '0')}`;
    put(udp({ ip: '0.0.0.0', mac }, everyone, 68, 67, dhcp(mac, text)));
    const own: Host = { ip: `192.168.1.${100 + (i % 100)}`, mac };
    put(udp(own, router, ++port, 53, query(i, rawName(text))));
  }
  // A minute of silence, so that what is done once a minute has been done.
  at += 61_000_000;
  put(udp(desk, router, ++port, 53, query(1, rawName('end'))));
  writer.close();
}

let browser: Browser;
let child: ChildProcess;
let dir = '';
let base = '';
const log: string[] = [];

if (chromium === undefined) {
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'span-xss-'));
    const capture = join(dir, 'hostile.pcap');
    writeCapture(capture);
    const [program, ...first] = command();
    child = spawn(
      program!,
      [...first, 'run', '--state', join(dir, 'state'), '--demo', capture, '--port', '0', '--host', '127.0.0.1'],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    child.stderr?.on('data', (chunk: Buffer) => log.push(...chunk.toString().split('\n')));
    base = await until('the page listens', () => /http:\/\/127\.0\.0\.1:\d+/.exec(log.join('\n'))?.[0], 40);
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await Promise.race([gone, sleep(10_000)]);
    await rm(dir, { recursive: true, force: true });
  });
}

async function links(page: Page, path: string, pattern: string, most: number): Promise<string[]> {
  await page.goto(base + path);
  const found = await page
    .locator(`main a[href^="${pattern}"]`)
    .evaluateAll((list) => list.map((a) => a.getAttribute('href') ?? ''));
  return [...new Set(found)].filter((href) => href !== pattern).slice(0, most);
}

test('hostile names on the wire run nowhere', { skip: chromium, timeout: 400_000 }, async () => {
  const context = await browser.newContext();
  await context.addInitScript(WATCH);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(base)) strangers.push(request.url());
  });
  await page.goto(base);
  await page.fill('#password', PASSWORD);
  await page.fill('#again', PASSWORD);
  await page.click('button.primary');
  await page.waitForSelector('.main-nav');
  await until(
    'the corpus became alerts',
    async () => {
      await page.goto(`${base}/api/v1/alerts/counts`);
      return JSON.parse(await page.innerText('body')).all >= 5;
    },
    150,
  );
  // Connections end at once and datagrams after a minute of silence, so both lists are asked; each shows its latest only.
  for (const word of ['script', 'onerror', 'svg']) {
    await until(
      `"${word}" of the corpus reached the flows`,
      async () => {
        const shown = await page.evaluate<string[]>(
          `Promise.all(['live', 'recent'].map((which) => fetch('/api/v1/flows?limit=500&search=${word}&which=' + which).then((r) => r.text())))`,
        );
        return shown.some((text) => text.includes(word));
      },
      60,
    );
  }
  const paths = [
    '/',
    '/?range=7d',
    '/alerts',
    '/alerts?group=none',
    '/alerts?group=source',
    '/flows',
    '/flows?which=recent',
    '/flows?sort=bytes',
    '/devices',
    '/hosts',
    '/networks',
    '/plugins',
    '/health',
    '/settings',
    '/settings/logs',
    '/exclusions',
    '/welcome/port',
    ...(await links(page, '/alerts?group=none', '/alerts/', 12)),
    ...(await links(page, '/flows?search=script', '/flows/', 10)),
    ...(await links(page, '/flows?which=recent&search=script', '/flows/', 15)),
    ...(await links(page, '/flows?which=recent&search=onerror', '/flows/', 15)),
    ...(await links(page, '/flows?which=recent&search=TLS', '/flows/', 10)),
    ...(await links(page, '/flows?which=recent&search=HTTP', '/flows/', 10)),
    ...(await links(page, '/devices', '/devices/', 20)),
    ...(await links(page, '/hosts', '/hosts/', 10)),
  ];
  assert.ok(paths.length > 50, `${paths.length} pages`);
  for (const path of paths) {
    await page.goto(base + path, { waitUntil: 'domcontentloaded' });
    assert.deepEqual(await page.evaluate('[window.hit, window.stopped]'), [0, []], path);
  }
  // The live stream replaces parts of the page while it is open.
  for (const path of ['/flows', '/health', '/']) {
    await page.goto(base + path);
    await page.waitForTimeout(3500);
    assert.deepEqual(await page.evaluate('[window.hit, window.stopped]'), [0, []], `${path}, live`);
  }
  assert.deepEqual(strangers, []);
  await context.close();
});
