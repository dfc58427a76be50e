/** SSDP, UPnP Device Architecture 2.0 section 1: HTTP-shaped datagrams; searches, announcements, and their answers. */
import { DONE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith, firstBytes } from '../words.ts';

const OPENINGS = ['m-search * http/1.', 'notify * http/1.'];
const REPLY = ['http/1.1 200 ok'];

export const ssdp: Protocol = {
  id: 12,
  name: 'SSDP',
  udp: { ports: [1900], first: firstBytes(OPENINGS, REPLY), firstServer: firstBytes(OPENINGS, REPLY), look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (beginsWith(c, OPENINGS) === YES) return YES;
  if (beginsWith(c, REPLY) !== YES) return NO;
  if (view.fromClient) view.speakerIsServer = true;
  return YES;
}

function parse(view: View): typeof DONE {
  for (let n = 0; n < 24; n++) {
    const line = view.c.line(512);
    if (!line) break;
    const lower = line.slice(0, 12).toLowerCase();
    if (lower.startsWith('host:')) view.info.hostname = line.slice(5).trim().toLowerCase();
    else if (lower.startsWith('server:')) view.more('ssdp.server', line.slice(7).trim());
    else if (lower.startsWith('user-agent:')) view.more('ssdp.user_agent', line.slice(11).trim());
  }
  return DONE;
}
