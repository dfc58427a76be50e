import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, u16, u32 } from '../../test/kit/frames.ts';
import { LINKTYPE, newFrame } from '../capture/source.ts';
import { Cursor } from './cursor.ts';
import { decodeFrame } from './link.ts';
import { type Arp, CONTROL, readArp, readBpdu, readCdp, readLldp } from './neighbours.ts';
import { Packet } from './packet.ts';

const mac = [2, 0, 0, 0, 0, 10];
const macs = bytes([1, 0x80, 0xc2, 0, 0, 0], mac);
const tlv = (type: number, ...body: Parameters<typeof bytes>): Buffer => {
  const data = bytes(...body);
  return bytes(u16((type << 9) | data.length), data);
};
const cdpField = (type: number, ...body: Parameters<typeof bytes>): Buffer => {
  const data = bytes(...body);
  return bytes(u16(type), u16(data.length + 4), data);
};

const arp = bytes(macs, u16(0x0806), u16(1), u16(0x0800), u16(0x0604), u16(2), mac, [10, 0, 0, 1], mac, [10, 0, 0, 2]);
const lldp = bytes(
  macs,
  u16(0x88cc),
  tlv(1, 4, mac),
  tlv(2, 5, 'Gi1/0/24'),
  tlv(3, u16(120)),
  tlv(5, 'core-1'),
  tlv(8, 5, 1, [192, 168, 1, 2], 2, u32(1), 0),
  tlv(127, [0, 0x80, 0xc2, 1], u16(30)),
  tlv(0),
);
const cdp = bytes(
  macs,
  u16(80),
  [0xaa, 0xaa, 3, 0, 0, 0x0c],
  u16(0x2000),
  [2, 180, 0, 0],
  cdpField(1, 'switch7'),
  cdpField(3, 'FastEthernet0/1'),
  cdpField(2, u32(1), 1, 1, 0xcc, u16(4), [192, 168, 1, 3]),
  cdpField(10, u16(99)),
);
const bpdu = bytes([0, 0, 0, 0, 1], u16(32_768), mac, u32(4), u16(32_769), mac, u16(0x8001), Buffer.alloc(8));
const stp = bytes(macs, u16(38), [0x42, 0x42, 3], bpdu);
const pvst = bytes(macs, u16(50), [0xaa, 0xaa, 3, 0, 0, 0x0c], u16(0x010b), bpdu, [0, 0, 0, 0, 2], u16(77));

function control(data: Uint8Array): { kind: number; c: Cursor } {
  const frame = newFrame();
  frame.buf = data;
  frame.capLen = frame.wireLen = data.length;
  frame.linkType = LINKTYPE.ETHERNET;
  const p = new Packet();
  assert.equal(decodeFrame(frame, p), false);
  return { kind: p.control, c: new Cursor().set(p.buf, p.controlAt, p.controlEnd) };
}

test('arp: who has which address', () => {
  const { kind, c } = control(arp);
  const out: Arp = { operation: 0, senderMacAt: 0, senderIp: 0, targetMacAt: 0, targetIp: 0 };
  assert.equal(kind, CONTROL.ARP);
  assert.equal(readArp(c, out), true);
  assert.deepEqual([out.operation, out.senderIp, out.targetIp], [2, 0x0a000001, 0x0a000002]);
  assert.deepEqual([...arp.subarray(out.senderMacAt, out.senderMacAt + 6)], mac);
});

test('lldp: the switch, its port, its address and vlan', () => {
  const { kind, c } = control(lldp);
  assert.equal(kind, CONTROL.LLDP);
  assert.deepEqual(readLldp(c), {
    by: 'lldp',
    chassis: '02:00:00:00:00:0a',
    port: 'Gi1/0/24',
    portDescription: '',
    systemName: 'core-1',
    systemDescription: '',
    vlan: 30,
    addresses: ['192.168.1.2'],
  });
});

test('cdp: the same from a cisco switch', () => {
  const { kind, c } = control(cdp);
  assert.equal(kind, CONTROL.CDP);
  const seen = readCdp(c)!;
  assert.deepEqual(
    [seen.systemName, seen.port, seen.vlan, seen.addresses],
    ['switch7', 'FastEthernet0/1', 99, ['192.168.1.3']],
  );
});

test('spanning tree: root and bridge; pvst+ names its vlan', () => {
  const plain = control(stp);
  assert.equal(plain.kind, CONTROL.STP);
  const seen = readBpdu(plain.c, false)!;
  assert.deepEqual(
    [seen.root, seen.bridge, seen.topologyChange, seen.vlan],
    ['32768/02:00:00:00:00:0a', '32769/02:00:00:00:00:0a', true, 0],
  );
  const tagged = control(pvst);
  assert.equal(tagged.kind, CONTROL.PVST);
  assert.equal(readBpdu(tagged.c, true)?.vlan, 77);
});

test('cut at every byte, and with every byte changed, they are read or refused', () => {
  const out: Arp = { operation: 0, senderMacAt: 0, senderIp: 0, targetMacAt: 0, targetIp: 0 };
  const readers = [
    (c: Cursor) => readArp(c, out),
    readLldp,
    readCdp,
    (c: Cursor) => readBpdu(c, false),
    (c: Cursor) => readBpdu(c, true),
  ];
  for (const data of [arp, lldp, cdp, stp, pvst]) {
    for (let at = 14; at < data.length; at++) {
      const bent = Buffer.from(data);
      bent[at] = bent[at]! ^ 0xff;
      for (const read of readers) {
        read(new Cursor().set(data, 14, at));
        read(new Cursor().set(bent, 14, bent.length));
      }
    }
  }
});
