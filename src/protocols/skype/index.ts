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

const isMessage = (c: Cursor) => c.left >= 3 && ((c.peek8(2) & 0x8f) === 0x0d || c.peek8(2) === 0x02);

function look(view: View) {
  const { c, other, previous } = view;
  if (!isMessage(c) || c.length < 16 || view.serverPort < 1024) return NO;
  if (other.length === 0 || previous.length === 0) return view.packet < 8 ? MORE : NO;
  const differ = c.peek16(0) !== previous.peek16(0) && c.peek16(0) !== other.peek16(0);
  if (!isMessage(other) || !isMessage(previous)) return NO;
  if (!differ) return MORE;
  view.byBehaviour = true;
  return view.packet >= 4 ? YES : MORE;
}
