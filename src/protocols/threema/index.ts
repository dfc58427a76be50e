/**
 * Threema's chat protocol (Threema "Cryptography whitepaper", client-server handshake): TCP 5222 or 443; the client opens
 * with 48 bytes (ephemeral key, cookie), the server answers with 80 (cookie, boxed key). No magic: lengths, port and
 * absence of text or TLS decide.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const threema: Protocol = {
  id: 305,
  name: 'Threema',
  tcp: { ports: [5222], first: [], firstServer: [], look },
};

const HELLO = 48;
const ANSWER = 80;

function look(view: View) {
  const { c, other } = view;
  if (view.serverPort !== 5222 || view.midStream) return NO;
  if (view.fromClient) return c.length <= HELLO && other.length === 0 && c.peek8(0) !== 0x3c ? MORE : NO;
  if (other.length !== HELLO || c.length > ANSWER) return NO;
  if (c.length < ANSWER) return MORE;
  view.byBehaviour = true;
  return YES;
}
