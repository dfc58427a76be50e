/**
 * What an SMB session tells in clear: the dialect that was chosen ([MS-SMB2] 2.2.4) and who logs on from where ([MS-NLMP]
 * 2.2.1.3). SMB 3 may encrypt what follows.
 */
import { type Cursor, DONE, MORE, type View } from '../kit.ts';

const SMB1 = 0xff534d42;
const SMB2 = 0xfe534d42;
/** Frame and header of a first message; the body follows. */
const BODY = 4 + 64;
const MOST = 16;
/** Where a log-on stands at the latest. */
const WITHIN = 4096;
const DIALECTS = new Map([
  [0x0202, '2.0.2'],
  [0x0210, '2.1'],
  [0x0300, '3.0'],
  [0x0302, '3.0.2'],
  [0x0311, '3.1.1'],
  [0x02ff, '2'],
]);
const AUTHENTICATE = 'NTLMSSP\0\x03\0\0\0';

/** Called with either side's stream; DONE when the log-on was read, or the allowance is used up. */
export function readSmb(view: View): typeof MORE | typeof DONE {
  const { c } = view;
  if (!view.fromClient) dialect(view, c);
  else if (logOn(view, c)) return DONE;
  return view.packet >= MOST ? DONE : MORE;
}

function dialect(view: View, c: Cursor): void {
  if (c.peek32(4) === SMB1) view.more('smb.dialect', '1');
  if (c.peek32(4) !== SMB2 || c.peek16le(BODY) !== 65) return;
  const chosen = DIALECTS.get(c.peek16le(BODY + 4));
  if (chosen) view.more('smb.dialect', chosen);
}

const FIELDS = [
  ['smb.domain', 28],
  ['smb.user', 36],
  ['smb.host', 44],
] as const;

/** Domain, user and workstation: length, room and offset of each, from the message's beginning. */
function logOn(view: View, c: Cursor): boolean {
  const at = c.findText(AUTHENTICATE, WITHIN);
  if (at < 0) return false;
  for (const [, field] of FIELDS) {
    const end = at + c.peek32le(at + field + 4) + c.peek16le(at + field);
    if ((c.peek32le(at + field + 4) < 0 || c.length < end) && end < WITHIN * 2) return false;
  }
  for (const [name, field] of FIELDS) {
    const value = wide(c, at + c.peek32le(at + field + 4), c.peek16le(at + field));
    if (value) view.more(name, value);
  }
  return true;
}

/** UTF-16 of `bytes` bytes at `at`, "" where they are not all there or no text. */
function wide(c: Cursor, at: number, bytes: number): string {
  if (bytes <= 0 || bytes > 256 || bytes % 2 || c.peek8(at + bytes - 1) < 0) return '';
  let text = '';
  for (let i = 0; i < bytes; i += 2) {
    const unit = c.peek16le(at + i);
    if (unit < 0x20) return '';
    text += String.fromCharCode(unit);
  }
  return text;
}
