/** MGCP, RFC 3435 section 3.2: "VERB transaction endpoint MGCP version", answers "code transaction …". */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith, firstBytes } from '../words.ts';

const VERBS = ['epcf ', 'crcx ', 'mdcx ', 'dlcx ', 'rqnt ', 'ntfy ', 'auep ', 'aucx ', 'rsip '];

export const mgcp: Protocol = {
  id: 94,
  name: 'MGCP',
  udp: { ports: [2427, 2727], first: [...firstBytes(VERBS), 0x31, 0x32, 0x34, 0x35], look },
};

function look(view: View) {
  const { c } = view;
  if (beginsWith(c, VERBS) !== YES) return view.port(2427) || view.port(2727) ? MORE : NO;
  let end = c.find(10, 512);
  if (end < 0) end = c.find(13, 512);
  return c.findText(' MGCP ', end < 0 ? Math.min(c.left, 512) : end) > 0 ? YES : NO;
}
