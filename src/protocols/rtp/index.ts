/**
 * RTP, RFC 3550 section 5.1: one header is two bits of certainty, so two datagrams of one side must go on from one
 * another. Over TCP frames have a length of 16 bits in front (RFC 4571). RTCP, section 6.1.
 */
import { Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { goesOn, isRtcp, isRtp } from './media.ts';

export const rtp: Protocol = {
  id: 87,
  name: 'RTP',
  udp: { look: lookUdp },
  tcp: { first: [0x00, 0x01, 0x02, 0x03, 0x04, 0x05], look: lookTcp },
  parse,
};

/** Static payload types of RFC 3551 section 6 that calls use. */
const CODECS: Readonly<Record<number, string>> = {
  0: 'PCMU',
  3: 'GSM',
  4: 'G723',
  8: 'PCMA',
  9: 'G722',
  13: 'comfort noise',
  18: 'G729',
  26: 'JPEG',
  31: 'H261',
  32: 'MPV',
  33: 'MP2T',
  34: 'H263',
};

function parse(view: View): typeof DONE {
  const { c } = view;
  if (view.tcp) c.skip(2);
  const type = c.peek8(1) & 0x7f;
  view.more('rtp.payload', CODECS[type] ?? `type ${type}`);
  view.more('rtp.ssrc', Math.max(0, c.peek32(8)).toString(16).padStart(8, '0'));
  return DONE;
}

const PATIENCE = 8;
/** The first of two frames. */
const frame = new Cursor();

function lookUdp(view: View) {
  const { c, previous } = view;
  if (isRtp(c) && isRtp(previous) && goesOn(c, previous)) return YES;
  return view.packet < PATIENCE ? MORE : NO;
}

/** Two frames in a row. */
function lookTcp(view: View) {
  const { c, other } = view;
  if (c.length < 2) return MORE;
  const length = c.peek16(0);
  if (length < 12 || length > 1500 || other.length > 2048) return NO;
  if (c.length < 14) return MORE;
  if (!isRtp(c.skip(2))) return NO;
  if (c.length < 4 + length + 12) return c.length > 4096 ? NO : MORE;
  frame.from(c).skip(2);
  c.skip(length + 2);
  return isRtp(c) && goesOn(c, frame) ? YES : NO;
}

export const rtcp: Protocol = {
  id: 165,
  name: 'RTCP',
  udp: { look: lookRtcp },
};

/** Two of them in the flow, from whichever side, or one with a source description that names itself. */
function lookRtcp(view: View) {
  const { c, previous, other } = view;
  if (!isRtcp(c)) return view.packet < PATIENCE ? MORE : NO;
  const before =
    previous.left >= 8 && previous.peek8(0) >> 6 === 2 && previous.peek8(1) >= 200 && previous.peek8(1) <= 207;
  const across = other.left >= 8 && other.peek8(0) >> 6 === 2 && other.peek8(1) >= 200 && other.peek8(1) <= 207;
  return before || across ? YES : MORE;
}
