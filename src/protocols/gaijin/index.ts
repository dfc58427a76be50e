/** Gaijin Entertainment (War Thunder): usage events in text over UDP 20011, "name,env=…,circuit=…". */
import { NO, type Protocol, type View, YES } from '../kit.ts';
import { textual } from '../words.ts';

/** Lower-case letters. */
const FIRST = Array.from({ length: 26 }, (_, i) => 0x61 + i);

export const gaijin: Protocol = {
  id: 396,
  name: 'GaijinEntertainment',
  udp: { ports: [20011], first: FIRST, firstServer: FIRST, look },
};

function look({ c }: View) {
  return textual(c, 32) && c.findText(',env=', 128) > 0 && c.findText(',circuit=', 192) > 0 ? YES : NO;
}
