/** Citrix ICA ("\x7f\x7fICA\0" from the server) and the Common Gateway Protocol's session reliability ("\x1aCGP/01"). */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const ICA = '\x7f\x7fICA\0';
const CGP = '\x1aCGP/01';

export const citrix: Protocol = {
  id: 132,
  name: 'Citrix',
  tcp: { ports: [1494, 2598], first: [0x7f, 0x1a], firstServer: [0x7f, 0x1a], look },
};

function look({ c }: View) {
  if (c.startsWith(ICA) || c.startsWith(CGP)) return YES;
  const begun = c.text(Math.min(c.length, 7));
  return c.length < 7 && (ICA.startsWith(begun) || CGP.startsWith(begun)) ? MORE : NO;
}
