import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipText, Networks, parseIp } from './address.ts';

const round = (text: string) => {
  const ip = parseIp(text);
  return ip && ipText(ip.version, ...ip.words);
};

test('addresses come back in their canonical text', () => {
  for (const text of [
    '0.0.0.0',
    '255.255.255.255',
    '192.168.1.5',
    '::',
    '::1',
    '2001:db8::1',
    'fe80::1:2:3:4',
    '1:2:3:4:5:6:7:8',
    '2001:db8:0:1::2',
  ]) {
    assert.equal(round(text), text);
  }
  assert.equal(round('2001:DB8:0:0:0:0:0:1'), '2001:db8::1');
  assert.equal(round('::ffff:192.0.2.1'), '::ffff:c000:201');
});

test('what is no address is refused', () => {
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    'a.b.c.d',
    ':::',
    '1::2::3',
    '12345::',
    '1:2:3:4:5:6:7',
    '::1.2.3',
    ' 1.2.3.4',
    '1.2.3.4/8',
  ]) {
    assert.equal(parseIp(text), undefined, text);
  }
});

test('the longest network that holds an address wins; bad ones are named', () => {
  const { networks, bad } = Networks.parse([
    '10.0.0.0/8',
    '10.1.0.0/16',
    '192.168.1.5',
    'fe80::/10',
    '10.0.0.0/33',
    'x/8',
    '1.2.3.4/8/9',
  ]);
  assert.deepEqual(bad, ['10.0.0.0/33', 'x/8', '1.2.3.4/8/9']);
  const name = (text: string) => {
    const ip = parseIp(text)!;
    return networks.list()[networks.indexOf(ip.version, ...ip.words)];
  };
  assert.equal(name('10.1.2.3'), '10.1.0.0/16');
  assert.equal(name('10.2.2.3'), '10.0.0.0/8');
  assert.equal(name('192.168.1.5'), '192.168.1.5/32');
  assert.equal(name('192.168.1.6'), undefined);
  assert.equal(name('fe80::5'), 'fe80::/10');
  assert.equal(name('::10.1.2.3'), undefined);
});

test('a network written with host bits is its network', () => {
  assert.deepEqual(Networks.parse(['192.168.1.77/24']).networks.list(), ['192.168.1.0/24']);
  assert.deepEqual(Networks.parse(['0.0.0.0/0']).networks.list(), ['0.0.0.0/0']);
});
