import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEVICE_BYTES_PER_DAY, DeviceFile } from './device-file.ts';
import { parseMac } from './mac.ts';
import { Devices } from './table.ts';

const NOW = Date.UTC(2026, 10, 24);
const MAC = parseMac('00:11:32:0a:0b:0c')!;

function lab(path: string, options: { memoryOnly?: boolean; clock?: { ms: number } } = {}) {
  const devices = new Devices(4096);
  const notices: string[] = [];
  const clock = options.clock ?? { ms: 0 };
  const file = new DeviceFile(devices, {
    path,
    memoryOnly: options.memoryOnly ?? false,
    onNotice: (text) => notices.push(text),
    steadyNow: () => clock.ms,
  });
  return { devices, file, notices, clock };
}

const place = () => join(mkdtempSync(join(tmpdir(), 'span-devices-')), 'devices.jsonl');

test("devices come back with their addresses, names, changes and the owner's word", async () => {
  const path = place();
  const first = lab(path);
  await first.file.start(NOW);
  const device = first.devices.see(MAC, NOW)!;
  device.alias = 'Backup\u202e box';
  device.bytesSent = 5;
  first.devices.name(device, 'mdns', 'nas', NOW);
  first.devices.address(device, 'arp', 4, 3, 0, 0, 0, 0x0a000001, NOW);
  first.devices.address(device, 'nd', 6, 0, 0x20010db8 | 0, 0, 0, 1, NOW + 1);
  await first.file.stop();
  const { devices, file, notices } = lab(path);
  await file.start(NOW);
  const back = devices.byMac(MAC)!;
  assert.deepEqual(notices, []);
  assert.deepEqual([back.alias, back.name, back.bytesSent, back.online], ['Backup  box', 'Backup  box', 5, false]);
  assert.deepEqual([back.addresses, back.names, back.changes], [device.addresses, device.names, device.changes]);
  assert.equal(devices.byAddress(4, 3, 0, 0, 0, 0x0a000001), back);
  assert.equal(devices.address(back, 'arp', 4, 3, 0, 0, 0, 0x0a000001, NOW + 9), true);
  assert.equal(back.addresses.length, 2, 'known again, not anew');
  await file.stop();
});

test('a damaged file is set aside and its whole lines are taken', async () => {
  const path = place();
  const first = lab(path);
  await first.file.start(NOW);
  for (let i = 0; i < 100; i++) first.devices.see(MAC + i, NOW + i * 1000);
  await first.file.stop();
  const text = readFileSync(path, 'utf8');
  for (const [damage, taken] of [
    [text.slice(0, text.length / 2), [40, 60]],
    [text.replace('{"mac"', '{"mac\u0000"'), [99, 99]],
    ['[]\n{"mac":-1}\n{"mac":1e99}\nnull\n{"mac":7,"addresses":[[1],["x"],null],"names":5,"changes":[[]]}\n', [1, 1]],
  ] as const) {
    writeFileSync(path, damage);
    const { devices, file, notices } = lab(path);
    await file.start(NOW);
    assert.ok(devices.size >= taken[0] && devices.size <= taken[1], `${devices.size}`);
    assert.match(notices[0] ?? '', /was damaged: \d+ devices were taken/);
    await file.stop();
  }
  assert.ok(readdirSync(join(path, '..')).some((name) => name.includes('damaged')));
});

test("a day of new devices stays within the budget; the owner's word is written at once, in memory-only mode too", async () => {
  const path = place();
  const { devices, file, clock } = lab(path);
  await file.start(NOW);
  for (let i = 0; i < 1439; i++) {
    clock.ms += 60_000;
    for (let k = 0; k < 2; k++) devices.see(MAC + i * 2 + k, NOW + i * 60_000);
    await file.save(false);
  }
  const { writtenToday, bytes } = file.files();
  assert.ok(bytes > 300_000, `${bytes}`);
  assert.ok(writtenToday > bytes && writtenToday <= DEVICE_BYTES_PER_DAY, `${writtenToday}`);
  await file.stop();

  const quiet = place();
  const memory = lab(quiet, { memoryOnly: true });
  await memory.file.start(NOW);
  memory.devices.see(MAC, NOW)!.alias = 'boiler';
  await memory.file.save(false);
  assert.throws(() => readFileSync(quiet));
  await memory.file.save(true);
  assert.match(readFileSync(quiet, 'utf8'), /boiler/);
  await memory.file.stop();
});
