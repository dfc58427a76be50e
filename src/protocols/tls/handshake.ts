/** Reads handshake messages of one side and writes what they tell into the flow's facts. */

import type { FlowInfo, TlsInfo } from '../info.ts';
import { Cursor, count, counter, type View } from '../kit.ts';
import { oneCopy } from '../one-copy.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { type ClientHello, readClientHello, versionName } from './client-hello.ts';
import { ja3, ja4 } from './fingerprint.ts';
import { certificateRisks, clientHelloRisks, serverHelloRisks } from './risks.ts';
import { ja3s, readServerHello } from './server-hello.ts';
import type { Carrier, TlsSession } from './session.ts';

export const MESSAGE = { CLIENT_HELLO: 1, SERVER_HELLO: 2, CERTIFICATE: 11, SERVER_HELLO_DONE: 14 } as const;

const HELLO = counter('detect.tls.hello_malformed');
const CERTIFICATE = counter('detect.tls.certificate_unreadable');

const body = new Cursor();

/**
 * Reads the messages in `buf[0, length)`, a TLS handshake stream from its beginning (4-byte headers). Messages that were
 * read before are passed over, an incomplete last one is left for the next call.
 */
export function readMessages(view: View, session: TlsSession, buf: Uint8Array, length: number, carrier: Carrier): void {
  let at = 0;
  for (let n = 0; n < 16 && length - at >= 4; n++) {
    const type = buf[at]!;
    const size = (buf[at + 1]! << 16) | (buf[at + 2]! << 8) | buf[at + 3]!;
    const have = Math.min(size, length - at - 4);
    readMessage(view, session, type, body.set(buf, at + 4, at + 4 + have), have === size, carrier);
    if (have < size) return;
    at += 4 + size;
  }
}

/** One message's body; `whole` is false when its end has not come. */
export function readMessage(
  view: View,
  session: TlsSession,
  type: number,
  c: Cursor,
  whole: boolean,
  carrier: Carrier,
): void {
  if (type === MESSAGE.CLIENT_HELLO && !session.clientHello) onClientHello(view, session, c, whole, carrier);
  else if (!whole) return;
  else if (type === MESSAGE.SERVER_HELLO && !session.serverHello) onServerHello(view, session, c, carrier);
  else if (type === MESSAGE.CERTIFICATE && !session.certificate && !view.fromClient) onCertificate(view, session, c);
}

function onClientHello(view: View, session: TlsSession, c: Cursor, whole: boolean, carrier: Carrier): void {
  const hello = readClientHello(c, carrier);
  if (hello.sni && !session.sni) noteServerName(view.info, session, hello.sni);
  if (!whole) return;
  session.clientHello = true;
  if (hello.malformed) count(HELLO);
  const facts = tlsOf(view);
  tellClientHello(facts, hello, carrier);
  if (hello.userAgent) (view.info.http ??= {}).userAgent = hello.userAgent;
  clientHelloRisks(view, hello, carrier);
}

function tellClientHello(facts: TlsInfo, hello: ClientHello, carrier: Carrier): void {
  facts.version ??= hello.version;
  facts.ja3 = oneCopy(ja3(hello));
  const { ndpi, foxio } = ja4(hello, carrier);
  facts.ja4 = oneCopy(ndpi);
  facts.ja4Foxio = oneCopy(foxio);
  if (hello.sni) facts.sni = hello.sni;
  if (hello.alpn.length) facts.alpn = oneCopy(hello.alpn.join(',').slice(0, 512));
  if (hello.versions.length) facts.supportedVersions = oneCopy(hello.versions.slice(0, 16).map(versionName).join(','));
  if (hello.ech) facts.ech = true;
}

function noteServerName(info: FlowInfo, session: TlsSession, sni: string): void {
  session.sni = sni;
  info.tls ??= {};
  info.tls.sni = sni;
  info.hostname = sni;
}

function onServerHello(view: View, session: TlsSession, c: Cursor, carrier: Carrier): void {
  const hello = readServerHello(c);
  if (!hello) return;
  session.serverHello = true;
  session.version = hello.version;
  const facts = tlsOf(view);
  facts.version = hello.version;
  facts.cipher = hello.cipher;
  facts.ja3s = oneCopy(ja3s(hello));
  if (hello.alpn) facts.negotiatedAlpn = oneCopy(hello.alpn);
  serverHelloRisks(view, hello, carrier);
}

/** RFC 5246 section 7.4.2: the first certificate of the list is the server's own. */
function onCertificate(view: View, session: TlsSession, c: Cursor): void {
  session.certificate = true;
  c.skip(3);
  const der = c.bytes(c.u24());
  const certificate = der.length ? readCertificate(der) : undefined;
  if (!certificate) {
    count(CERTIFICATE);
    return;
  }
  const facts = tlsOf(view);
  facts.subject = certificate.subject.slice(0, 1024);
  facts.issuer = certificate.issuer.slice(0, 1024);
  if (certificate.names.length) facts.names = certificate.names.join(',').slice(0, 2048);
  if (!Number.isNaN(certificate.notBefore)) facts.notBefore = certificate.notBefore;
  if (!Number.isNaN(certificate.notAfter)) facts.notAfter = certificate.notAfter;
  facts.sha1 = certificate.sha1;
  if (isTorLink(session.sni, certificate)) view.app = TOR;
  certificateRisks(view, certificate, session);
}

function tlsOf(view: View): TlsInfo {
  return (view.info.tls ??= {});
}

const TOR = 163;
const DRAWN_COM = /^www\.[a-z2-7]{4,25}\.com$/;
const DRAWN_NET = /^www\.[a-z2-7]{4,25}\.net$/;

/** Relays of Tor draw their names: tor-spec, section "Negotiating channels with TLS". */
function isTorLink(sni: string, certificate: Certificate): boolean {
  if (certificate.names.length > 0 || certificate.selfSigned || !DRAWN_COM.test(sni)) return false;
  const issuer = certificate.issuer.replace(/^CN=/, '');
  return (
    DRAWN_NET.test(certificate.commonName) &&
    certificate.subject === `CN=${certificate.commonName}` &&
    DRAWN_COM.test(issuer)
  );
}
