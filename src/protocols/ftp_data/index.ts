/**
 * FTP data connections are told by the control connection (RFC 959 section 3.2; see ftp/). One whose control connection
 * was not seen is recognised when it carries a directory listing in the form of ls -l, which most servers send.
 */

import type { Cursor } from '../../decode/cursor.ts';
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const ftpData: Protocol = {
  id: 175,
  name: 'FTP_DATA',
  tcp: { ports: [20], first: LISTING(), firstServer: LISTING(), look },
};

function LISTING(): number[] {
  return ['-', 'd', 'l', 't'].map((letter) => letter.charCodeAt(0));
}

function look(view: View) {
  const { c, other } = view;
  if (other.length > 0) return NO;
  if (c.startsWith('total ')) {
    const end = c.find(10, 24);
    if (end < 0) return c.length < 24 ? MORE : NO;
    c.skip(end + 1);
  }
  if (c.left < 12) return MORE;
  return permissions(c) ? YES : NO;
}

/** "drwxr-xr-x " and a number of links. */
function permissions(c: Cursor): boolean {
  if (!'-dlbcps'.includes(String.fromCharCode(c.peek8(0)))) return false;
  for (let i = 0; i < 9; i++) {
    const byte = c.peek8(1 + i);
    if (
      byte !== 0x2d &&
      byte !== 'rwx'.charCodeAt(i % 3) &&
      !(i % 3 === 2 && 'sStT'.includes(String.fromCharCode(byte)))
    )
      return false;
  }
  const after = c.peek8(10);
  return after === 0x20 || after === 0x2e || after === 0x2b;
}
