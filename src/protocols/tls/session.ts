/** What is kept of a TLS conversation while its handshake is read; DTLS, QUIC and STARTTLS use it as well. */
export class TlsSession {
  /** Where TLS begins in the client's and in the server's stream (0 unless another protocol handed over). */
  clientAt = 0;
  serverAt = 0;
  clientHello = false;
  serverHello = false;
  certificate = false;
  /** Negotiated version as told by the ServerHello, 0 before. */
  version = 0;
  /** The side has begun to encrypt: nothing more to read there. */
  clientEncrypted = false;
  serverEncrypted = false;
  /** The raw server name was offered (encrypted ones do not count). */
  sni = '';
}

/** "t" for TLS over TCP, "q" for QUIC, "d" for DTLS: the first letter of a JA4. */
export type Carrier = 't' | 'q' | 'd';
