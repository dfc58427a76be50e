/** The git daemon's protocol (git's gitprotocol-pack, "Git transport"): a pkt-line "git-upload-pack /path\0host=…". */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const git: Protocol = {
  id: 226,
  name: 'Git',
  tcp: { ports: [9418], first: [0x30], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) return MORE;
  if (c.length < 8) return c.startsWith('0') ? MORE : NO;
  return c.startsWith('0') && c.startsWith('git-', 4) ? YES : NO;
}
