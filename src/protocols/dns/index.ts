/** DNS over UDP and TCP, RFC 1035 section 4. */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const dns: Protocol = {
  id: 5,
  name: 'DNS',
  udp: { ports: [53], look },
  tcp: { ports: [53], look: lookTcp },
  parse,
  hostApplication: true,
};

const MAX_RECORDS = 64;

function look(view: View) {
  return plausible(view.c, view.port(53)) ? turn(view) : NO;
}

function lookTcp(view: View) {
  const { c } = view;
  if (c.length < 14) return view.port(53) ? MORE : NO;
  const length = c.u16();
  if (length < 12) return NO;
  return plausible(c, view.port(53)) ? turn(view, 2) : NO;
}

/** A reply that was seen first was not sent by the client. */
function turn(view: View, at = 0): typeof YES {
  view.c.reset();
  if (view.c.peek8(at + 2) & 0x80 && view.fromClient) view.speakerIsServer = true;
  return YES;
}

/** A header whose counts and flags make sense, and a first question that can be read (off port 53). */
function plausible(c: Cursor, onPort: boolean): boolean {
  const flags = c.peek16(2);
  const questions = c.peek16(4);
  const others = c.peek16(6) + c.peek16(8) + c.peek16(10);
  if (c.left < 12 || ((flags >> 11) & 15) > 6) return false;
  if (questions > 16 || others > 512 || questions + others === 0) return false;
  if (onPort) return true;
  if (questions !== 1 || (flags & 0x0070) !== 0) return false;
  c.skip(12);
  const name = readName(c);
  const type = c.u16();
  const klass = c.u16();
  return !c.short && name !== undefined && type > 0 && type < 260 && (klass === 1 || klass === 255);
}

/** A name with its dots; undefined when it is malformed. Pointers end it: the text so far is kept. */
export function readName(c: Cursor): string | undefined {
  let name = '';
  for (let labels = 0; labels < 64; labels++) {
    const length = c.u8();
    if (c.short) return undefined;
    if (length === 0) return name;
    if (length >= 0xc0) {
      c.skip(1);
      return name;
    }
    if (length > 63 || !c.has(length)) return undefined;
    name += (name ? '.' : '') + c.text(length);
  }
  return undefined;
}

function parse(view: View) {
  const { c } = view;
  if (view.tcp) c.skip(2);
  const flags = c.peek16(2);
  const [questions, answers] = [c.peek16(4), c.peek16(6)];
  c.skip(12);
  const facts = (view.info.dns ??= {});
  facts.queries = questions;
  for (let i = 0; i < Math.min(questions, MAX_RECORDS) && !c.short; i++) {
    const name = readName(c);
    const type = c.u16();
    c.skip(2);
    if (i === 0 && name !== undefined && !c.short) {
      facts.query = name;
      facts.qtype = type;
      if (name) view.info.hostname = name;
    }
  }
  if ((flags & 0x8000) === 0) return view.packet >= 6 ? DONE : MORE;
  facts.rcode = flags & 15;
  facts.answers = answers;
  return DONE;
}
