/**
 * NFS and what goes with it: ONC RPC, RFC 5531 section 9, of the programs portmap 100000, NFS 100003, mount 100005,
 * lock manager 100021, status 100024, quota 100011 (IANA rpc-program-numbers); over TCP behind a record mark (section 11).
 */
import { type Cursor, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

const PROGRAMS = [100000, 100003, 100005, 100011, 100021, 100024, 100227];

export const nfs: Protocol = {
  id: 11,
  name: 'NFS',
  udp: { ports: [111, 2049], look: (view) => call(view.c) },
  tcp: { ports: [111, 2049], first: [0x80], firstServer: [0x80], look: lookTcp },
};

function lookTcp({ c }: View) {
  if (c.length < 28) return MORE;
  const mark = c.u32();
  return mark > 0x80000000 && mark < 0x80100000 ? call(c) : NO;
}

/** xid, 0 = call, RPC version 2, program, program version, procedure. */
function call(c: Cursor) {
  if (c.left < 24 || c.peek32(4) !== 0 || c.peek32(8) !== 2) return NO;
  const version = c.peek32(16);
  return PROGRAMS.includes(c.peek32(12)) && version >= 1 && version <= 4 && c.peek32(20) < 64 ? YES : NO;
}
