/** TLS, RFC 8446 and RFC 5246: records, and the server name of the ClientHello (RFC 6066 section 3). */
import { type Cursor, DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const tls: Protocol = {
  id: 91,
  name: 'TLS',
  tcp: { ports: [443, 8443], first: [0x14, 0x15, 0x16, 0x17], firstServer: [0x14, 0x15, 0x16, 0x17], look },
  parse,
  hostApplication: true,
};

/** Content type 20..23, version 3.0..3.4, length at most 2^14 + 2048. */
function look({ c }: View) {
  if (c.length < 5) return MORE;
  const version = c.peek16(1);
  const length = c.peek16(3);
  if (version < 0x0300 || version > 0x0304 || length === 0 || length > 18_432) return NO;
  return YES;
}

function parse(view: View) {
  const { c } = view;
  if (!view.fromClient || c.peek8(0) !== 22 || c.peek8(5) !== 1) return view.packet >= 8 ? DONE : MORE;
  const length = c.peek24(6);
  if (c.length < 9 + length) return MORE;
  c.skip(9);
  clientHello(view, c);
  return DONE;
}

function clientHello(view: View, c: Cursor): void {
  const facts = (view.info.tls ??= {});
  facts.version = c.u16();
  c.skip(32);
  c.skip(c.u8());
  c.skip(c.u16());
  c.skip(c.u8());
  c.u16();
  while (c.left >= 4) {
    const type = c.u16();
    const length = c.u16();
    if (type === 0 && length > 5 && c.has(length)) {
      facts.sni = c
        .skip(5)
        .text(length - 5)
        .slice(0, 255);
      view.info.hostname = facts.sni;
    } else c.skip(length);
  }
}
