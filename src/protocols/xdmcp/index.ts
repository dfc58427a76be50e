/**
 * XDMCP 1.1 (X.Org, "Packet formats"): version 1, opcode 1..14, length of the rest. nDPI counts the sessions themselves to
 * it, X11 (X Window System Protocol, section 8): byte order, version 11.0, lengths of the authorization's name and data.
 */
import { type Cursor, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const xdmcp: Protocol = {
  id: 15,
  name: 'XDMCP',
  udp: { ports: [177], first: [0x00], firstServer: [0x00], look },
  tcp: { ports: [6000, 6001, 6002, 6003, 6004, 6005], first: [0x42, 0x6c], firstServer: [], look: lookX11 },
};

const NAMES = ['MIT-MAGIC-COOKIE-1', 'XDM-AUTHORIZATION-1', 'SUN-DES-1', 'MIT-KERBEROS-5'];
const HEADER = 12;

function lookX11(view: View) {
  const { c } = view;
  if (!view.fromClient) return MORE;
  const read = c.peek8(0) === 0x6c ? little : big;
  if (c.length < HEADER) return c.length >= 4 && read(c, 2) !== 11 ? NO : MORE;
  const name = read(c, 6);
  const data = read(c, 8);
  if (c.peek8(1) !== 0 || read(c, 2) !== 11 || read(c, 4) !== 0 || name > 64 || data > 256) return NO;
  if (name === 0) return view.serverPort >= 6000 && view.serverPort <= 6063 && c.length === HEADER ? YES : NO;
  if (c.length < HEADER + name) return MORE;
  return NAMES.some((known) => known.length === name && c.startsWith(known, HEADER)) ? YES : NO;
}

const little = (c: Cursor, at: number): number => c.peek16le(at);
const big = (c: Cursor, at: number): number => c.peek16(at);

function look(view: View) {
  const { c } = view;
  const opcode = c.peek16(2);
  return view.port(177) && c.peek16(0) === 1 && opcode >= 1 && opcode <= 14 && c.peek16(4) === c.length - 6 ? YES : NO;
}
