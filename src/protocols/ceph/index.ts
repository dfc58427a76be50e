/** Ceph's messenger (Ceph documentation, "msgr" and "msgr2 protocol"): banners "ceph v027" and "ceph v2\n". */
import type { Protocol, View } from '../kit.ts';
import { beginsWith } from '../words.ts';

const BANNERS = ['ceph v0', 'ceph v2\n'];

export const ceph: Protocol = {
  id: 381,
  name: 'Ceph',
  tcp: { ports: [3300, 6789], first: [0x63], firstServer: [0x63], look: ({ c }: View) => beginsWith(c, BANNERS) },
};
