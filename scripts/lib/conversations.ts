/** The first flows of a capture as conversations for the test kit: payloads in order of time, bounded. */
import { openFile } from '../../src/capture/open.ts';
import { decodeFrame } from '../../src/decode/link.ts';
import { IPPROTO, Packet } from '../../src/decode/packet.ts';
import { ipText } from '../../src/flows/address.ts';
import type { Conversation } from '../../src/protocols/testing.ts';

const MAX_PACKETS = 12;

/** At most `limit` conversations of the file, of at most 12 packets each. */
export async function conversationsOf(path: string, limit: number): Promise<Conversation[]> {
  const found = new Map<
    string,
    { conversation: Conversation; packets: { fromClient: boolean; bytes: Uint8Array }[]; client: string }
  >();
  const p = new Packet();
  const source = openFile(path);
  const ended = new Promise<void>((resolve) => {
    source.onState = (state) => {
      if (state.status === 'ended' || state.status === 'failed') resolve();
    };
  });
  await source.start({
    packet(frame) {
      if (!decodeFrame(frame, p) || p.payloadLen === 0) return;
      if (p.proto !== IPPROTO.TCP && p.proto !== IPPROTO.UDP) return;
      const version = p.ipVersion as 4 | 6;
      const from = `${ipText(version, p.s0, p.s1, p.s2, p.s3)} ${p.sport}`;
      const to = `${ipText(version, p.d0, p.d1, p.d2, p.d3)} ${p.dport}`;
      const key = `${p.proto} ${from < to ? `${from} ${to}` : `${to} ${from}`}`;
      let flow = found.get(key);
      if (!flow) {
        if (found.size >= limit) return;
        const packets: { fromClient: boolean; bytes: Uint8Array }[] = [];
        const server = version === 4 ? ipText(4, 0, 0, 0, p.d3) : undefined;
        const conversation: Conversation = {
          tcp: p.proto === IPPROTO.TCP,
          clientPort: p.sport,
          serverPort: p.dport,
          ...(server === undefined ? {} : { server }),
          packets,
        };
        found.set(key, (flow = { conversation, packets, client: from }));
      }
      if (flow.packets.length >= MAX_PACKETS) return;
      flow.packets.push({
        fromClient: from === flow.client,
        bytes: p.buf.slice(p.payloadAt, p.payloadAt + p.payloadLen),
      });
    },
    endOfSlice() {},
  });
  await ended;
  return [...found.values()].map((flow) => flow.conversation);
}
