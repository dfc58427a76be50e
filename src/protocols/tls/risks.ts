/** Risks that a TLS handshake shows, with the value that raised each. */

import { applicationOfMaker } from '../applications.ts';
import type { View } from '../kit.ts';
import { hostRisks, RISK } from '../risks.ts';
import type { Certificate } from './certificate.ts';
import { cipherName, cipherWeakness } from './cipher-names.ts';
import { type ClientHello, versionName } from './client-hello.ts';
import type { ServerHello } from './server-hello.ts';
import type { Carrier, TlsSession } from './session.ts';

const DAY = 86_400_000;
/** CA/Browser Forum ballot SC31: certificates issued from September 2020 on last 398 days at most. */
const LONGEST_DAYS = 398;
const LIMIT_SINCE = Date.UTC(2020, 8, 1);
/** RFC 7685 pads a hello out of the range of 256 to 511 bytes; tunnels that hide their lengths pad further. */
const MAX_PADDING = 1024;
/** Usual ALPN identifiers (IANA registry) and the vendors' in wide use; a prefix with "-" covers drafts. */
const COMMON_ALPN = new Set(
  (
    'http/0.9 http/1.0 http/1.1 spdy/1 spdy/2 spdy/3 spdy/3.1 h2 h2c h3 hq hq-interop webrtc c-webrtc stun.turn stun.nat-discovery ' +
    'ftp imap pop3 managesieve coap co xmpp-client xmpp-server acme-tls/1 mqtt dot ntske/1 sunrpc smb irc nntp nnsp doq sip/2 ' +
    'tds/8.0 dicom postgresql radius/1.0 radius/1.1 bep-relay http/2.0 grpc-exp'
  ).split(' '),
);

export function clientHelloRisks(view: View, hello: ClientHello, carrier: Carrier): void {
  const best = Math.max(hello.version, ...hello.versions.filter((v) => v <= 0x0304));
  if (carrier === 't' && best < 0x0303 && best >= 0x0002) view.risk(RISK.TLS_OBSOLETE, versionName(best));
  if (hello.padding > MAX_PADDING) view.risk(RISK.OBFUSCATED, `${hello.padding} bytes of padding in the client hello`);
  if (hello.sni) {
    hostRisks(view, hello.sni);
    if (hello.esni) view.risk(RISK.TLS_ESNI, `esni beside server name ${hello.sni}`);
  } else if (!hello.esni && !isCall(hello) && (carrier !== 't' || best >= 0x0302)) {
    view.risk(RISK.TLS_NO_SNI, 'no server name in the client hello');
  }
  if (hello.alpn.length === 0) {
    if (carrier !== 'q' && best >= 0x0303 && !isCall(hello))
      view.risk(RISK.TLS_NOT_HTTPS, 'no alpn in the client hello');
    return;
  }
  for (const name of hello.alpn) {
    if (COMMON_ALPN.has(name) || /^(h2|h3|hq|doq|spdy|grease|h1q)\b/.test(name) || isGreaseText(name)) continue;
    view.risk(RISK.TLS_UNCOMMON_ALPN, name);
    return;
  }
  // A browser that speaks HTTP names the server it wants; who does not is no browser.
  if (!hello.sni && !hello.esni && !hello.ech && /^h[23]\b/.test(hello.alpn[0]!))
    view.risk(RISK.TLS_ALPN_SNI, hello.alpn[0]!);
}

/** use_srtp (RFC 5764): the handshake of a call, between parties that have no names. */
const isCall = (hello: ClientHello): boolean => hello.extensions.includes(14);

const isGreaseText = (name: string): boolean =>
  name.length === 2 && name[0] === name[1] && (name.charCodeAt(0) & 15) === 10;

export function serverHelloRisks(view: View, hello: ServerHello, carrier: Carrier): void {
  if (carrier === 't' && hello.version < 0x0303) view.risk(RISK.TLS_OBSOLETE, versionName(hello.version));
  if (cipherWeakness(hello.cipher) !== 'none') view.risk(RISK.TLS_WEAK_CIPHER, cipherName(hello.cipher));
}

export function certificateRisks(view: View, certificate: Certificate, session: TlsSession): void {
  const { notBefore, notAfter, names } = certificate;
  // Over UDP the parties of a call sign their own and compare fingerprints elsewhere (RFC 8827 section 6.5); so do
  // these programs.
  if (certificate.selfSigned && view.tcp && !BY_DESIGN.has(applicationOfMaker(certificate.subject)))
    view.risk(RISK.TLS_SELF_SIGNED, certificate.subject);
  const days = Math.round((notAfter - notBefore) / DAY);
  if (notBefore >= LIMIT_SINCE && days > LONGEST_DAYS) view.risk(RISK.TLS_LONG_VALIDITY, `${days} days`);
  if (view.timeMs < notBefore || view.timeMs > notAfter) {
    view.risk(RISK.TLS_EXPIRED, `${day(notBefore)} to ${day(notAfter)}`);
  } else if (notAfter - view.timeMs < 30 * DAY) view.risk(RISK.TLS_ABOUT_TO_EXPIRE, `until ${day(notAfter)}`);
  // The common name counts for nothing any more (RFC 9525 section 2): without alternative names there is nothing to compare.
  if (session.sni && names.length && !names.some((name) => nameMatches(name, session.sni))) {
    view.risk(RISK.TLS_MISMATCH, `${session.sni} is not ${names.slice(0, 4).join(', ')}`);
  }
}

const day = (ms: number): string => (Number.isNaN(ms) ? 'unknown' : new Date(ms).toISOString().slice(0, 10));

/** AnyDesk and Syncthing. */
const BY_DESIGN = new Set([252, 313]);

/** RFC 6125 section 6.4: whole name, or a wildcard for the left-most label. */
function nameMatches(pattern: string, host: string): boolean {
  const a = pattern.toLowerCase();
  const b = host.toLowerCase().replace(/\.$/, '');
  if (a === b) return true;
  if (!a.startsWith('*.')) return false;
  const dot = b.indexOf('.');
  return b === a.slice(2) || (dot > 0 && b.slice(dot) === a.slice(1));
}
