/**
 * What a protocol is made of. A protocol lives in a folder of its own and stands in one line of list.ts; the README
 * here teaches how to write one in ten minutes.
 */
import type { View } from './view.ts';

/** Not this protocol: it is not asked again for this flow. */
export const NO = 0;
/** Cannot tell yet: ask again when more has come. */
export const MORE = 1;
/** This is it. */
export const YES = 2;
export type Verdict = typeof NO | typeof MORE | typeof YES;

/** parse() has all it wants of this flow. */
export const DONE = 2;

/**
 * How to recognise the protocol on one transport.
 *
 * TCP: `look` sees the stream of the side that just spoke from its first byte on (view.c) and that of the other side
 * (view.other, may be empty). It is called again with the longer stream whenever more has come, so a look that answers
 * MORE while it is too short is right however the bytes were cut. It must not keep state between calls.
 * UDP: `look` sees one datagram (view.c), and the beginning of the one before (view.previous) and of the other side's
 * last (view.other). NO is final for the flow, so answer MORE for a datagram that says nothing.
 *
 * A look never throws, never allocates unless it answers YES, and reads only through the cursor.
 */
export interface Detector {
  look(view: View): Verdict;
  /** Ports on which this detector is asked first; the guess for a flow that says nothing is data/ports.json's. */
  ports?: readonly number[];
  /**
   * Possible first bytes of what the client sends; without it the detector is asked for every flow. `firstServer` is
   * the same for what the server sends. A detector is not asked for a side whose first byte is not among these.
   */
  first?: readonly number[];
  firstServer?: readonly number[];
}

export interface Protocol {
  /** nDPI's id (protocols.tsv) and name. */
  id: number;
  name: string;
  tcp?: Detector;
  udp?: Detector;
  /** IP protocol numbers that are this protocol by themselves (ICMP 1, GRE 47, …). */
  ip?: readonly number[];
  /**
   * Reads more once recognised, with the same view and rules as look, beginning with the very data that was
   * recognised; until it answers DONE or the flow's allowance is used up. MORE = call me with the next data.
   */
  parse?(view: View): typeof MORE | typeof DONE;
  /** True when info.hostname of such a flow names an application (TLS, HTTP, QUIC, DNS). */
  hostApplication?: boolean;
  /** True when flows of one endpoint (address and port) belong to one application, as those of a call do. */
  endpointApplication?: boolean;
}
