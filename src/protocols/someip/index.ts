/**
 * SOME/IP (AUTOSAR "SOME/IP Protocol Specification", section 4.1.2): message id, length, request id, protocol version 1,
 * interface version, message type, return code. The length counts from the request id.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const PORTS = [30490, 30491, 30501];

export const someip: Protocol = {
  id: 229,
  name: 'SOMEIP',
  tcp: { ports: PORTS, look },
  udp: { ports: PORTS, look },
};

/** Request, request without return, notification, their acknowledgements, response, error; 0x20 marks a segment (TP). */
const isType = (type: number) => [0, 1, 2, 0x40, 0x41, 0x42, 0x80, 0x81, 0xc0, 0xc1].includes(type & ~0x20);

function look(view: View) {
  const { c } = view;
  if (c.length < 16) return view.tcp ? MORE : NO;
  const length = c.peek32(4);
  if (length < 8 || length > 0xffff || c.peek8(12) !== 1 || !isType(c.peek8(14)) || c.peek8(15) > 0x5e) return NO;
  const end = length + 8;
  const whole = view.tcp ? c.length : view.wireLen;
  if (end === whole) return YES;
  if (end > whole) return view.tcp ? MORE : NO;
  // Several messages in one: the next one has to look like one, too.
  if (c.length < end + 16) return view.tcp ? MORE : NO;
  return c.peek8(end + 12) === 1 && isType(c.peek8(end + 14)) ? YES : NO;
}
