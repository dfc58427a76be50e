/** DingTalk's LWP over TCP: a header of eight bytes, then typed fields: 2 "dk", 3 a key of 32 bytes. */
import { MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const dingTalk: Protocol = {
  id: 431,
  name: 'DingTalk',
  tcp: { first: [0x10], firstServer: [], look },
};

function look(view: View) {
  const { c } = view;
  if (!view.fromClient) return MORE;
  if (c.length < 16) return MORE;
  return c.peek24(8) === 0x020002 && c.startsWith('dk', 11) && c.peek24(13) === 0x030020 ? YES : NO;
}
