/** LDAP, RFC 4511 section 4.1.1 in BER: SEQUENCE, message id, an operation of the APPLICATION class; CLDAP over UDP. */
import { berEnter, berInteger, berLength } from '../ber.ts';
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { RISK } from '../risks.ts';
import { startTls } from '../tls/starttls.ts';

export const ldap: Protocol = {
  id: 112,
  name: 'LDAP',
  tcp: { ports: [389, 3268], first: [0x30], firstServer: [0x30], look },
  udp: { ports: [389], first: [0x30], firstServer: [0x30], look },
  parse,
};

/** StartTLS is an extended request of this name, the first message of its connection: RFC 4511 section 4.14.1. */
const START_TLS = '1.3.6.1.4.1.1466.20037';
const MOST = 8;

function parse(view: View) {
  if (view.fromClient && !(view.state as { client?: boolean } | undefined)?.client) tell(view);
  view.c.reset();
  if (!view.tcp) return DONE;
  const client = view.fromClient ? view.c : view.other;
  const asked = client.findText(START_TLS, 128) >= 0;
  // It may still be on its way.
  if (!asked) return client.length < 32 && view.packet < MOST ? MORE : DONE;
  client.reset();
  return startTls(view, ldap.id, 'anything') ?? (view.packet >= MOST ? DONE : MORE);
}

/** Bind, unbind, search, modify, add, delete, modify DN, compare, abandon, extended; and their answers. */
const OPERATIONS = [
  0x60, 0x61, 0x42, 0x63, 0x64, 0x65, 0x73, 0x66, 0x67, 0x68, 0x69, 0x4a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x50, 0x77,
  0x78, 0x79,
];

function look(view: View) {
  const { c } = view;
  if (c.length < 7) return view.tcp ? MORE : NO;
  const length = berEnter(c, 0x30);
  if (length < 5 || length > 0x0080_0000) return NO;
  const id = berInteger(c);
  if (id < 0) return NO;
  const operation = c.u8();
  if (!OPERATIONS.includes(operation)) return NO;
  if (view.port(389) || view.port(3268)) return YES;
  if (view.tcp && c.length < Math.min(length + 2, 512)) return MORE;
  return body(c, operation) ? YES : NO;
}

/** Elsewhere: a bind of version 2 or 3, a search with a scope, a result with a code. */
function body(c: Cursor, operation: number): boolean {
  if (berLength(c) < 0) return false;
  if (operation === 0x60) {
    const version = berInteger(c);
    return (version === 2 || version === 3) && c.peek8(0) === 0x04;
  }
  if (operation === 0x63) {
    const base = berEnter(c, 0x04);
    if (base < 0 || base > 1024) return false;
    c.skip(base);
    const scope = berInteger(c, 0x0a);
    const aliases = berInteger(c, 0x0a);
    return scope >= 0 && scope <= 3 && aliases >= 0 && aliases <= 3;
  }
  if (operation === 0x61 || operation === 0x65) return berInteger(c, 0x0a) >= 0 && c.peek8(0) === 0x04;
  return false;
}

/** The client's first message: who binds (section 4.2), a password in clear with it, or where a search begins (4.5.1). */
function tell(view: View): void {
  const { c } = view;
  c.reset();
  if (berEnter(c, 0x30) < 5 || berInteger(c) < 0) return;
  const operation = c.u8();
  if (berLength(c) < 0) return;
  if (operation === 0x60) {
    const version = berInteger(c);
    const name = c.text(Math.max(0, Math.min(berEnter(c, 0x04), c.left, 255)));
    view.more('ldap.version', version);
    if (name) view.more('ldap.bind', name);
    const password = c.peek8(0) === 0x80 && c.peek8(1) > 0;
    if (name && password) view.risk(RISK.CLEAR_TEXT_CREDENTIALS, `simple bind of ${name}`);
  } else if (operation === 0x63) {
    const length = berEnter(c, 0x04);
    if (length > 0 && c.has(length)) view.more('ldap.search', c.text(Math.min(length, 255)));
  }
}
