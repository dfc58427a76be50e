/**
 * Makes the demo's capture: a minute of a small office as its switch would mirror it. Three desks ask the router for
 * names, browse, set their clocks and lease addresses; one of them also asks a DNS server that nobody allowed.
 *   node scripts/make-demo.ts FILE.pcap
 */
import { LINKTYPE, newFrame } from '../src/capture/source.ts';
import { PcapFile } from '../src/capture/writer.ts';
import { bytes, clientHello, conversation, dns, type Host, u32, udp } from '../test/kit/frames.ts';

const path = process.argv[2];
if (!path) {
  process.stderr.write('usage: node scripts/make-demo.ts FILE.pcap\n');
  process.exit(2);
}

const router: Host = { ip: '192.168.1.1', mac: '02:00:00:00:01:01' };
const desks: Host[] = [10, 11, 12].map((n) => ({ ip: `192.168.1.${n}`, mac: `02:00:00:00:02:${n}` }));
const stranger: Host = { ip: '198.51.100.53', mac: router.mac };
const site = (n: number): Host => ({ ip: `203.0.113.${n}`, mac: router.mac });
const SITES = ['www.example.com', 'mail.example.net', 'updates.example.org', 'cdn.example.com', 'shop.example.net'];

const timed: { at: number; frame: Buffer }[] = [];
const add = (at: number, ...frames: Buffer[]) => {
  for (const [i, frame] of frames.entries()) timed.push({ at: at + i * 0.004, frame });
};

let port = 40_000;
let id = 1;
for (let second = 0; second < 60; second += 2) {
  const desk = desks[(second / 2) % desks.length]!;
  const name = SITES[(second / 2) % SITES.length]!;
  const server = site(10 + ((second / 2) % SITES.length));
  add(second, udp(desk, router, ++port, 53, dns(++id, name)));
  add(second + 0.01, udp(router, desk, 53, port, dns(id, name, server.ip)));
  const encrypted = bytes([23, 3, 3, 0, 200], Buffer.alloc(200, 0x5a));
  const reply = bytes([23, 3, 3, 4, 0], Buffer.alloc(1024, 0xa5));
  if (second % 6 === 4) {
    const request = `GET /status HTTP/1.1\r\nHost: ${name}\r\nUser-Agent: desk/1.0\r\nAccept: */*\r\n\r\n`;
    const answer = 'HTTP/1.1 200 OK\r\nServer: example\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok';
    add(
      second + 0.03,
      ...conversation(desk, server, ++port, 80, [
        ['>', bytes(request)],
        ['<', bytes(answer)],
      ]),
    );
  } else {
    add(
      second + 0.03,
      ...conversation(desk, server, ++port, 443, [
        ['>', clientHello(name)],
        ['<', reply],
        ['>', encrypted],
        ['<', reply],
        ['<', reply],
      ]),
    );
  }
}
const ntp = (mode: number) => bytes([0x20 | mode, 2, 6, 0xec], Buffer.alloc(44, mode));
for (const [i, desk] of desks.entries()) {
  add(3 + i * 15, udp(desk, site(123), 123, 123, ntp(3)));
  add(3.02 + i * 15, udp(site(123), desk, 123, 123, ntp(4)));
}
// The line that carries the alert: a desk that asks a DNS server outside the allowed list.
for (const second of [7, 33]) {
  add(second, udp(desks[1]!, stranger, ++port, 53, dns(++id, 'tracker.example.net')));
  add(second + 0.05, udp(stranger, desks[1]!, 53, port, dns(id, 'tracker.example.net', '203.0.113.99')));
}
const hello = (type: number, options: Buffer) =>
  bytes(
    [type, 1, 6, 0],
    u32(0x1234),
    Buffer.alloc(20),
    Buffer.from('0200000002aa', 'hex'),
    Buffer.alloc(202),
    u32(0x63825363),
    options,
    255,
  );
const newcomer: Host = { ip: '0.0.0.0', mac: '02:00:00:00:02:aa' };
const everyone: Host = { ip: '255.255.255.255', mac: 'ff:ff:ff:ff:ff:ff' };
add(12, udp(newcomer, everyone, 68, 67, hello(1, bytes([53, 1, 1, 12, 8], 'printer1', [55, 4, 1, 3, 6, 15]))));
add(12.1, udp(router, everyone, 67, 68, hello(2, bytes([53, 1, 2]))));

timed.sort((a, b) => a.at - b.at);
const start = Date.UTC(2026, 0, 5, 9, 0, 0) * 1000;
const writer = new PcapFile(path, LINKTYPE.ETHERNET);
const frame = newFrame();
for (const { at, frame: data } of timed) {
  frame.buf = data;
  frame.off = 0;
  frame.capLen = frame.wireLen = data.length;
  frame.timeUs = start + at * 1e6;
  writer.add(frame);
}
writer.close();
process.stdout.write(`${path}: ${timed.length} frames, 60 s\n`);
