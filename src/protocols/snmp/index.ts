/** SNMP, RFC 1157 section 4 and RFC 3412 section 6 (v3), in BER: version, then community and PDU, or v3's header. */
import { berEnter, berInteger, berLength } from '../ber.ts';
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const snmp: Protocol = {
  id: 14,
  name: 'SNMP',
  udp: { ports: [161, 162], first: [0x30], firstServer: [0x30], look },
  parse,
};

/** Leaves the cursor behind the community (v1, v2c) or the version (v3). The version, or -1. */
function open(c: Cursor): number {
  const length = berEnter(c, 0x30);
  if (length < 8 || length > 65_507) return -1;
  const version = berInteger(c);
  if (version === 3) return berEnter(c, 0x30) > 0 && berInteger(c) >= 0 ? 3 : -1;
  if (version !== 0 && version !== 1 && version !== 2) return -1;
  const community = berEnter(c, 0x04);
  if (community < 0 || community > 255) return -1;
  c.skip(community);
  const pdu = c.peek8(0);
  return pdu >= 0xa0 && pdu <= 0xa8 ? version : -1;
}

function look(view: View) {
  return open(view.c) >= 0 ? YES : NO;
}

const RISK_ERROR = 43;

function parse(view: View) {
  const { c } = view;
  const version = open(c);
  view.more('snmp.version', version === 3 ? 3 : version + 1);
  if (version < 3) community(view);
  if (version < 3 && c.peek8(0) === 0xa2) {
    c.skip(1);
    berLength(c);
    berInteger(c);
    const error = berInteger(c);
    if (error > 0) view.risk(RISK_ERROR, `SNMP Error ${error}`);
    return DONE;
  }
  return view.packet >= 4 ? DONE : MORE;
}

/** The password of versions 1 and 2c, which goes in clear with every message. Leaves the cursor where it was. */
function community(view: View): void {
  const { c } = view;
  const at = c.pos;
  c.reset();
  berEnter(c, 0x30);
  berInteger(c);
  const length = berEnter(c, 0x04);
  if (length > 0) view.more('snmp.community', c.text(Math.min(length, 64)));
  c.pos = at;
}
