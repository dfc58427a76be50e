/**
 * Makes the mixed capture of the replay bench: the Ethernet captures of a folder, several times over, each copy with
 * addresses of its own and the times spread evenly, so that flows of all captures interleave.
 *   node scripts/bench/make-mix.ts FOLDER COPIES OUT.pcap [NAME-SUBSTRING,...|long]
 * "long" takes the captures of long flows: a mean frame of 650 bytes or more and 20 packets a flow.
 * The second octet of IPv4 addresses (byte 3 of IPv6) is shifted per copy; checksums are left as they were.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openFile } from '../../src/capture/open.ts';
import { type Frame, LINKTYPE, newFrame } from '../../src/capture/source.ts';
import { PcapFile } from '../../src/capture/writer.ts';
import { decodeFrame } from '../../src/decode/link.ts';
import { Packet } from '../../src/decode/packet.ts';

const [folder, copiesText, out, only] = process.argv.slice(2);
const copies = Number(copiesText);
if (!folder || !out || !Number.isInteger(copies) || copies < 1) {
  process.stderr.write('usage: node scripts/bench/make-mix.ts FOLDER COPIES OUT.pcap [NAME,...|long]\n');
  process.exit(2);
}

/** Frames as they lie in the captures; larger than an MTU was offloaded on the capturing host and is left out. */
let packets: { data: Buffer; wireLen: number; at: number }[] = [];
const decoded = new Packet();
const LONG = { meanBytes: 650, packetsOfFlow: 20 };

/** Both directions of a flow give the same text. */
function flowOf(p: Packet): string {
  const ends = [`${p.s0} ${p.s1} ${p.s2} ${p.s3} ${p.sport}`, `${p.d0} ${p.d1} ${p.d2} ${p.d3} ${p.dport}`];
  return `${ends.sort().join(' ')} ${p.proto}`;
}
const names = readdirSync(folder).filter(
  (n) => !n.startsWith('fuzz') && (!only || only === 'long' || only.split(',').some((o) => n.includes(o))),
);
for (const name of names) {
  const source = openFile(join(folder, name));
  let first = -1;
  const before = packets.length;
  const flows = new Set<string>();
  await new Promise<void>((resolve) => {
    source.onState = (state) => {
      if (state.status === 'ended' || state.status === 'failed') resolve();
    };
    void source.start({
      packet(frame: Frame) {
        if (frame.linkType !== LINKTYPE.ETHERNET || frame.wireLen > 1514) return;
        if (first < 0) first = frame.timeUs;
        if (only === 'long' && decodeFrame(frame, decoded)) flows.add(flowOf(decoded));
        const data = Buffer.from(frame.buf.subarray(frame.off, frame.off + frame.capLen));
        packets.push({ data, wireLen: frame.wireLen, at: Math.max(0, frame.timeUs - first) });
      },
      endOfSlice() {},
    });
  });
  if (only !== 'long') continue;
  const mine = packets.slice(before);
  const mean = mine.reduce((sum, packet) => sum + packet.wireLen, 0) / mine.length;
  if (flows.size === 0 || mean < LONG.meanBytes || mine.length / flows.size < LONG.packetsOfFlow)
    packets = packets.slice(0, before);
}
// Each capture begins at 0 and is squeezed into 600 s, order kept.
packets.sort((a, b) => a.at - b.at);
const writer = new PcapFile(out, LINKTYPE.ETHERNET);
const frame = newFrame();
const step = 600e6 / (packets.length * copies);
let n = 0;
for (const { data, wireLen } of packets) {
  const type = data.length > 14 ? data.readUInt16BE(12) : 0;
  for (let copy = 0; copy < copies; copy++) {
    const copied = Buffer.from(data);
    const at = type === 0x0800 ? [27, 31] : type === 0x86dd ? [25, 41] : [];
    for (const i of at) if (i < copied.length) copied[i] = (copied[i]! + copy * 7) & 255;
    frame.buf = copied;
    frame.capLen = copied.length;
    frame.wireLen = wireLen;
    frame.timeUs = 1.7e15 + n++ * step;
    writer.add(frame);
  }
}
writer.close();
process.stdout.write(`${out}: ${n} packets of ${names.length} captures, ${copies} copies\n`);
