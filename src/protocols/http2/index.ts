/** HTTP/2 with prior knowledge: the connection preface of RFC 9113 section 3.4, SETTINGS first from the server. */
import { MORE, NO, type Protocol, type Verdict, type View, YES } from '../kit.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export const http2: Protocol = {
  id: 349,
  name: 'HTTP2',
  tcp: { first: [0x50], firstServer: [], look },
};

function look({ c }: View): Verdict {
  if (c.startsWith(PREFACE)) return YES;
  return c.length < PREFACE.length && PREFACE.startsWith(c.text(c.length)) ? MORE : NO;
}
