/** VMware: the authentication daemon's greeting on TCP 902, and heartbeats of ESX hosts over UDP 902. */
import { NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const GREETING = ['220 vmware authentication daemon'];

export const vmware: Protocol = {
  id: 28,
  name: 'VMware',
  tcp: { ports: [902, 903], first: [0x32], firstServer: [0x32], look: lookTcp },
  udp: { ports: [902], first: [0xa4], look: lookUdp },
};

function lookTcp(view: View) {
  const verdict = beginsWith(view.c, GREETING);
  if (verdict === YES && view.fromClient) view.speakerIsServer = true;
  return verdict;
}

function lookUdp(view: View) {
  return view.serverPort === 902 && view.c.length >= 66 ? YES : NO;
}
