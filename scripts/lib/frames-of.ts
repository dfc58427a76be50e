/** Frames of a capture file in memory, and a source that plays them: for tests that leave some out or spoil them. */
import { openFile } from '../../src/capture/open.ts';
import type { Frame, PacketSink } from '../../src/capture/source.ts';

export interface StoredFrame {
  data: Uint8Array;
  wireLen: number;
  timeUs: number;
  linkType: number;
  vlanTci: number;
}

/** The first `limit` frames. */
export async function framesOf(path: string, limit = Number.POSITIVE_INFINITY): Promise<StoredFrame[]> {
  const frames: StoredFrame[] = [];
  const source = openFile(path);
  const ended = new Promise<void>((resolve) => {
    source.onState = ({ status }) => {
      if (status === 'ended' || status === 'failed') resolve();
    };
  });
  await source.start({
    packet({ buf, off, capLen, wireLen, timeUs, linkType, vlanTci }: Frame) {
      if (frames.length < limit)
        frames.push({ data: buf.slice(off, off + capLen), wireLen, timeUs, linkType, vlanTci });
    },
    endOfSlice() {},
  });
  await ended;
  return frames;
}

/** Hands a stored frame on through the caller's Frame, cut to `length` bytes. */
export function play(sink: PacketSink, frame: Frame, stored: StoredFrame, length = stored.data.length): void {
  frame.buf = stored.data;
  frame.off = 0;
  frame.capLen = Math.min(length, stored.data.length);
  frame.wireLen = stored.wireLen;
  frame.timeUs = stored.timeUs;
  frame.linkType = stored.linkType;
  frame.vlanTci = stored.vlanTci;
  sink.packet(frame);
}
