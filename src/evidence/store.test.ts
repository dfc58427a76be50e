import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { AlertEvent } from '../alerts/alert.ts';
import { newFrame } from '../capture/source.ts';
import { Packet } from '../decode/packet.ts';
import { NUM, NUM_STRIDE } from '../flows/layout.ts';
import { EvidenceRing } from './ring.ts';
import { EvidenceStore, LIMITS } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A ring in which flows 1 to `flows` have a packet of 1000 bytes each. */
function ringOf(flows: number): EvidenceRing {
  const ring = new EvidenceRing(16 << 20);
  const nums = new Float64Array(NUM_STRIDE);
  const frame = newFrame();
  Object.assign(frame, { buf: Buffer.alloc(1000, 1), capLen: 1000, wireLen: 1000, timeUs: 1e15 });
  for (let id = 1; id <= flows; id++) {
    nums[NUM.ID] = id;
    ring.offer(frame, new Packet(), 0, nums);
  }
  return ring;
}

const alert = (n: number, server = `10.0.${n >> 8}.${n & 255}`): AlertEvent =>
  ({
    key: `abc-${n}`,
    action: 'store',
    kind: 'flow',
    typeName: 'x',
    subtype: '',
    atMs: 1e12,
    flow: { id: n, client: 'c', server, serverPort: 1, vlan: 0 },
  }) as unknown as AlertEvent;

test('an alert gets its file; the same again within ten minutes gets the same', async () => {
  const store = new EvidenceStore(join(folder, 'a'), ringOf(2), 1e6);
  await store.start();
  const first = store.freeze(alert(1));
  assert.deepEqual(first.evidence, { key: 'abc-1', packets: 1, bytes: 24 + 16 + 1000 });
  assert.equal(store.freeze({ ...alert(2), flow: first.flow! }).evidence?.key, 'abc-1');
  assert.equal(store.freeze(alert(77)).evidence, undefined);
  await store.stop();
  assert.deepEqual(readdirSync(join(folder, 'a')), ['abc-1.pcap']);
  assert.equal(statSync(join(folder, 'a/abc-1.pcap')).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(folder, 'a/abc-1.pcap')).readUInt32LE(0), 0xa1b2c3d4);
});

test('in all: the oldest go; after a restart too, and what was torn', async () => {
  const dir = join(folder, 'b');
  const ring = ringOf(40);
  const store = new EvidenceStore(dir, ring, 20_000);
  await store.start();
  for (let n = 1; n <= 40; n++) {
    store.freeze(alert(n));
    await store.stop();
  }
  assert.equal(store.health().bytes <= 20_000, true);
  assert.deepEqual([readdirSync(dir).length, readdirSync(dir).includes('abc-40.pcap')], [19, true]);
  writeFileSync(join(dir, 'abc-41.pcap.part'), 'torn');
  writeFileSync(join(dir, 'abc-42.pcap'), '');
  const next = new EvidenceStore(dir, ring, 10_000);
  await next.start();
  assert.deepEqual([readdirSync(dir).length, next.health().files, next.health().bytes], [9, 9, 9 * 1040]);
});

test('in a day: no more than its bytes, and again the day after', async () => {
  let now = 1e12;
  const store = new EvidenceStore(join(folder, 'c'), ringOf(12_000), 1e9, () => now);
  await store.start();
  let given = 0;
  for (let n = 1; n <= 10_000; n++) {
    if (store.freeze(alert(n)).evidence) given++;
    if (n % 20 === 0) await store.stop();
  }
  assert.ok(given * 1040 <= LIMITS.dayBytes && given * 1040 > LIMITS.dayBytes - 3000, `${given}`);
  assert.equal(store.health().refused, 10_000 - given);
  assert.ok(readdirSync(join(folder, 'c')).length <= LIMITS.files);
  now += 86_400_000;
  assert.notEqual(store.freeze(alert(11_000)).evidence, undefined);
  await store.stop();
});

test('a disk that refuses is a sentence, not an error', async () => {
  writeFileSync(join(folder, 'file'), '');
  const store = new EvidenceStore(join(folder, 'file/d'), ringOf(1), 1e6);
  await store.start();
  assert.match(store.health().problem, /evidence in/);
  store.freeze(alert(1));
  await store.stop();
  assert.match(store.health().problem, /writing evidence abc-1/);
  assert.equal(store.health().bytes, 0);
});

test('nothing is kept where nothing is to be kept', async () => {
  const store = new EvidenceStore(join(folder, 'e'), ringOf(1), 0);
  await store.start();
  assert.equal(store.freeze(alert(1)).evidence, undefined);
});
