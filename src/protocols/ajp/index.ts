/** AJP 1.3 (Apache Tomcat, "AJPv13 extensions"): 12 34 towards the container, "AB" back, length, message code. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const ajp: Protocol = {
  id: 139,
  name: 'AJP',
  tcp: { ports: [8009, 8010], first: [0x12], firstServer: [0x41], look },
};

/** Forward request, shutdown, ping, CPing; send body, headers, end response, get body, CPong. */
const REQUESTS = [2, 7, 8, 10];
const REPLIES = [3, 4, 5, 6, 9];

function look(view: View) {
  const { c } = view;
  if (c.length < 5) return c.length >= 2 && c.peek16(0) !== 0x1234 && c.peek16(0) !== 0x4142 ? NO : MORE;
  const length = c.peek16(2);
  const code = c.peek8(4);
  if (length < 1 || length > 8192) return NO;
  if (c.peek16(0) === 0x1234)
    return REQUESTS.includes(code) && (view.port(8009) || code !== 2 || (c.peek8(5) >= 1 && c.peek8(5) <= 27))
      ? YES
      : NO;
  return c.peek16(0) === 0x4142 && REPLIES.includes(code) && (view.port(8009) || view.port(8010)) ? YES : NO;
}
