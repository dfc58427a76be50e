/** Cisco's VPN client: its keep-alives over UDP 10000 (fe 57 7e 2b) and the opening of its tunnel over TCP (17 01 00 00). */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const ciscovpn: Protocol = {
  id: 161,
  name: 'CiscoVPN',
  udp: { ports: [10000], first: [0xfe], firstServer: [0xfe], look: lookUdp },
  tcp: { ports: [10000, 8008, 8009], first: [0x17], look: lookTcp },
};

function lookUdp({ c }: View) {
  return c.peek32(0) === 0xfe577e2b ? YES : NO;
}

function lookTcp({ c }: View) {
  if (c.length < 4) return MORE;
  return c.peek32(0) === 0x17010000 ? YES : NO;
}
