/** SMTP, RFC 5321 sections 3.1 and 4.1.1: a 220 greeting, then EHLO, HELO or LHLO. */
import { DONE, MORE, NO, type Protocol, type View, YES } from '../kit.ts';
import { startTls } from '../tls/starttls.ts';

/** nDPI's name for it once it has changed to TLS. */
const SMTPS = 29;

export const smtp: Protocol = {
  id: 3,
  name: 'SMTP',
  tcp: { ports: [25, 587], look },
  parse,
};

function look(view: View) {
  const { c } = view;
  if (view.fromClient) {
    if (c.startsWithNoCase('ehlo ') || c.startsWithNoCase('helo ') || c.startsWithNoCase('lhlo ')) return YES;
    return c.length < 5 ? MORE : NO;
  }
  if (c.length < 4) return c.peek8(0) === 0x32 ? MORE : NO;
  if (!c.startsWith('220 ') && !c.startsWith('220-')) return NO;
  // FTP greets with 220 as well: only the word, the port or the client's EHLO tell them apart.
  const greeting = c.text(Math.min(c.length, 200)).toUpperCase();
  if (greeting.includes('SMTP') || view.port(25) || view.port(587)) return YES;
  return greeting.includes('FTP') ? NO : MORE;
}

function parse(view: View) {
  const secured = startTls(view, SMTPS);
  if (secured !== undefined) return secured;
  if (!view.fromClient) {
    const greeting = view.c.line(512);
    if (greeting !== undefined) {
      view.more('smtp.greeting', greeting);
      const host = greeting.slice(4).split(' ', 1)[0]!;
      if (host) view.info.hostname ??= host;
    }
  }
  return view.packet >= 20 ? DONE : MORE;
}
