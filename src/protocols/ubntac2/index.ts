/** Ubiquiti's discovery, UDP 10001: version 1 or 2, command, length of the type-length-value fields that follow. */
import { DONE, NO, type Protocol, type View, YES } from '../kit.ts';

export const ubntac2: Protocol = {
  id: 31,
  name: 'UBNTAC2',
  udp: { ports: [10001], first: [0x01, 0x02], firstServer: [0x01, 0x02], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (!view.port(10001) || c.length < 4) return NO;
  return c.peek16(2) === c.length - 4 && c.peek8(1) <= 0x20 ? YES : NO;
}

const FIRMWARE = 0x03;
const HOSTNAME = 0x0b;
const MODEL = 0x0c;

function parse(view: View): typeof DONE {
  const { c } = view;
  c.skip(4);
  for (let n = 0; n < 32 && c.left >= 3; n++) {
    const type = c.u8();
    const length = c.u16();
    if (!c.has(length)) break;
    if (type === FIRMWARE) view.more('ubnt.firmware', c.text(length));
    else if (type === HOSTNAME) view.more('ubnt.hostname', c.text(length));
    else if (type === MODEL) view.more('ubnt.model', c.text(length));
    else c.skip(length);
  }
  return DONE;
}
