/**
 * GTP: user plane (3GPP TS 29.281 section 5.1, UDP 2152), control plane (TS 29.060 and TS 29.274 section 5.1, UDP 2123),
 * charging (GTP', TS 32.295 section 6.1.1, UDP 3386). The version stands in the first three bits.
 */
import { NO, type Protocol, type View, YES } from '../kit.ts';

const USER = 271;
const CONTROL = 272;
const PRIME = 273;

export const gtp: Protocol = {
  id: 152,
  name: 'GTP',
  udp: { ports: [2152, 2123, 3386], look },
};

function look(view: View) {
  const { c } = view;
  if (c.length < 8) return NO;
  const flags = c.peek8(0);
  const version = flags >> 5;
  const protocolType = (flags >> 4) & 1;
  const type = c.peek8(1);
  const length = c.peek16(2);
  if (view.port(2152)) {
    if (version !== 1 || protocolType !== 1 || !USER_TYPES.includes(type) || length > view.wireLen - 8) return NO;
    view.app = USER;
    return YES;
  }
  if (view.port(2123)) {
    const fits = version === 2 ? length <= view.wireLen - 4 : version <= 1 && length <= view.wireLen - 8;
    if (!fits || type === 0) return NO;
    view.app = CONTROL;
    return YES;
  }
  if (!view.port(3386) || protocolType !== 0 || version > 2 || !PRIME_TYPES.includes(type) || length > view.wireLen - 6)
    return NO;
  view.app = PRIME;
  return YES;
}

/** Echo request and response, error indication, supported extensions, tunnel status, end marker, T-PDU. */
const USER_TYPES = [1, 2, 26, 31, 253, 254, 255];
/** Echo, version not supported, node alive, redirection, data record transfer. */
const PRIME_TYPES = [1, 2, 3, 4, 5, 6, 7, 240, 241];
