import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireLengthOf } from './cap.ts';
import { type InterfaceInfo, listInterfaces, mirrorCandidates, readInterface } from './interfaces.ts';
import { isInterfaceName, linkTypeOf, readLink } from './link.ts';
import { LINKTYPE } from './source.ts';

test('loopback is listed with its addresses and counters', () => {
  const lo = listInterfaces().find(({ name }) => name === 'lo')!;
  assert.equal(lo.kind, 'loopback');
  assert.equal(lo.hardwareType, 772);
  assert.equal(lo.linkType, LINKTYPE.ETHERNET);
  assert.equal(lo.mac, '');
  assert.ok(lo.mtu > 1000);
  if (lo.up) assert.ok(lo.addresses.includes('127.0.0.1/8'));
  assert.equal(lo.counters.rxPackets, lo.counters.txPackets);
});

test('names that are none', () => {
  for (const name of ['', '.', '..', '../lo', 'a/b', 'a b', 'x'.repeat(16), 'eth0:1']) {
    assert.equal(isInterfaceName(name), false, name);
    assert.equal(readLink(name).exists, false);
    assert.equal(readInterface(name), undefined);
  }
  for (const name of ['eth0', 'enp3s0.100', 'br-lan', 'x'.repeat(15)]) assert.equal(isInterfaceName(name), true, name);
});

test('link types by hardware type', () => {
  assert.equal(linkTypeOf(1), LINKTYPE.ETHERNET);
  assert.equal(linkTypeOf(65534), LINKTYPE.RAW);
  assert.equal(linkTypeOf(512), LINKTYPE.RAW);
  assert.equal(linkTypeOf(803), LINKTYPE.IEEE802_11_RADIOTAP);
  assert.equal(linkTypeOf(32), undefined);
});

test('the likeliest mirror port comes first', () => {
  const base: InterfaceInfo = {
    ...readInterface('lo')!,
    kind: 'ethernet',
    carrier: true,
    addresses: [],
  };
  const order = mirrorCandidates([
    { ...base, name: 'managed', addresses: ['192.0.2.1/24'] },
    { ...base, name: 'dark', carrier: false },
    { ...base, name: 'lo', kind: 'loopback' },
    { ...base, name: 'mirror', addresses: ['fe80::1/64'] },
    { ...base, name: 'wlan0', kind: 'wireless' },
    { ...base, name: 'veth', kind: 'virtual' },
  ]);
  assert.deepEqual(
    order.map(({ name }) => name),
    ['mirror', 'veth', 'managed', 'dark'],
  );
});

test('wire length of a cut frame from its IP header', () => {
  const frame = new Uint8Array(64);
  const set = (at: number, ...bytes: number[]) => frame.set(bytes, at);
  set(12, 0x08, 0x00, 0x45, 0, 0x10, 0x00);
  assert.equal(wireLengthOf(frame, 64, LINKTYPE.ETHERNET), 14 + 0x1000);
  set(12, 0x81, 0x00, 0, 7, 0x08, 0x00, 0x45, 0, 0x10, 0x00);
  assert.equal(wireLengthOf(frame, 64, LINKTYPE.ETHERNET), 18 + 0x1000);
  set(12, 0x86, 0xdd, 0x60, 0, 0, 0, 0x20, 0x00);
  assert.equal(wireLengthOf(frame, 64, LINKTYPE.ETHERNET), 14 + 40 + 0x2000);
  set(0, 0x45, 0, 0x10, 0x00);
  assert.equal(wireLengthOf(frame, 64, LINKTYPE.RAW), 0x1000);
  assert.equal(wireLengthOf(frame, 64, 9999), 64);
  for (let capLen = 0; capLen < 20; capLen++) assert.ok(wireLengthOf(frame, capLen, LINKTYPE.ETHERNET) >= capLen);
});
