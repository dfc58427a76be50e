/** Checkmk's agent, TCP 6556: it sends sections, the first is "<<<check_mk>>>". */
import { type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const SECTION = ['<<<check_mk>>>', '<<<<>>>>'];

export const checkmk: Protocol = {
  id: 138,
  name: 'CHECKMK',
  tcp: { ports: [6556], first: [0x3c], firstServer: [0x3c], look },
};

function look(view: View) {
  const verdict = beginsWith(view.c, SECTION);
  // Whoever speaks so is the agent, the server of the connection.
  if (verdict === YES && view.fromClient) view.speakerIsServer = true;
  return verdict;
}
