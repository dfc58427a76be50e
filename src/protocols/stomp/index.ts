/** STOMP 1.2 ("STOMP frames"): CONNECT or STOMP, end of line, headers, end of line, NUL; the server answers CONNECTED. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith } from '../words.ts';

const CLIENT = ['connect\n', 'connect\r\n', 'stomp\n', 'stomp\r\n'];
const SERVER = ['connected\n', 'connected\r\n'];

export const stomp: Protocol = {
  id: 390,
  name: 'STOMP',
  tcp: { ports: [61613], first: [0x43, 0x53], firstServer: [0x43], look },
};

function look(view: View) {
  const { c } = view;
  const verdict = beginsWith(c, view.fromClient ? CLIENT : SERVER);
  if (verdict !== YES) return verdict;
  // A header "name:value" has to follow.
  if (c.find(0x3a, 128) > 0) return YES;
  return c.length < 128 ? MORE : NO;
}
