/**
 * What protocol parsers learn of a flow. Every text comes from the network: bounded in length by the parser that sets
 * it, hostile until escaped. A protocol that needs a group of its own adds it here.
 */
export interface DnsInfo {
  query?: string;
  /** RR type number of the first question. */
  qtype?: number;
  /** Response code of the last reply, or undefined when none was seen. */
  rcode?: number;
  queries?: number;
  answers?: number;
  addresses?: string[];
}

export interface TlsInfo {
  sni?: string;
  /** Negotiated version, 0x0303 = TLS 1.2. */
  version?: number;
  ja3?: string;
  ja3s?: string;
  /** JA4 as nDPI and ntopng write it, and as FoxIO specifies it (tls/client-hello.ts tells the differences). */
  ja4?: string;
  ja4Foxio?: string;
  alpn?: string;
  negotiatedAlpn?: string;
  supportedVersions?: string;
  cipher?: number;
  subject?: string;
  issuer?: string;
  /** Subject alternative names, comma separated, bounded. */
  names?: string;
  /** Milliseconds since the epoch. */
  notBefore?: number;
  notAfter?: number;
  sha1?: string;
  ech?: boolean;
}

export interface HttpInfo {
  method?: string;
  host?: string;
  url?: string;
  userAgent?: string;
  contentType?: string;
  requestContentType?: string;
  status?: number;
  server?: string;
}

export interface SshInfo {
  client?: string;
  server?: string;
  hassh?: string;
  hasshServer?: string;
}

export interface DhcpInfo {
  hostname?: string;
  fingerprint?: string;
  vendorClass?: string;
  message?: number;
}

/** Facts by group; `more` takes small facts that need no type of their own (e.g. quic.version, ftp.user). */
export interface FlowInfo {
  /** The name that best tells the flow's purpose: SNI, HTTP host, DNS query, DHCP host name. */
  hostname?: string;
  dns?: DnsInfo;
  tls?: TlsInfo;
  http?: HttpInfo;
  ssh?: SshInfo;
  dhcp?: DhcpInfo;
  more?: Record<string, string | number | boolean>;
}
