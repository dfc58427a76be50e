/** DNS messages: RFC 1035 section 4, EDNS RFC 6891; the same format in mDNS (RFC 6762) and LLMNR (RFC 4795). */
import type { Cursor } from '../kit.ts';

const MAX_RECORDS = 64;
const MAX_ADDRESSES = 8;
export const TYPE = { A: 1, NULL: 10, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, OPT: 41 } as const;

export interface DnsMessage {
  id: number;
  response: boolean;
  opcode: number;
  rcode: number;
  truncated: boolean;
  counts: { questions: number; answers: number; authorities: number; additionals: number };
  /** First question, or where there is none the first answer: name in lower case, other bytes than printable as "?". */
  name: string;
  type: number;
  klass: number;
  /** Type of the first answer, 0 without. */
  answerType: number;
  addresses: string[];
  /** UDP size that EDNS announces, 0 without. */
  ednsSize: number;
  /** An address with a time to live of zero. */
  zeroTtl: boolean;
  /** Longest TXT or NULL record, bytes. */
  longestData: number;
  /** A name held bytes that are not printable ASCII. */
  oddName: boolean;
  /** The first question's name held a sign of SIGNS, which `name` shows as "_". */
  signs: boolean;
  /** Sections did not fit the message. */
  malformed: boolean;
  /** The first question could be read to its end. */
  questionRead: boolean;
}

/** Reads the message at the cursor's place, to the cursor's end. Undefined when there is no room for a header. */
export function readDns(c: Cursor): DnsMessage | undefined {
  const start = c.pos;
  const id = c.u16();
  const flags = c.u16();
  const counts = { questions: c.u16(), answers: c.u16(), authorities: c.u16(), additionals: c.u16() };
  if (c.short) return undefined;
  const message: DnsMessage = {
    id,
    response: flags >> 15 === 1,
    opcode: (flags >> 11) & 15,
    rcode: flags & 15,
    truncated: (flags & 0x0200) !== 0,
    counts,
    name: '',
    type: 0,
    klass: 0,
    answerType: 0,
    addresses: [],
    ednsSize: 0,
    zeroTtl: false,
    longestData: 0,
    oddName: false,
    signs: false,
    malformed: false,
    questionRead: false,
  };
  // A query asks something, whatever its count says.
  const questions = message.response ? counts.questions : Math.max(1, counts.questions);
  let read = 0;
  for (let i = 0; i < Math.min(questions, MAX_RECORDS) && c.left > 0; i++) {
    const at = c.pos;
    const name = readName(c, start, message);
    const type = c.u16();
    const klass = c.u16();
    if (name === undefined || c.short) {
      message.malformed = true;
      if (i === 0) message.name = name || brokenName(c, at, message);
      return message;
    }
    read++;
    if (i > 0) continue;
    message.name = name || (c.left > 0 && !message.response ? brokenName(c, at, message) : '');
    message.type = type;
    message.klass = klass;
    message.questionRead = true;
  }
  // Every question takes bytes (section 4.1.2): there is no room for as many as the header counts.
  if (read < counts.questions && c.left === 0) message.malformed = true;
  readRecords(c, start, message);
  return message;
}

function readRecords(c: Cursor, start: number, message: DnsMessage): void {
  const { questions, answers, authorities, additionals } = message.counts;
  const records = Math.min(answers + authorities + additionals, MAX_RECORDS);
  for (let i = 0; i < records; i++) {
    const name = readName(c, start, message);
    const type = c.u16();
    const klass = c.u16();
    const ttl = c.u32();
    const length = c.u16();
    if (name === undefined || c.short || !c.has(length)) {
      message.malformed = message.response && !message.truncated;
      return;
    }
    const next = c.pos + length;
    if (i === 0 && questions === 0) {
      message.name = name;
      message.type = type;
    }
    if (type === TYPE.OPT) message.ednsSize = klass;
    if (type === TYPE.TXT || type === TYPE.NULL) message.longestData = Math.max(message.longestData, length);
    if (i < answers) {
      if (i === 0) message.answerType = type;
      if (type === TYPE.A || type === TYPE.AAAA) readAddress(c, type, length, ttl, message);
    }
    c.pos = next;
  }
}

function readAddress(c: Cursor, type: number, length: number, ttl: number, message: DnsMessage): void {
  if (ttl === 0) message.zeroTtl = true;
  if (message.addresses.length >= MAX_ADDRESSES) return;
  if (type === TYPE.A && length === 4) message.addresses.push(`${c.u8()}.${c.u8()}.${c.u8()}.${c.u8()}`);
  else if (type === TYPE.AAAA && length === 16) {
    const groups: string[] = [];
    for (let i = 0; i < 8; i++) groups.push(c.u16().toString(16));
    message.addresses.push(
      groups
        .join(':')
        .replace(/\b0(:0)+\b/, ':')
        .replace(/:{3,}/, '::'),
    );
  }
}

/** RFC 1035 section 4.1.4: labels and pointers, which lead backwards. Undefined when it is no name. */
function readName(c: Cursor, start: number, message: DnsMessage): string | undefined {
  let name = '';
  let after = -1;
  for (let steps = 0; steps < 64 && name.length < 512; steps++) {
    const length = c.u8();
    if (c.short) return undefined;
    if (length === 0) {
      if (after >= 0) c.pos = after;
      return name;
    }
    if (length >= 0xc0) {
      const to = start + (((length & 0x3f) << 8) | c.u8());
      if (after < 0) after = c.pos;
      if (c.short || to >= c.pos - 2 || to < start) return undefined;
      c.pos = to;
      continue;
    }
    if (length > 63 || !c.has(length)) return undefined;
    name += (name ? '.' : '') + readLabel(c, length, message);
  }
  return undefined;
}

/** What can be read of a name whose lengths are wrong: its printable bytes, with a dot where a length may stand. */
function brokenName(c: Cursor, at: number, message: DnsMessage): string {
  let name = '';
  const back = c.pos;
  c.pos = Math.min(at + 1, c.end);
  for (let n = 0; n < 255 && c.left > 0; n++) {
    const byte = c.u8();
    if (byte === 0) break;
    name += byte < 0x20 ? '.' : byte > 0x7e ? '?' : readable(byte, message);
  }
  c.pos = back;
  return name;
}

/**
 * Names are compared without regard to case (RFC 4343), so one spelling is kept. Bytes that are no text become "?", signs
 * that shells, pages and formats give a meaning to become "_": no host has them, and names end up in many places.
 */
function readLabel(c: Cursor, length: number, message: DnsMessage): string {
  let label = '';
  for (let i = 0; i < length; i++) label += readable(c.u8(), message);
  return label;
}

function readable(byte: number, message: DnsMessage): string {
  if (byte < 0x20 || byte > 0x7e) {
    message.oddName = true;
    return '?';
  }
  const char = String.fromCharCode(byte >= 65 && byte <= 90 ? byte + 32 : byte);
  if (!SIGNS.includes(char)) return char;
  message.signs = true;
  return '_';
}
const SIGNS = '%`"\'<>&$|;\\';
