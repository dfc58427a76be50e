/** Google's QUIC Crypto handshake message, "QUIC Crypto" (2013, revised 2016): tags with values, SNI and UAID among them. */
import { Cursor, type View } from '../kit.ts';
import { RISK } from '../risks.ts';

const MAX_TAGS = 64;
const CHLO = 'CHLO';
/** The message stands behind the frame header; how far depends on the version. */
const WITHIN = 96;

/** Reads a CHLO that begins within the first bytes of c; false when there is none. */
export function readChlo(view: View, c: Cursor): boolean {
  const at = c.findText(CHLO, WITHIN);
  if (at < 0) return false;
  c.skip(at + 4);
  const tags = c.u16le();
  c.skip(2);
  if (tags > MAX_TAGS || !c.has(tags * 8)) return true;
  const values = new Cursor().set(c.buf, c.pos + tags * 8, c.end);
  let from = 0;
  for (let i = 0; i < tags; i++) {
    const tag = c.text(4);
    const to = c.u32le();
    if (to < from) return true;
    if (tag === 'SNI\0' || tag === 'UAID') {
      const text = values.seek(from).text(Math.min(to - from, 255));
      if (values.short) return true;
      if (tag === 'UAID') (view.info.http ??= {}).userAgent = text;
      else view.info.hostname = text;
    }
    from = to;
  }
  if (view.info.hostname === undefined) view.risk(RISK.TLS_NO_SNI, 'no server name in the chlo');
  return true;
}
