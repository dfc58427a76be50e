/**
 * TFTP, RFC 1350 section 5 and RFC 2347 (options): a request names a file and a mode; the answer comes from another port
 * of the server, so it is a flow of its own: expected by the client's port, or told by data and acknowledgement.
 */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { textual } from '../words.ts';

const TFTP = 96;

export const tftp: Protocol = {
  id: TFTP,
  name: 'TFTP',
  udp: { ports: [69], first: [0x00], firstServer: [0x00], look },
  parse,
};

const OP = { READ: 1, WRITE: 2, DATA: 3, ACK: 4, ERROR: 5, OACK: 6 } as const;
const MODES = ['octet\0', 'netascii\0', 'mail\0'];

function look(view: View) {
  const { c, other } = view;
  const op = c.peek16(0);
  if (op === OP.READ || op === OP.WRITE) return request(c.skip(2)) ? YES : NO;
  if (op < OP.DATA || op > OP.OACK) return NO;
  if (view.port(69)) return YES;
  if (known(view)) return YES;
  if (op === OP.DATA && c.length >= 4) return acknowledges(other, c.peek16(2)) ? YES : view.packet < 4 ? MORE : NO;
  if (op === OP.ACK && c.length === 4)
    return other.peek16(0) === OP.DATA && other.peek16(2) === c.peek16(2) && view.otherLen >= 4
      ? YES
      : view.packet < 4
        ? MORE
        : NO;
  return view.packet < 4 ? MORE : NO;
}

/** The block before this one was acknowledged. */
const acknowledges = (other: Cursor, block: number) =>
  other.length === 4 && other.peek16(0) === OP.ACK && block > 0 && other.peek16(2) === block - 1;

function known(view: View): boolean {
  return (
    view.expectations.find(view.client, view.clientPort, 17, view.timeMs)?.master === TFTP ||
    view.expectations.find(view.server, view.serverPort, 17, view.timeMs)?.master === TFTP
  );
}

/** File name and mode, each ended by zero. */
function request(c: Cursor): boolean {
  const end = c.find(0, 256);
  if (end < 1 || !textual(c, end)) return false;
  c.skip(end + 1);
  return MODES.some((mode) => c.startsWithNoCase(mode));
}

function parse(view: View): typeof DONE {
  const { c } = view;
  const op = c.u16();
  if (op !== OP.READ && op !== OP.WRITE) return DONE;
  const end = c.find(0, 256);
  if (end > 0) view.more('tftp.file', c.text(end));
  view.expectations.add(view.client, view.clientPort, 17, TFTP, TFTP, view.timeMs);
  return DONE;
}
