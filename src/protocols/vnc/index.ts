/** RFB, RFC 6143 section 7.1.1: "RFB 003.008\n" from both sides, the server first. */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';

export const vnc: Protocol = {
  id: 89,
  name: 'VNC',
  tcp: { ports: [5900, 5901, 5800], first: [0x52], firstServer: [0x52], look },
  parse,
};

function look({ c }: View) {
  if (c.length < 12) return c.startsWith('RFB 0'.slice(0, c.length)) ? MORE : NO;
  return c.startsWith('RFB ') && c.peek8(7) === 0x2e && c.peek8(11) === 10 ? YES : NO;
}

function parse(view: View) {
  const { c } = view;
  if (c.startsWith('RFB ') && c.length >= 11) view.more(view.fromClient ? 'vnc.client' : 'vnc.server', c.text(11));
  const more = view.info.more ?? {};
  return ('vnc.client' in more && 'vnc.server' in more) || view.packet >= 6 ? DONE : MORE;
}
