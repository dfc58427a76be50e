/** Dropbox LAN sync: JSON announcements to UDP 17500 with "host_int" and "namespaces". */
import { NO, type Protocol, type View, YES } from '../kit.ts';

export const dropbox: Protocol = {
  id: 121,
  name: 'Dropbox',
  udp: { ports: [17500], first: [0x7b], look },
};

function look({ c }: View) {
  return c.findText('"host_int"', 256) > 0 && (c.findText('"version"', 64) > 0 || c.findText('"port"', 256) > 0)
    ? YES
    : NO;
}
