import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pcap, pcapng, tempFile } from './fixtures.ts';
import { addonProblem } from './native/addon.ts';
import { openFile, openSource } from './open.ts';
import type { PacketSource } from './source.ts';

/** Stops the source from inside its n-th frame, gives the frames that came after the stop resolved. */
async function stopInside(
  source: PacketSource,
  nth: number,
  feed: () => void,
): Promise<{ frames: number; late: number }> {
  let frames = 0;
  let stopped = false;
  let late = 0;
  const done = new Promise<void>((resolve) => {
    void source.start({
      packet() {
        if (stopped) late++;
        if (++frames !== nth) return;
        void source.stop().then(() => {
          stopped = true;
          resolve();
        });
      },
      endOfSlice() {
        if (stopped) late++;
      },
    });
  });
  feed();
  await done;
  await new Promise((resolve) => setTimeout(resolve, 150));
  return { frames, late };
}

test('a file stops inside a frame and closes its descriptor', async () => {
  const descriptors = () => readdirSync('/proc/self/fd').length;
  const before = descriptors();
  for (const content of [pcap(), pcapng(), gzipSync(pcap()), gzipSync(pcapng())]) {
    const source = openFile(tempFile(content), { loop: true });
    const { frames, late } = await stopInside(source, 2, () => {});
    assert.deepEqual([frames, late], [2, 0]);
    assert.equal(source.state().reason, 'stopped');
    assert.equal(source.stats().bufferBytes, 0);
  }
  assert.ok(descriptors() <= before + 1);
});

const skip = process.getuid?.() !== 0 ? 'needs root: packet sockets' : (addonProblem() ?? false);

test('the ring stops inside a frame', { skip }, async () => {
  const { createSocket } = await import('node:dgram');
  const source = openSource({ interface: 'lo', kind: 'ring' });
  const { frames, late } = await stopInside(source, 3, () => {
    const socket = createSocket('udp4');
    let left = 50;
    const send = () => socket.send('x', 9, '127.0.0.1', () => (--left > 0 ? send() : socket.close()));
    send();
  });
  assert.deepEqual([frames, late], [3, 0]);
  assert.equal(source.state().reason, 'stopped');
  assert.equal(source.stats().bufferBytes, 0);
});

test('a source that was never started stops', async () => {
  for (const source of [openSource({ interface: 'lo' }), openFile('/nowhere')]) {
    await source.stop();
    assert.deepEqual([source.state().status, source.state().reason], ['ended', 'stopped']);
  }
});
