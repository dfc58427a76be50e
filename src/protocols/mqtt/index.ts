/**
 * MQTT 3.1, 3.1.1 and 5 (OASIS MQTT 5.0 sections 2.1 and 3.1): CONNECT (10) with the protocol's name and level. A session
 * whose beginning was missed is recognised by requests that have their answers: PINGREQ/PINGRESP, PUBLISH/PUBACK.
 */

import type { Cursor } from '../../decode/cursor.ts';
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { RISK } from '../risks.ts';

const FIRST = [0x10, 0x20, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x40, 0x82, 0x90, 0xc0, 0xd0];

export const mqtt: Protocol = {
  id: 222,
  name: 'MQTT',
  tcp: { ports: [1883, 8883], first: FIRST, firstServer: FIRST, look },
  parse,
};

function look(view: View) {
  const { c, other } = view;
  const type = c.peek8(0);
  if (type === 0x10) return connect(c);
  if (!FIRST.includes(type)) return NO;
  if (type === 0xc0 || type === 0xd0) {
    if (c.length < 2) return MORE;
    if (c.peek8(1) !== 0) return NO;
    return other.peek16(0) === (type === 0xc0 ? 0xd000 : 0xc000) ? YES : MORE;
  }
  const publish = publishId(c);
  if (publish > 0) return acknowledges(other, publish) ? YES : MORE;
  if (publish < 0) return MORE;
  if (type === 0x40) return c.length < 4 || acknowledges(c, publishId(other)) ? (c.length < 4 ? MORE : YES) : MORE;
  return c.length < 2 || view.port(1883) ? MORE : NO;
}

function connect(c: Cursor) {
  c.skip(1);
  let bytes = 0;
  while (bytes < 4 && c.u8() & 0x80) bytes++;
  if (c.left < 8) return c.left < 2 || c.peek8(0) === 0 ? MORE : NO;
  return (c.peek16(0) === 4 && c.startsWith('MQTT', 2)) || (c.peek16(0) === 6 && c.startsWith('MQIsdp', 2)) ? YES : NO;
}

/**
 * Packet identifier of a PUBLISH with QoS 1 or 2 and a printable topic at the stream's beginning, 0 when it is none, -1
 * while too little of it is there to tell.
 */
function publishId(c: Cursor): number {
  const type = c.peek8(0);
  if (type >> 4 !== 3 || (type & 6) === 0 || (type & 6) === 6) return 0;
  let at = 1;
  let length = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = c.peek8(at++);
    if (byte < 0) return -1;
    length |= (byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  const topic = c.peek16(at);
  if (topic < 0) return -1;
  if (topic < 1 || topic + 4 > length) return 0;
  for (let i = 0; i < topic && at + 2 + i < c.length; i++) if (c.peek8(at + 2 + i) < 0x20) return 0;
  return c.peek16(at + 2 + topic);
}

function acknowledges(c: Cursor, id: number): boolean {
  return id > 0 && c.peek16(0) === 0x4002 && c.peek16(2) === id;
}

const MOST = 6;
const VERSIONS: Readonly<Record<number, string>> = { 3: '3.1', 4: '3.1.1', 5: '5' };
const FLAG = { WILL: 0x04, PASSWORD: 0x40, USER: 0x80 } as const;

/** CONNECT, OASIS MQTT 5.0 section 3.1: who connects, and whether a password went along in clear. */
function parse(view: View): typeof MORE | typeof DONE {
  const { c } = view;
  if (!view.fromClient) return view.packet >= MOST ? DONE : MORE;
  if (c.u8() !== 0x10) return DONE;
  const length = variable(c);
  if (c.left < Math.min(length, 1024) && view.packet < MOST) return MORE;
  c.skip(c.u16());
  const level = c.u8();
  const flags = c.u8();
  c.skip(2);
  if (level >= 5) c.skip(variable(c));
  const client = text(c);
  view.more('mqtt.version', VERSIONS[level] ?? `level ${level}`);
  if (client) view.more('mqtt.client', client);
  if (flags & FLAG.WILL) {
    if (level >= 5) c.skip(variable(c));
    c.skip(c.u16());
    c.skip(c.u16());
  }
  const user = flags & FLAG.USER ? text(c) : '';
  if (user) view.more('mqtt.user', user);
  if (flags & FLAG.PASSWORD && !c.short) view.risk(RISK.CLEAR_TEXT_CREDENTIALS, `mqtt password of ${user || client}`);
  return DONE;
}

const text = (c: Cursor): string => c.text(Math.min(c.u16(), c.left));

/** Variable byte integer, section 1.5.5. */
function variable(c: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = c.u8();
    value |= (byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  return value;
}
