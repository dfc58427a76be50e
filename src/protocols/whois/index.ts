/** WHOIS (RFC 3912): on port 43 (DAS, RFC draft "domain availability", 4343) the client sends one line and gets text. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { textual } from '../words.ts';

export const whois: Protocol = {
  id: 170,
  name: 'Whois-DAS',
  tcp: { ports: [43, 4343], first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(43) && !view.port(4343)) return NO;
  if (!textual(c, 256)) return NO;
  if (!view.fromClient) return view.other.length > 0 || view.midStream ? YES : MORE;
  return c.find(10, 512) >= 0 ? YES : MORE;
}
