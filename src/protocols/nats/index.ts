/** NATS client protocol (docs.nats.io, "Client Protocol"): INFO {…} from the server, CONNECT {…}, PUB, SUB from the client. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { beginsWith, firstBytes } from '../words.ts';

const SERVER = ['info {', 'msg ', 'hmsg ', "-err '", 'ping\r\n', 'pong\r\n'];
const CLIENT = ['connect {', 'pub ', 'hpub ', 'sub ', 'unsub ', 'ping\r\n', 'pong\r\n'];

export const nats: Protocol = {
  id: 68,
  name: 'Nats',
  tcp: { ports: [4222], first: firstBytes(CLIENT), firstServer: firstBytes(SERVER), look },
};

/** Words that others might say are believed on NATS' port or when the other side speaks it, too. */
function look(view: View) {
  const { c } = view;
  const verdict = beginsWith(c, view.fromClient ? CLIENT : SERVER);
  if (verdict !== YES) return verdict;
  if (c.startsWithNoCase('info {') || c.startsWithNoCase('connect {') || view.port(4222)) return YES;
  if (view.other.length === 0) return MORE;
  return beginsWith(view.other, view.fromClient ? SERVER : CLIENT) === YES ? YES : NO;
}
