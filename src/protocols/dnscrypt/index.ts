/**
 * DNSCrypt version 2 (dnscrypt.info/protocol): a TXT query for the resolver's certificate under "2.dnscrypt-cert", then
 * encrypted queries that look like nothing and replies that begin with the resolver's magic.
 */
import { type Cursor, MORE, NO, type Protocol, type Verdict, type View, YES } from '../kit.ts';

/** Resolver magic, the first eight bytes of every encrypted reply. */
const MAGIC = 'r6fnvWj8';
const PORTS = [53, 443, 5353, 8443];
/** An encrypted query comes before the first reply. */
const PATIENCE = 4;

export const dnscrypt: Protocol = {
  id: 208,
  name: 'DNScrypt',
  udp: { ports: PORTS, look },
  tcp: { ports: [53, 443], first: [0], firstServer: [0], look: lookTcp },
};

function look(view: View): Verdict {
  const { c } = view;
  if (asksCertificate(c, 0)) return YES;
  if (c.startsWith(MAGIC)) {
    if (view.fromClient) view.speakerIsServer = true;
    return YES;
  }
  return view.packet < PATIENCE ? MORE : NO;
}

function lookTcp({ c }: View): Verdict {
  if (c.length < 2 + 28) return MORE;
  return asksCertificate(c, 2) || c.startsWith(MAGIC, 2) ? YES : NO;
}

/** The first question's name begins with the labels "2" (the protocol's version) and "dnscrypt-cert". */
function asksCertificate(c: Cursor, at: number): boolean {
  return c.peek16(at + 12) === 0x0132 && c.peek8(at + 14) === 13 && c.startsWithNoCase('dnscrypt-cert', at + 15);
}
