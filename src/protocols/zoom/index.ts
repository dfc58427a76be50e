/**
 * Zoom. Meeting servers (UDP 8801–8810, Zoom's "network firewall" article): 01 00 03 / 02 00 03 open a session, 03 00 00
 * acknowledges, 05 carries media. Between two participants packets begin with 1F 02 01 (Michel et al., "Enabling passive
 * measurement of Zoom performance", IMC 2022, section 4).
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const FIRST = [1, 2, 3, 5, 0x1f];

export const zoom: Protocol = {
  id: 189,
  name: 'Zoom',
  udp: {
    ports: [8801, 8802, 8803, 8804, 8805, 8806, 8807, 8808, 8809, 8810],

    first: FIRST,
    firstServer: FIRST,
    look,
  },
};

function look(view: View) {
  const { c } = view;
  if (c.peek24(0) === 0x1f0201 && c.length > 24) return YES;
  if (!onMeetingPort(view)) return NO;
  const kind = c.peek8(0);
  if ((kind === 1 || kind === 2) && c.peek16(1) === 3 && c.length >= 32) return YES;
  return kind === 3 || kind === 5 ? MORE : NO;
}

function onMeetingPort(view: View): boolean {
  return (view.serverPort >= 8801 && view.serverPort <= 8810) || (view.clientPort >= 8801 && view.clientPort <= 8810);
}
