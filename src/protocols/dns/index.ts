/** DNS over UDP and TCP (RFC 1035), multicast DNS (RFC 6762) and LLMNR (RFC 4795), which share its format. */
import { type Cursor, DONE, MORE, NO, type Protocol, type Verdict, type View, YES } from '../kit.ts';
import { readDns, TYPE } from './message.ts';
import { dnsRisks } from './risks.ts';

const MDNS = 8;
const LLMNR = 154;
const PORT = { DNS: 53, NETBIOS: 137, MDNS: 5353, LLMNR: 5355 } as const;
const HEADER = 12;

export const dns: Protocol = {
  id: 5,
  name: 'DNS',
  udp: { ports: [PORT.DNS], look },
  tcp: { ports: [PORT.DNS], look: lookTcp },
  parse,
  hostApplication: true,
};

export const mdns: Protocol = {
  id: MDNS,
  name: 'MDNS',
  udp: { ports: [PORT.MDNS], look: (view) => (view.port(PORT.MDNS) && header(view.c, true) ? turn(view, 0) : NO) },
  parse,
};

export const llmnr: Protocol = {
  id: LLMNR,
  name: 'LLMNR',
  udp: { ports: [PORT.LLMNR], look: (view) => (view.port(PORT.LLMNR) && header(view.c, true) ? turn(view, 0) : NO) },
  tcp: {
    ports: [PORT.LLMNR],
    look: (view) => (view.port(PORT.LLMNR) && header(view.c.skip(2), true) ? turn(view, 2) : NO),
  },
  parse,
};

function look(view: View): Verdict {
  if (view.serverPort === PORT.NETBIOS || view.clientPort === PORT.NETBIOS) return NO;
  const onPort = view.port(PORT.DNS);
  if (onPort && view.c.length < HEADER) return MORE;
  return header(view.c, onPort) ? turn(view, 0) : NO;
}

/** RFC 7766 section 8: a length of two bytes before each message. */
function lookTcp(view: View): Verdict {
  const { c } = view;
  const onPort = view.port(PORT.DNS);
  if (c.length < 2 + HEADER) return onPort || c.length < 2 ? MORE : NO;
  const length = c.u16();
  if (length < HEADER || (!onPort && length + 2 !== c.length)) return NO;
  if (onPort && c.left < Math.min(length, 512)) return MORE;
  return header(c, false) ? turn(view, 2) : NO;
}

/** A reply that was seen first was not sent by the client. */
function turn(view: View, at: number): typeof YES {
  view.c.reset();
  if (view.c.peek8(at + 2) & 0x80 && view.fromClient && !view.group && view.clientPort !== view.serverPort) {
    view.speakerIsServer = true;
  }
  return YES;
}

/**
 * A header that can be one, and off the port a first question that can be read. On the port itself a message may be
 * broken behind the first counts.
 */
function header(c: Cursor, onPort: boolean): boolean {
  const flags = c.peek16(2);
  const questions = c.peek16(4);
  const answers = c.peek16(6);
  const others = c.peek16(8) + c.peek16(10);
  if (c.left < HEADER || ((flags >> 11) & 15) > 6 || (flags & 0x0040) !== 0) return false;
  if (onPort && (questions <= 32 || firstLabels(c))) return true;
  if (questions !== 1 || (flags & 15) > 5 || others > 64 || answers > (flags & 0x8000 ? 64 : 0)) return false;
  return firstQuestion(c);
}

/** Labels that end before the message does. */
function firstLabels(c: Cursor): boolean {
  c.skip(HEADER);
  for (let length = c.u8(); length > 0 && length < 64; length = c.u8()) c.skip(length);
  const whole = !c.short;
  c.reset();
  return whole;
}

/** Name of printable labels, a type and a class in use. Leaves the cursor anywhere. */
function firstQuestion(c: Cursor): boolean {
  c.skip(HEADER);
  let labels = 0;
  for (; labels < 64; labels++) {
    const length = c.u8();
    if (length === 0) break;
    if (length > 63 || !c.has(length)) return false;
    for (let i = 0; i < length; i++) {
      const byte = c.u8();
      if (byte < 0x20 || byte > 0x7e) return false;
    }
  }
  const type = c.u16();
  const klass = c.u16() & 0x7fff;
  return (
    !c.short && labels < 64 && type > 0 && (type <= 65 || (type >= 99 && type <= 258)) && (klass === 1 || klass === 255)
  );
}

function parse(view: View): typeof MORE | typeof DONE {
  const { c } = view;
  if (view.tcp) {
    const length = c.u16();
    if (c.left < length && view.packet < 20) return MORE;
  }
  const message = readDns(c);
  if (!message) return MORE;
  const facts = (view.info.dns ??= {});
  facts.queries = message.counts.questions;
  if (message.opcode === 1 && !message.name && message.addresses[0]) message.name = message.addresses[0];
  // Service names on the link are for people and in UTF-8 (RFC 6763 section 4.1.3): what is not ASCII is left out.
  if (view.port(PORT.MDNS)) message.name = message.name.replaceAll('?', '');
  // The last message before the reply tells the name; a broken one only where there is no better.
  if (message.name && (facts.query === undefined || message.questionRead)) {
    facts.query = message.name.slice(0, 512);
    facts.qtype = message.type;
    view.info.hostname = message.name.slice(0, 255);
  }
  if (message.ednsSize) view.more('dns.edns_size', message.ednsSize);
  dnsRisks(view, message);
  if (!message.response) return view.packet >= 8 ? DONE : MORE;
  facts.rcode = message.rcode;
  facts.answers = message.counts.answers;
  if (message.addresses.length) facts.addresses = message.addresses;
  if (message.truncated) view.more('dns.truncated', true);
  if (message.type === TYPE.TXT && message.longestData) view.more('dns.txt_bytes', message.longestData);
  return DONE;
}
