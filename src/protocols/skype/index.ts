/**
 * Skype between peers, before it became a web application (Baset and Schulzrinne, "An Analysis of the Skype Peer-to-Peer
 * Internet Telephony Protocol"): each datagram has an id of two bytes and a function byte whose low half is 0x0d or that
 * is 2. Nothing else is in clear, so several datagrams of both sides must agree.
 */
import { type Cursor, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const skype: Protocol = {
  id: 38,
  name: 'Skype_TeamsCall',
  udp: { look },
};

/** Low half of the function byte: payload, resent, forwarded, address told (NAT), data, audio; the high bit is never set. */
const PAYLOAD = 0x02;
const FUNCTIONS = [0x02, 0x03, 0x05, 0x07, 0x0d, 0x0f];
const isMessage = (c: Cursor) => c.left >= 3 && (c.peek8(2) & 0x80) === 0 && FUNCTIONS.includes(c.peek8(2) & 0x0f);
/** A probe of a peer, as every conversation begins: the id, the plain function byte, a few encrypted words. */
const isProbe = (c: Cursor, length: number) => c.peek8(2) === PAYLOAD && length >= 18 && length <= 64;
/** Three bytes of header and two addresses. */
const ADDRESS_TOLD = 11;

function look(view: View) {
  const { c, other, previous } = view;
  if (!isMessage(c) || view.serverPort < 1024 || view.clientPort < 1024 || c.peek8(0) === 0x30) return NO;
  view.byBehaviour = true;
  if (view.packet === 1) return isProbe(c, view.wireLen) ? MORE : NO;
  // The answer: where the peer saw the probe come from, under the probe's id; or a message of its own.
  if (other.length > 0) {
    if (view.wireLen === ADDRESS_TOLD && (c.peek8(2) & 0x0f) === 0x07 && c.peek16(0) === other.peek16(0)) return YES;
    return isProbe(other, view.otherLen) && c.peek16(0) !== other.peek16(0) ? YES : view.packet < 8 ? MORE : NO;
  }
  // No answer: asked again under another id.
  return isProbe(c, view.wireLen) && isProbe(previous, view.previousLen) && c.peek16(0) !== previous.peek16(0)
    ? view.packet >= 3
      ? YES
      : MORE
    : NO;
}
