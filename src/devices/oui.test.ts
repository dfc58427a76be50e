import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { parseMac } from './mac.ts';
import { OuiTable, packOui, setOuiReader, vendorOf } from './oui.ts';

const list = JSON.parse(JSON.stringify(createRequire(import.meta.url)('oui-data'))) as Record<string, string>;

test('every registration of the list is found again, the longest first', () => {
  const packed = packOui(list);
  assert.ok(packed.length < 1_300_000, `${packed.length}`);
  const table = new OuiTable(packed);
  let asked = 0;
  for (const [key, entry] of Object.entries(list)) {
    const mac = Number.parseInt(key.padEnd(12, '0'), 16);
    // Blocks split further belong to the registry where nobody took the part.
    if (Math.floor(mac / 2 ** 40) & 2 || (key.length < 9 && list[key.padEnd(7, '0')] && key.length === 6)) continue;
    if (key.length < 9 && list[key.padEnd(9, '0')]) continue;
    assert.equal(table.vendor(mac), entry.split('\n')[0]!.replace(/\s+/g, ' ').trim(), key);
    asked++;
  }
  assert.ok(asked > 50_000, `${asked}`);
});

test('nobody for unknown and random MACs; bytes that are no table are refused once and cost nothing more', () => {
  const table = new OuiTable(packOui({ '286FB9': 'Nokia\nShanghai', '286FB91': 'Part', '286FB9123': 'Smallest' }));
  const vendor = (mac: string) => table.vendor(parseMac(mac)!);
  assert.deepEqual(
    ['28:6f:b9:00:00:01', '28:6f:b9:1f:00:00', '28:6f:b9:12:3a:bc', '28:6f:ba:00:00:00', '2a:6f:b9:00:00:00'].map(
      vendor,
    ),
    ['Nokia', 'Part', 'Smallest', '', ''],
  );
  assert.throws(() => new OuiTable(Buffer.alloc(64)), RangeError);
  let reads = 0;
  setOuiReader(() => {
    reads++;
    return Buffer.from('no table at all, is it? no');
  });
  assert.deepEqual([vendorOf(1), vendorOf(2), reads], ['', '', 1]);
});
