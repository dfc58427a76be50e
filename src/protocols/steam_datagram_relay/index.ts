/** Steam Datagram Relay's ping (SteamNetworkingSockets): bytes 2 to 7 are "sdping". */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const steamDatagramRelay: Protocol = {
  id: 235,
  name: 'SteamDatagramRelay',
  udp: { first: [1], firstServer: [1], look },
};

function look({ c }: View) {
  return c.startsWith('sdping', 2) ? YES : NO;
}
