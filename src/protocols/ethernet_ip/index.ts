/**
 * EtherNet/IP encapsulation (ODVA, CIP networks library volume 2, section 2-3): command, length of the data, session,
 * status, sender context, options; little endian. CIP I/O over UDP 2222 (section 2-6): two items, sequenced address (8002)
 * and connected data (B1).
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

/** NOP, list services, list identity, list interfaces, register, unregister, send RR data, send unit data. */
const COMMANDS = [0, 4, 0x63, 0x64, 0x65, 0x66, 0x6f, 0x70];
const isCommand = (code: number) => COMMANDS.includes(code);

export const ethernetIp: Protocol = {
  id: 278,
  name: 'EthernetIP',
  tcp: { ports: [44818], first: COMMANDS, firstServer: COMMANDS, look: lookTcp },
  udp: { ports: [44818], first: [], firstServer: [], look: lookUdp },
};
export const cip: Protocol = {
  id: 393,
  name: 'CIP',
  udp: { ports: [2222], first: [2], firstServer: [2], look: lookIo },
};

function lookTcp(view: View) {
  const { c } = view;
  if (c.length < 24) return c.length >= 2 && !isCommand(c.peek16le(0)) ? NO : MORE;
  const command = c.peek16le(0);
  const length = c.peek16le(2);
  if (!isCommand(command) || c.peek32le(8) > 0x69 || c.peek32le(20) !== 0) return NO;
  // Register session: protocol version 1, no options.
  if (command === 0x65) return length === 4 && c.peek32le(24) === 1 ? YES : length === 4 && c.length < 28 ? MORE : NO;
  return view.port(44818) && length <= 0xffe7 ? YES : NO;
}

function lookUdp(view: View) {
  const { c } = view;
  return view.port(44818) && isCommand(c.peek16le(0)) && c.peek16le(2) === view.wireLen - 24 ? YES : NO;
}

function lookIo({ c }: View) {
  if (c.peek16le(0) !== 2 || c.peek16le(2) !== 0x8002 || c.peek16le(4) !== 8) return NO;
  return c.peek16le(14) === 0xb1 && c.peek16le(16) <= c.length - 18 ? YES : NO;
}
