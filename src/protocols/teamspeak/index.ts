/** TeamSpeak 3 (TS3INIT1 in the first packets of the handshake), TeamSpeak 2 (class 0xbef4/0xbef3/0xbef0/0xbef1/0xbef2). */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const teamspeak: Protocol = {
  id: 162,
  name: 'TeamSpeak',
  udp: { ports: [9987, 8767, 2010], look },
};

/** TeamSpeak 2: f4 be, then the kind 03/04 in 16 bits little endian; the licence server's requests on UDP 2010 begin 01 80 8x 0x. */
function look(view: View) {
  const { c } = view;
  if (c.startsWith('TS3INIT1')) return YES;
  if (c.length >= 20 && (c.peek32(0) === 0xf4be0300 || c.peek32(0) === 0xf4be0400)) return YES;
  if (view.serverPort !== 2010 || c.length < 4) return NO;
  return c.peek16(0) === 0x0180 && c.peek8(2) === 0x84 && c.peek8(3) < 16 ? YES : NO;
}
