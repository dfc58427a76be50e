/** Apple Filing Protocol over DSI (Apple, "AFP over TCP"): flags 0 or 1, command 1..8, request id, …, reserved 0. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const afp: Protocol = {
  id: 97,
  name: 'AFP',
  tcp: { ports: [548], first: [0x00, 0x01], firstServer: [0x00, 0x01], look },
};

const COMMANDS = [1, 2, 3, 4, 5, 6, 8];
const OPEN_SESSION = 4;
const GET_STATUS = 3;

function look(view: View) {
  const { c } = view;
  if (c.length < 16) return view.port(548) ? MORE : NO;
  const flags = c.peek8(0);
  const command = c.peek8(1);
  const length = c.peek32(8);
  if (flags > 1 || !COMMANDS.includes(command) || c.peek32(12) !== 0) return NO;
  if (view.port(548)) return length < 0x0100_0000 ? YES : NO;
  // Elsewhere only the session's beginning: request id small, no offset, the length that is there.
  const opens = command === OPEN_SESSION || command === GET_STATUS;
  return flags === 0 && opens && c.peek16(2) < 16 && c.peek32(4) === 0 && c.length === 16 + length && length <= 32
    ? YES
    : NO;
}
