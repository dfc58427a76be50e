/**
 * Keeps the code that V8 makes of dist/bundle.cjs beside it, for src/loader.ts: runs the captures of the plugins' tests and
 * every protocol's fixtures through a replay, so that what a start and detection need is compiled in it.
 *   node scripts/code-cache.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LINKTYPE, newFrame } from '../src/capture/source.ts';
import { PcapFile } from '../src/capture/writer.ts';
import { fixtures } from '../src/protocols/golden.ts';
import { type Host, tcp, udp } from '../test/kit/frames.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const work = join(dist, 'packing');
const capture = join(work, 'talks.pcap');
/** Each conversation so many times: once is too little for V8 to keep what it compiled. */
const TIMES = 3;

/** The fixtures' conversations as one capture, each between hosts of its own. */
function writeTalks(path: string): void {
  const writer = new PcapFile(path, LINKTYPE.ETHERNET);
  const frame = newFrame();
  let at = 1.79e15;
  for (const [n, { conversation }] of fixtures(join(root, 'src/protocols')).entries()) {
    for (let time = 0; time < TIMES; time++) {
      const client: Host = { ip: `10.${time}.${n >> 8}.${n & 255}`, mac: '02:00:00:00:00:01' };
      const server: Host = { ip: conversation.server ?? '192.0.2.1', mac: '02:00:00:00:00:02' };
      const seqs = [1, 1];
      for (const { fromClient, bytes } of conversation.packets) {
        const [from, to] = fromClient ? [client, server] : [server, client];
        const { clientPort, serverPort } = conversation;
        const [sport, dport] = fromClient ? [clientPort, serverPort] : [serverPort, clientPort];
        const side = fromClient ? 0 : 1;
        const payload = Buffer.from(bytes.subarray(0, 1400));
        const data = conversation.tcp
          ? tcp(from, to, { sport, dport, seq: seqs[side]!, ack: seqs[1 - side]!, flags: 24, payload })
          : udp(from, to, sport, dport, payload);
        seqs[side]! += payload.length;
        frame.buf = data;
        frame.capLen = frame.wireLen = data.length;
        frame.timeUs = at += 1000;
        writer.add(frame);
      }
    }
  }
  writer.close();
}

mkdirSync(work, { recursive: true });
for (const old of readdirSync(dist)) if (/^bundle-\d+\.code$/.test(old)) rmSync(join(dist, old));
writeTalks(capture);
// In a process of its own, as the loader runs it; the code is taken when the run is over and its functions are still there.
const program = `
const loader = require(${JSON.stringify(join(dist, 'spanwatch.cjs'))});
process.argv = [process.execPath, '', 'replay', ${JSON.stringify(capture)}];
const script = loader.runBundle(${JSON.stringify(dist)});
process.once('exit', () => require('node:fs').writeFileSync(loader.codeFile(${JSON.stringify(dist)}), script.createCachedData()));
`;
const runner = join(work, 'code.cjs');
writeFileSync(runner, program);
execFileSync(process.execPath, [runner], { stdio: 'inherit' });
