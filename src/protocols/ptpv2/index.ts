/** PTP version 2 (IEEE 1588-2008 section 13.3): message type, version 2, length; UDP 319 (event) and 320 (general). */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const ptpv2: Protocol = {
  id: 358,
  name: 'PTPv2',
  udp: { ports: [319, 320], first: [], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.port(319) && !view.port(320)) return NO;
  const type = c.peek8(0) & 0x0f;
  const length = c.peek16(2);
  if ((c.peek8(1) & 0x0f) !== 2 || (type > 3 && type < 8) || type > 13) return NO;
  return length >= 34 && length <= view.wireLen ? YES : NO;
}
