/** Modbus/TCP (Modbus Messaging on TCP/IP 1.0b, section 3.1.3): transaction, protocol 0, length, unit, function. */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

/** Schneider's Unified Messaging Application Services, carried by function 90. */
const UMAS = 364;
const UMAS_FUNCTION = 90;

export const modbus: Protocol = {
  id: 44,
  name: 'Modbus',
  tcp: { ports: [502], look },
  parse,
};

/** Public function codes of the application protocol 1.1b3, section 5.1, and 90 (Unity). */
const FUNCTIONS = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24, 43, 90];

function look(view: View) {
  const { c } = view;
  if (!view.port(502)) return NO;
  if (c.length < 8) return c.length >= 4 && c.peek16(2) !== 0 ? NO : MORE;
  const length = c.peek16(4);
  const code = c.peek8(7) & 0x7f;
  return c.peek16(2) === 0 && length >= 2 && length <= 260 && (FUNCTIONS.includes(code) || (code >= 65 && code <= 110))
    ? YES
    : NO;
}

function parse(view: View) {
  const { c } = view;
  if (c.peek8(7) === UMAS_FUNCTION) view.app = UMAS;
  view.more('modbus.unit', c.peek8(6));
  view.more(view.fromClient ? 'modbus.function' : 'modbus.answered', c.peek8(7));
  return view.packet >= 4 ? DONE : MORE;
}
