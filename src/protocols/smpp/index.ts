/**
 * SMPP 3.4 (section 3.2, "PDU format"): length, command id, status, sequence number. A session begins with a bind; any
 * other command needs its response.
 */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const smpp: Protocol = {
  id: 207,
  name: 'SMPP',
  tcp: { first: [0], firstServer: [0], look },
};

const RESPONSE = 0x80000000;
/** bind_receiver … enquire_link, then alert_notification, data_sm, broadcasts. */
const isCommand = (id: number) =>
  (id >= 1 && id <= 0x15) || id === 0x21 || id === 0x102 || id === 0x103 || (id >= 0x111 && id <= 0x113);
const isBind = (id: number) => id === 1 || id === 2 || id === 9;

function look(view: View) {
  const { c, other } = view;
  if (c.length < 16) return c.peek24(0) > 0xff ? NO : MORE;
  const length = c.peek32(0);
  const command = c.peek32(4);
  if (length < 16 || length > 0xffff || !isCommand(command & 0x7fffffff) || c.peek32(12) === 0) return NO;
  if (command < RESPONSE && c.peek32(8) !== 0) return NO;
  if (isBind(command)) {
    if (c.length < length) return MORE;
    // system_id is a printable C string of at most 15 characters.
    c.seek(16);
    const end = c.find(0, 17);
    return end >= 0 && length >= 23 ? YES : NO;
  }
  const matched = other.peek32(12) === c.peek32(12) && (other.peek32(4) ^ command) >>> 0 === RESPONSE;
  return matched ? YES : MORE;
}
