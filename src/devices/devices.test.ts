import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, ethernet, type Host, tcp, u16, u32, udp } from '../../test/kit/frames.ts';
import { newFrame } from '../capture/source.ts';
import { Pipeline } from '../engine/pipeline.ts';
import { parseIp } from '../flows/address.ts';
import { limitsFor } from '../limits.ts';
import { macOf, parseMac } from './mac.ts';
import { Devices } from './table.ts';

const laptop: Host = { ip: '192.168.1.20', mac: '3c:2a:f4:11:22:33' };
const printer: Host = { ip: '192.168.1.30', mac: '00:11:32:0a:0b:0c' };
const router: Host = { ip: '192.168.1.1', mac: '00:0d:b9:52:11:08' };
const raw = (mac: string): number[] => mac.split(':').map((b) => Number.parseInt(b, 16));
const ip4 = (text: string): Buffer => u32(parseIp(text)!.words[3]);

class Lab {
  readonly pipeline = new Pipeline(limitsFor(1 << 30), { detected() {}, periodic() {}, ended() {} });
  nowUs = 1.79e15;

  feed(...frames: Buffer[]): this {
    const frame = newFrame();
    for (const data of frames) {
      frame.buf = data;
      frame.capLen = frame.wireLen = data.length;
      frame.timeUs = this.nowUs += 1000;
      this.pipeline.packet(frame);
    }
    return this;
  }

  device(host: Host) {
    return this.pipeline.devices.byMac(parseMac(host.mac)!);
  }

  addresses(host: Host): string[] {
    return (
      this.device(host)
        ?.addresses.filter((a) => a.current)
        .map((a) => a.ip) ?? []
    );
  }
}

const arp = (from: Host, targetIp: string, operation: number, sender = from): Buffer =>
  ethernet(
    from,
    { ip: targetIp, mac: 'ff:ff:ff:ff:ff:ff' },
    bytes([0, 1, 8, 0, 6, 4], u16(operation), raw(sender.mac), ip4(sender.ip), raw('00:00:00:00:00:00'), ip4(targetIp)),
    0x0806,
  );

function dhcp(client: Host, options: { name?: string; given?: string; from?: Host; mask?: number[] }): Buffer {
  const ack = options.given !== undefined;
  const body = Buffer.alloc(240);
  body.set([ack ? 2 : 1, 1, 6, 0]);
  if (ack) ip4(options.given!).copy(body, 16);
  body.set(raw(client.mac), 28);
  body.writeUInt32BE(0x63825363, 236);
  const named = options.name === undefined ? [] : [12, options.name.length, ...Buffer.from(options.name)];
  const mask = options.mask ? [1, 4, ...options.mask] : [];
  const message = bytes(body, [53, 1, ack ? 5 : 3], named, mask, [255]);
  const all: Host = { ip: '255.255.255.255', mac: 'ff:ff:ff:ff:ff:ff' };
  return ack
    ? udp(options.from ?? router, all, 67, 68, message)
    : udp({ ip: '0.0.0.0', mac: client.mac }, all, 68, 67, message);
}

const labels = (...names: string[]): Buffer => bytes(...names.flatMap((n) => [n.length, n]), 0);

const mdns = (from: Host, name: string[], address: string): Buffer =>
  udp(
    from,
    { ip: '224.0.0.251', mac: '01:00:5e:00:00:fb' },
    5353,
    5353,
    bytes(
      [0, 0, 0x84, 0],
      u16(0),
      u16(1),
      u16(0),
      u16(0),
      labels(...name),
      u16(1),
      u16(0x8001),
      u32(120),
      u16(4),
      ip4(address),
    ),
  );

const half = (name: string, kind: number): string =>
  [...Buffer.from(name.padEnd(15)), kind].map((b) => String.fromCharCode(65 + (b >> 4), 65 + (b & 15))).join('');

const netbios = (from: Host, name: string, kind = 0): Buffer =>
  udp(
    from,
    { ip: '192.168.1.255', mac: 'ff:ff:ff:ff:ff:ff' },
    137,
    137,
    bytes(
      [1, 2, 0x29, 0x10],
      u16(1),
      u16(0),
      u16(0),
      u16(1),
      32,
      half(name, kind),
      0,
      u16(0x20),
      u16(1),
      [0xc0, 12],
      u16(0x20),
      u16(1),
      u32(0),
      u16(6),
      u16(0),
      ip4(from.ip),
    ),
  );

test('arp says who has which address; a probe and a claim for another frame do not', () => {
  const lab = new Lab().feed(
    arp(laptop, router.ip, 1),
    arp({ ...printer, ip: '0.0.0.0' }, printer.ip, 1),
    arp(router, laptop.ip, 2, { ...printer, ip: '192.168.1.9' }),
  );
  assert.deepEqual(lab.addresses(laptop), [laptop.ip]);
  assert.equal(lab.device(printer), undefined);
  assert.equal(lab.pipeline.neighbourhood.arpRequests, 2);
  assert.equal(lab.pipeline.neighbourhood.arpReplies, 1);
});

test('a device stays itself when dhcp gives it another address', () => {
  const lab = new Lab().feed(
    dhcp(laptop, { name: 'annas-laptop' }),
    dhcp(laptop, { given: '192.168.1.20' }),
    arp(laptop, router.ip, 1),
    dhcp(laptop, { given: '192.168.1.99' }),
  );
  const device = lab.device(laptop)!;
  assert.equal(device.name, 'annas-laptop');
  assert.deepEqual(
    device.addresses.map((a) => [a.ip, a.by, a.current]),
    [
      ['192.168.1.20', 'dhcp', false],
      ['192.168.1.99', 'dhcp', true],
    ],
  );
  lab.feed(dhcp(laptop, { given: '192.168.1.20' }));
  assert.deepEqual(lab.addresses(laptop), ['192.168.1.20'], 'the one before by dhcp is given back');
  assert.deepEqual(
    device.changes.map((c) => [c.kind, c.ip]),
    [
      ['new', ''],
      ['address', '192.168.1.20'],
      ['address', '192.168.1.99'],
      ['left', '192.168.1.20'],
      ['left', '192.168.1.99'],
    ],
  );
});

test('an address that answers from another device is told once, and traffic does not outweigh arp', () => {
  const lab = new Lab();
  const told: string[] = [];
  lab.pipeline.devices.events = {
    reassigned: (ip, vlan, from, to) => told.push(`${ip}@${vlan} ${macOf(from.mac)} ${macOf(to.mac)}`),
  };
  const thief: Host = { ...printer, ip: laptop.ip };
  lab.feed(arp(laptop, router.ip, 1));
  lab.feed(tcp(thief, router, { sport: 1, dport: 2, seq: 1, ack: 0, flags: 2 }));
  assert.deepEqual([lab.addresses(laptop), told], [[laptop.ip], []]);
  for (let i = 0; i < 50; i++) lab.feed(arp(thief, router.ip, 2), arp(laptop, router.ip, 2));
  assert.deepEqual(told, [
    `192.168.1.20@0 ${laptop.mac} ${printer.mac}`,
    `192.168.1.20@0 ${printer.mac} ${laptop.mac}`,
  ]);
});

test('names: dhcp before mdns before netbios, each for itself alone', () => {
  const lab = new Lab().feed(netbios(printer, 'PRINTER-1'));
  assert.equal(lab.device(printer)?.name, 'PRINTER-1');
  lab.feed(mdns(printer, ['Büro drucker', 'local'], printer.ip));
  lab.feed(mdns(router, ['printer', 'local'], printer.ip), mdns(laptop, ['a', 'example', 'com'], laptop.ip));
  lab.feed(netbios(laptop, 'WORKGROUP', 0x1e));
  assert.deepEqual([lab.device(router)?.name, lab.device(laptop)?.name], ['', '']);
  const hostile = '\u001b[31m<b>x\u202e';
  lab.feed(dhcp(printer, { name: Buffer.from(hostile).toString('latin1') }));
  assert.deepEqual(
    lab.device(printer)?.names.map((n) => n.by),
    ['dhcp', 'mdns', 'netbios'],
  );
  assert.equal(/\p{C}/u.test(lab.device(printer)!.name), false);
});

test('a router is no device with hundreds of addresses', () => {
  const lab = new Lab();
  for (let i = 0; i < 200; i++)
    lab.feed(
      tcp({ ip: `192.168.7.${i}`, mac: router.mac }, laptop, { sport: 9, dport: 10_000 + i, seq: 1, ack: 0, flags: 2 }),
    );
  lab.feed(arp(router, laptop.ip, 1));
  assert.equal(lab.device(router)?.router, true);
  assert.deepEqual(lab.addresses(router), ['192.168.1.1']);
});

test("the network that dhcp tells of becomes one of its own; the owner's word outweighs it", () => {
  const lab = new Lab();
  lab.feed(tcp(laptop, printer, { sport: 1, dport: 2, seq: 1, ack: 0, flags: 2 }));
  lab.pipeline.accounts.settleAll(lab.pipeline.networks);
  const inner = lab.pipeline.accounts.networks.findIndex((b) => b?.inner > 0);
  assert.equal(lab.pipeline.networks.list()[inner], '192.168.0.0/16');
  const ack = (given: string, ...mask: number[]) => lab.feed(dhcp(laptop, { given, mask }));
  ack('192.168.1.20', 255, 255, 255, 0);
  ack('192.168.1.20', 255, 0, 255, 0);
  ack('192.168.1.20', 255, 255, 255, 255);
  ack('8.8.8.8', 255, 255, 0, 0);
  for (let i = 0; i < 100; i++) ack(`10.0.${i}.1`, 255, 255, 255, 0);
  assert.equal(lab.pipeline.foundNetworks.size, 32);
  assert.equal(lab.pipeline.networks.list().includes('192.168.1.0/24'), true);
  assert.equal(lab.pipeline.networks.list().includes('8.8.0.0/16'), false);
  const moved = lab.pipeline.networks.list().indexOf('192.168.0.0/16');
  assert.ok(moved !== inner && lab.pipeline.accounts.networks[moved]!.inner > 0, 'books follow their network');
  lab.pipeline.setLocalNetworks(['192.168.0.0/22']);
  ack('192.168.1.20', 255, 255, 255, 0);
  assert.deepEqual(lab.pipeline.networks.list(), ['192.168.0.0/22']);
});

test('what flows moved stands with the device, also for one that only answers', () => {
  const lab = new Lab();
  const ask = udp(laptop, printer, 40000, 9100, Buffer.alloc(58));
  const answer = udp(printer, laptop, 9100, 40000, Buffer.alloc(158));
  lab.feed(ask, answer, answer);
  lab.pipeline.flows.endAll('shutdown');
  const [a, b] = [lab.device(laptop)!, lab.device(printer)!];
  assert.deepEqual([a.bytesSent, a.bytesRcvd, a.packetsRcvd], [100, 400, 2]);
  assert.deepEqual([b.bytesSent, b.bytesRcvd, b.packetsSent], [400, 100, 2]);
  assert.equal(lab.pipeline.accounts.hosts.size, 2);
});

test('at its bound the table forgets made-up and nameless devices first, never one with an alias', () => {
  const devices = new Devices(64);
  const kept = devices.see(parseMac('00:11:32:00:00:01')!, 1)!;
  kept.alias = 'boiler';
  const named = devices.see(parseMac('00:11:32:00:00:02')!, 1)!;
  devices.name(named, 'dhcp', 'pc', 1);
  for (let i = 0; i < 10_000; i++) devices.see(0x02_00_00_00_00_00 + i, 1000 * i);
  assert.equal(devices.size, 64);
  assert.equal(devices.byMac(kept.mac), kept);
  assert.equal(devices.byMac(named.mac), named);
  assert.equal([...devices.list()].length, 64);
  assert.equal(devices.evicted, 10_002 - 64);
});

test('a flood of new devices in one second is refused, not followed', () => {
  const devices = new Devices(4096);
  for (let i = 0; i < 100_000; i++) devices.see(0x02_00_00_00_00_00 + i, 5000);
  assert.equal(devices.size, 256 + 16);
});

test('a tag of a forgotten device finds nobody, also when its slot is taken again', () => {
  const devices = new Devices(8);
  const first = devices.see(1, 1)!;
  devices.forget(first);
  const second = devices.see(2, 1)!;
  assert.notEqual(first.tag, second.tag);
  assert.equal(devices.byTag(first.tag), undefined);
  assert.equal(devices.byTag(second.tag), second);
});

test('every cut and many a mutation of what devices say is borne', () => {
  const frames = [
    arp(laptop, router.ip, 1),
    dhcp(laptop, { name: 'x' }),
    mdns(printer, ['p', 'local'], printer.ip),
    netbios(printer, 'P'),
  ];
  const lab = new Lab();
  let seed = 7;
  const next = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 1);
  for (const frame of frames) {
    for (let n = 0; n <= frame.length; n++) lab.feed(frame.subarray(0, n));
    for (let i = 0; i < 3000; i++) {
      const bad = Buffer.from(frame);
      for (let k = 0; k < 4; k++) bad[14 + (next() % (bad.length - 14))] = next() & 255;
      lab.feed(bad);
    }
  }
  assert.equal(lab.pipeline.packets > 12_000, true);
  assert.ok(lab.pipeline.devices.size <= 4096);
});
