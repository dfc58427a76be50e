/**
 * TLS in the middle of a text protocol: STARTTLS of SMTP (RFC 3207), IMAP and POP3 (RFC 2595), AUTH TLS of FTP (RFC 4217),
 * XMPP (RFC 6120 section 5), LDAP (RFC 4511 section 4.14). Each side's stream turns into TLS records behind the last line,
 * tag or message in clear.
 */
import type { Cursor, DONE, MORE, View } from '../kit.ts';
import { readTls } from './index.ts';
import { CONTENT, recordHeader } from './records.ts';
import { TlsSession } from './session.ts';

/** A conversation in clear before the change is short. */
const WITHIN = 8192;

class StartTls {
  readonly session = new TlsSession();
  client = false;
  server = false;
}

/**
 * To be called at the beginning of a protocol's parse, which must not use view.state itself. Undefined while the speaking
 * side speaks in clear; afterwards what parse has to return. The flow's master becomes `master`, the name of the protocol
 * inside TLS, once the client's hello is there. Behind 'text' TLS begins after a line or tag, else wherever a hello stands.
 */
export function startTls(
  view: View,
  master: number,
  behind: 'text' | 'anything' = 'text',
): typeof MORE | typeof DONE | undefined {
  const state = (view.state ??= new StartTls()) as StartTls;
  const { c } = view;
  if (!(view.fromClient ? state.client : state.server)) {
    const at = findTls(c, behind === 'text');
    c.reset();
    if (at < 0) return undefined;
    if (view.fromClient) {
      state.client = true;
      state.session.clientAt = at;
    } else {
      state.server = true;
      state.session.serverAt = at;
    }
  }
  view.master = view.app = master;
  return readTls(view, state.session);
}

/** Offset of a record with a hello, behind a line end or a tag end where it follows text, or -1. */
function findTls(c: Cursor, text: boolean): number {
  const stop = Math.min(c.length, WITHIN) - 5;
  for (let at = 1; at <= stop; at++) {
    if (c.peek8(at) !== CONTENT.HANDSHAKE) continue;
    const before = c.peek8(at - 1);
    if (text && before !== 0x0a && before !== 0x3e) continue;
    if (recordHeader(c, at) && c.peek8(at + 5) <= 2 && (text || helloFits(c, at))) return at;
  }
  return -1;
}

/** The record holds a whole hello, or its first part; between binary messages the header alone could be chance. */
function helloFits(c: Cursor, at: number): boolean {
  return c.peek8(at + 5) >= 1 && c.peek24(at + 6) + 4 >= c.peek16(at + 3) && c.peek8(at + 9) === 3;
}
